import type { Artifact, HandleRef } from "./handle.ts";
import type { Json } from "./json.ts";
import type { Opaque } from "./opaque.ts";
import type { Runnable } from "./pipeline.ts";
import type { StepOptions } from "./step-options.ts";

/** A pipeline that returns nothing has no outputs. (A missing return?) */
export interface NoOutputs {}

/** What a pipeline returned, as artifacts. */
export type OutputsOf<R> = [R] extends [void]
  ? NoOutputs
  : R extends Runnable<infer X>
    ? OutputsOf<X>
    : R extends HandleRef<infer V> | Artifact<infer V>
      ? Artifact<V>
      : R extends Opaque
        ? Artifact<R>
        : R extends object
          ? { readonly [K in keyof R]: OutputsOf<R[K]> }
          : never;

/** How a run is done. What the run is about goes in the first argument, and in the parameters. */
export interface RunOptions {
  /** A label, not unique. @default `<pipeline>-<time>-<the end of its id>` */
  name?: string;
  /** A stack by name. @default the active one */
  stack?: string;
  /** A profile by name. @default the active one */
  profile?: string;
  /** false: nothing is read from the cache. @default true */
  cache?: boolean;
  /** Cancels the run. */
  signal?: AbortSignal;
  /** Steps at a time: a whole number, 1 or more. @default the orchestrator's own limit */
  concurrency?: number;
  /** Called for each event of the run as it happens: see `RunEvent`. */
  onEvent?: (event: { type: string; node?: string }) => void;
  /** Options for steps by node name, as a file or the command line gives them. */
  steps?: Record<string, StepOptions>;
}

/** Free facts for the components of the stack and for the steps. */
export type RuntimeConfiguration = { readonly [k: string]: Json | undefined } & {
  readonly [K in keyof RunOptions]?: "an option of the run: it goes in the second argument, run({}, { … })";
};

/** A run of a pipeline that returns R. */
export interface Run<R> {
  /** UUIDv7. */
  readonly id: string;
  /** A label, not unique. */
  readonly name: string;
  /** `interrupted`: its process died. */
  readonly status: "running" | "completed" | "failed" | "cancelled" | "interrupted";
  /** What the pipeline returned. @throws ZenError `no_outputs` if the run hasn't completed */
  readonly outputs: OutputsOf<R>;
}
