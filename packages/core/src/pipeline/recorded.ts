import type { MaterializerDefinition } from "../artifact/materializer.ts";
import type { Origin } from "./origin.ts";
import type { PipelineSpec } from "./spec.ts";
import type { StepContext, StepOptions } from "./types.ts";

/** What `step(…)` defines, as the engine and other copies of core see it: behind the step's `~zen`. */
export interface StepDefinition {
  readonly kind: "step";
  readonly contract: 1;
  readonly name: string;
  /** Of the definition; those of the call, the pipeline and the run are merged into `RecordedStep.options`. */
  readonly options: StepOptions;
  readonly fn: (inputs: object, context: StepContext) => unknown;
  /** By output name. One unnamed output is called `output`. */
  readonly outputs: Readonly<Record<string, MaterializerDefinition>>;
  /** Whether the function returns a record of its outputs (`outputs: {…}`) or the one value itself. */
  readonly named: boolean;
  /** Where `step(…)` was called. */
  readonly origin: Origin;
}

/** One step node of a recorded pipeline, with what JSON can't hold. */
export interface RecordedStep {
  readonly definition: StepDefinition;
  /** Merged: pipeline < step < call. Functions (`retries.when`) are still functions here. */
  readonly options: StepOptions;
}

/** A pipeline that has been recorded: its graph as plain JSON, and the functions that JSON can't hold. */
export interface RecordedPipeline {
  readonly spec: PipelineSpec;
  /** The file in which `pipeline(…)` was called: an absolute path. Null if it can't be told. */
  readonly file: string | null;
  /** The folder that `spec.module` is relative to. */
  readonly root: string | null;
  /** By node id, without keys. */
  readonly steps: ReadonlyMap<string, RecordedStep>;
  /** The `key` functions of maps, by node id. */
  readonly keys: ReadonlyMap<string, (item: unknown, index: number) => string>;
}
