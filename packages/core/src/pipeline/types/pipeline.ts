import type { PipelineSpec } from "../spec.ts";
import type { Artifact, HandleRef } from "./handle.ts";
import type { Scalar } from "./opaque.ts";
import type { Run, RunOptions, RuntimeConfiguration } from "./run.ts";
import type { Settings, StepOptions } from "./step-options.ts";
import type { Wire } from "./wire.ts";

/** In a pipeline that is called by another, a parameter annotated `Handle<V>` takes a wire; every other is a plain value. */
export type ParamsIn<P> = { readonly [K in keyof P]: NonNullable<P[K]> extends HandleRef<infer V> ? Wire<V> : P[K] };

type PArgs<P> = {} extends P ? [params?: ParamsIn<P>] : [params: ParamsIn<P>];

/** A class, because TypeScript leaves a class's methods out of a spread: `{ ...score({ model }) }` gives its outputs only. */
export declare abstract class Runnable<R> {
  /**
   * Runs to the end, on the active stack unless the options name another.
   *
   * @param runtime the runtime configuration: reaches every component of the stack, and the steps as `ctx.run.runtime`
   * @throws ZenError `run_failed`, `run_cancelled` with the run in `details.run`; or why it couldn't start
   */
  run(runtime?: RuntimeConfiguration, options?: RunOptions): Promise<Run<R>>;
  /** The recorded graph. */
  get spec(): PipelineSpec;
}

/** Inside another pipeline the handles are what counts; outside, `run()`. */
export type PipelineCall<R> = ([R] extends [void] ? unknown : R) & Runnable<R>;

/** What `pipeline(…)` makes. A call records it at once. */
export interface Pipeline<P, R> {
  (...params: PArgs<P>): PipelineCall<R>;
  /** What `pipeline(…)` was given. */
  readonly pipelineName: string;
  /** The same pipeline with other options. */
  with(options: PipelineOptions): Pipeline<P, R>;
}

/** What may be said of a pipeline as a whole. */
export interface PipelineOptions {
  /** For people: stored with each run's graph. */
  description?: string;
  /** Its name inside another pipeline, before the slash; otherwise the pipeline's, then name-2, name-3 … */
  as?: string;
  /** Defaults of its steps. What the step itself says, or its call, or the run, wins. */
  steps?: StepOptions;
  /** For the components of the stack, and the default of its steps' settings. */
  settings?: Settings;
  /** For people: stored with each run's graph. */
  tags?: readonly string[];
  /** When it runs by itself, as a cron expression. @experimental Refused by this version. */
  schedule?: { cron: string; timeZone?: string };
}

/** What a pipeline function may return: handles, records and lists of them. Not a promise: it is recorded, not run. */
export type Built = void | HandleRef<any> | Runnable<any> | Artifact<any> | Scalar | readonly Built[] | { readonly [k: string]: Built };
