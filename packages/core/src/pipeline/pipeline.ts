import { ZenError } from "../error/zen-error.ts";
import { createCall, type CallMembers } from "./call.ts";
import type { AnyPipeline, PipelineDefinition } from "./definition.ts";
import { checkName } from "./names.ts";
import { mergeOptions } from "./options.ts";
import { originHere } from "./origin.ts";
import { jsonSchemaOf, parametersFromText } from "./parameters-schema.ts";
import { recordPipeline } from "./record.ts";
import { currentRecording } from "./recording.ts";
import { checkRun } from "./run-options.ts";
import { checkPipelineOptions } from "./step-options.ts";
import type { Built, Pipeline, PipelineOptions, Schema, SchemaIn, SchemaOut } from "./types.ts";

/**
 * Makes a pipeline: a plain function that calls steps and wires their handles. Calling it records it at once; the call
 * has its outputs as handles, `run()` and `spec`. Inside another pipeline the same call is a part of that one.
 *
 * @param name letters, digits, `-` and `_`
 * @param options `params`: a schema of the parameters (zod, valibot, arktype …). Without one, the parameters that
 *   the function reads are those it has.
 * @throws ZenError `bad_name`, `unknown_option`, `bad_option`, `not_yet`
 * @example
 * export const training = pipeline("training", ({ path, rate = 0.1 }: { path: string; rate?: number }) => {
 *   const model = fit({ rows: load({ path }), rate });
 *   return { model, accuracy: model.accuracy };
 * });
 * const run = await training({ path: "penguins.csv" }).run();
 */
export function pipeline<P extends object = {}, R extends Built = void>(name: string, build: (params: P) => R): Pipeline<P, R>;
export function pipeline<S extends Schema, R extends Built = void>(
  name: string,
  options: PipelineOptions & { params: S },
  build: (params: SchemaOut<S>) => R,
): Pipeline<SchemaIn<S>, R>;
export function pipeline<P extends object = {}, R extends Built = void>(
  name: string,
  options: PipelineOptions & { params?: never },
  build: (params: P) => R,
): Pipeline<P, R>;
export function pipeline(name: string, first: object, second?: (params: never) => unknown): unknown {
  checkName(name, "a pipeline");
  const [options, build] = (typeof first === "function" ? [{}, first] : [first, second]) as [
    PipelineOptions & { params?: Schema },
    (params: never) => unknown,
  ];
  if (typeof build !== "function")
    throw new ZenError("bad_pipeline", `Pipeline "${name}" has no function.`, {
      exitCode: 2,
      hint: `Write pipeline("${name}", (params) => …), with options between the two if there are any.`,
    });
  checkPipelineOptions(options, { of: `pipeline "${name}"`, kind: "pipeline" });
  const { params: schema, ...own } = options;
  if (schema !== undefined && typeof (schema as Partial<Schema> | null)?.["~standard"]?.validate !== "function") {
    throw new ZenError("bad_option", `"params" of pipeline "${name}" is not a schema.`, {
      exitCode: 2,
      hint: "Give it a schema of zod, valibot, arktype or any library with Standard Schema: params: z.object({ … }).",
    });
  }
  return pipelineOf({ name, schema, build, origin: originHere("pipeline", name) }, own);
}

type Fixed = Pick<PipelineDefinition, "name" | "schema" | "build" | "origin">;

function pipelineOf(fixed: Fixed, options: PipelineOptions): AnyPipeline {
  const { name, schema } = fixed;
  const definition: PipelineDefinition = {
    kind: "pipeline",
    contract: 1,
    ...fixed,
    options,
    parametersSchema: () => schema && jsonSchemaOf(schema),
    record: (params, how) => recordPipeline(definition, { given: params }, how).recorded,
    recordFromText: (texts, how) => recordPipeline(definition, { given: parametersFromText(name, schema, texts) }, how).recorded,
    recordFromStored: (stored, how) => recordPipeline(definition, { stored }, how).recorded,
  };
  const call = (params?: unknown): unknown => {
    const recording = currentRecording();
    return recording ? recording.pipeline(definition, params) : callOf(definition, params);
  };
  return Object.defineProperties(call, {
    "~zen": { value: definition },
    name: { value: name },
    pipelineName: { value: name, enumerable: true },
    with: {
      value: (more: PipelineOptions) => {
        checkPipelineOptions(more, { of: `pipeline "${name}"`, kind: "pipeline call" });
        return pipelineOf(fixed, mergeOptions(options, more));
      },
    },
  }) as unknown as AnyPipeline;
}

/** A call on its own: recorded, and ready to run. */
function callOf(definition: PipelineDefinition, params: unknown): unknown {
  const { recorded, outputs, home } = recordPipeline(definition, { given: params });
  const members: CallMembers = {
    async run(runtime = {}, options = {}) {
      checkRun(runtime, options);
      // Whoever only records needs no engine.
      const { runRecorded } = await import("../engine/run.ts");
      return runRecorded(recorded, runtime, options);
    },
    get spec() {
      return recorded.spec;
    },
  };
  return createCall(outputs, home, members);
}
