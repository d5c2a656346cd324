import path from "node:path";
import { watchConsole } from "../engine/console-capture.ts";
import { isZenError } from "../error/zen-error.ts";
import type { PipelineDefinition } from "../pipeline/definition.ts";
import type { JsonSchema } from "../pipeline/text-value.ts";
import type { Json } from "../pipeline/types.ts";
import { loadPipelineFile } from "./load-pipeline-file.ts";
import { typeText } from "./type-text.ts";
import type { DescribePipelineFileOptions, ParameterDescription, PipelineFileDescription } from "./types.ts";

/**
 * Imports a pipeline file and says what its pipeline is, and which parameters it takes. Nothing runs.
 *
 * @throws ZenError that says why the file can't be imported, or which pipeline to name
 */
export async function describePipelineFile(options: DescribePipelineFileOptions): Promise<PipelineFileDescription> {
  const stopWatching = watchConsole(options.strayOutput);
  try {
    const { export: name, definition } = await loadPipelineFile(path.resolve(options.file), options.export);
    return { export: name, name: definition.name, description: definition.options.description ?? null, ...parametersOf(definition) };
  } finally {
    stopWatching();
  }
}

function parametersOf(definition: PipelineDefinition): Pick<PipelineFileDescription, "parametersFrom" | "parameters"> {
  if (definition.schema === undefined) {
    const names = namesRead(definition);
    const parameters = (names ?? []).map((name): ParameterDescription => ({ name, required: false, type: null, description: null }));
    return { parametersFrom: names ? "builder" : null, parameters };
  }
  const schema = definition.parametersSchema();
  const properties = schema?.["properties"];
  if (schema === undefined || !isObject(properties)) return { parametersFrom: null, parameters: [] };
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  return {
    parametersFrom: "schema",
    parameters: Object.entries(properties).map(([name, property]) =>
      describeParameter(name, isObject(property) ? property : {}, schema, required.includes(name)),
    ),
  };
}

function describeParameter(name: string, property: JsonSchema, schema: JsonSchema, required: boolean): ParameterDescription {
  const { description, default: preset } = property;
  return {
    name,
    required,
    type: typeText(property, schema),
    ...(preset === undefined ? {} : { default: preset }),
    description: typeof description === "string" ? description : null,
  };
}

/** No builder reads a parameter of this name: the error that refuses it has the names that are read. */
const PROBE = "--help";

/** The names that a builder reads when it is given nothing; undefined if it takes its parameters as a whole. */
function namesRead(definition: PipelineDefinition): readonly string[] | undefined {
  try {
    definition.record({ [PROBE]: true });
  } catch (error) {
    if (isZenError(error) && error.code === "unknown_parameter" && error.details["parameter"] === PROBE)
      return error.details["known"] as string[];
  }
  return undefined;
}

function isObject(value: Json | undefined): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
