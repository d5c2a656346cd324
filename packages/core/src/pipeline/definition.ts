import { kindOf } from "./brand.ts";
import type { Origin } from "./origin.ts";
import type { RecordedPipeline } from "./recorded.ts";
import type { Binding } from "./spec.ts";
import type { Json, Pipeline, PipelineOptions, Schema } from "./types.ts";

/**
 * What `pipeline(…)` defines, as the host and other copies of core see it: behind the pipeline's `~zen`. Whoever holds a
 * pipeline, of whatever copy, records it through these methods.
 */
export interface PipelineDefinition {
  readonly kind: "pipeline";
  readonly contract: 1;
  readonly name: string;
  /** Of the definition and of `.with`, merged. */
  readonly options: PipelineOptions;
  /** The schema of its parameters, if it has one. */
  readonly schema: Schema | undefined;
  readonly build: (params: never) => unknown;
  /** Where `pipeline(…)` was called. */
  readonly origin: Origin;
  /** JSON Schema of its parameters, as far as its schema can tell; undefined without one. */
  parametersSchema(): { readonly [key: string]: Json } | undefined;
  /** Records it, as a call does. */
  record(params: unknown, options?: RecordOptions): RecordedPipeline;
  /** Records it with parameters as typed on a command line: coerced as its schema says, else as `valueOfText` does. */
  recordFromText(params: Readonly<Record<string, string>>, options?: RecordOptions): RecordedPipeline;
  /** Records it again with the parameters of a stored spec: the schema has had its say already. */
  recordFromStored(parameters: Readonly<Record<string, Binding>>, options?: RecordOptions): RecordedPipeline;
}

export interface RecordOptions {
  /** The name under which the module exports the pipeline, if whoever imported it knows. */
  readonly export?: string | undefined;
}

/** A pipeline of any copy of core. */
export type AnyPipeline = Pipeline<any, any> & { readonly "~zen": PipelineDefinition };

/** Whether `value` is a pipeline of any copy of core. */
export function isPipeline(value: unknown): value is AnyPipeline {
  return kindOf(value) === "pipeline";
}

/** What stands behind a pipeline of any copy of core. */
export function pipelineDefinition(pipeline: AnyPipeline): PipelineDefinition {
  return pipeline["~zen"];
}
