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
  /** Steps at a time: a whole number, 1 or more. */
  concurrency?: number;
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
  readonly id: string;
  readonly name: string;
  readonly status: "running" | "completed" | "failed" | "cancelled" | "interrupted";
  readonly outputs: OutputsOf<R>;
}
