import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { coerceText, valueOfText, type JsonSchema } from "./text-value.ts";
import type { Json, Schema } from "./types.ts";

/** What Standard Schema adds for libraries that can describe a schema as JSON Schema. */
interface DescribingSchema {
  readonly "~standard": {
    readonly jsonSchema?: { input(options: { target: string; libraryOptions?: Record<string, unknown> }): unknown };
  };
}

/** The parts of Standard Schema's result that are read here. */
interface Validated {
  readonly value?: unknown;
  readonly issues?:
    | readonly { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] }[]
    | undefined;
}

/** The JSON Schema of what a schema takes, as far as its library can tell; undefined if it can't. */
export function jsonSchemaOf(schema: Schema): JsonSchema | undefined {
  const { jsonSchema } = (schema as unknown as DescribingSchema)["~standard"];
  if (jsonSchema === undefined) return undefined;
  // zod throws for what JSON Schema lacks (a date, z.custom for a handle) unless told to take it for anything.
  for (const libraryOptions of [{ unrepresentable: "any" }, undefined]) {
    try {
      const described = jsonSchema.input({ target: "draft-2020-12", ...(libraryOptions && { libraryOptions }) });
      if (typeof described === "object" && described !== null) return described as JsonSchema;
    } catch {
      // The next try, or nothing, tells.
    }
  }
  return undefined;
}

/**
 * What the schema makes of the parameters.
 *
 * @throws ZenError `unknown_parameter`, `bad_parameters`, which name the parameters; `async_schema`
 */
export function parseParameters(pipeline: string, schema: Schema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = closedNames(jsonSchemaOf(schema));
  if (known) for (const name of Object.keys(given)) if (!known.includes(name)) throw unknownParameter(pipeline, name, known, "takes");
  const result = schema["~standard"].validate(given) as Validated | Promise<Validated>;
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new ZenError(
      "async_schema",
      `The params of pipeline "${pipeline}" are validated asynchronously, and a pipeline is recorded at once.`,
      { exitCode: 2, hint: "Leave the asynchronous check out of the schema, and do it in a step." },
    );
  }
  if (result.issues) throw badParameters(pipeline, result.issues, given, known);
  if (typeof result.value === "object" && result.value !== null && !Array.isArray(result.value))
    return result.value as Record<string, unknown>;
  throw new ZenError("bad_parameters", `The params of pipeline "${pipeline}" give no record of named parameters.`, {
    exitCode: 2,
    hint: "Give it the schema of an object: params: z.object({ … }).",
  });
}

/** Parameters as typed on a command line, coerced as the schema says; without one, as {@link valueOfText} does. */
export function parametersFromText(
  pipeline: string,
  schema: Schema | undefined,
  texts: Readonly<Record<string, string>>,
): Record<string, Json> {
  const described = schema && jsonSchemaOf(schema);
  const known = closedNames(described);
  const properties = (described?.["properties"] ?? {}) as Readonly<Record<string, JsonSchema>>;
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      if (known && !known.includes(name)) throw unknownParameter(pipeline, name, known, "takes");
      return [name, Object.hasOwn(properties, name) ? coerceText(text, properties[name]!, described!) : valueOfText(text)];
    }),
  );
}

/** @param verb how the names are known: the schema "takes" them, or the builder "reads" them */
export function unknownParameter(
  pipeline: string,
  name: string,
  known: readonly string[],
  verb: "takes" | "reads",
  cause?: unknown,
): ZenError {
  const suggestion = didYouMean(name, known);
  const what = known.length === 0 ? `It ${verb} none.` : `It ${verb} ${known.join(", ")}.`;
  return new ZenError("unknown_parameter", `Pipeline "${pipeline}" has no parameter "${name}". ${what}${suggestion}`, {
    exitCode: 2,
    cause,
    details: { parameter: name, known },
  });
}

/** The parameters there are, if the schema is one of an object that has no others. */
function closedNames(schema: JsonSchema | undefined): readonly string[] | undefined {
  if (schema?.["type"] !== "object" || schema["patternProperties"] !== undefined) return undefined;
  const others = schema["additionalProperties"];
  return others === undefined || others === false ? Object.keys((schema["properties"] ?? {}) as object) : undefined;
}

function badParameters(
  pipeline: string,
  issues: NonNullable<Validated["issues"]>,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[] | undefined,
): ZenError {
  const problems = issues.map(({ message, path = [] }) => {
    const keys = path.map((segment) => String(typeof segment === "object" ? segment.key : segment));
    if (keys.length === 0) return message;
    return keys.length === 1 && given[keys[0]!] === undefined ? `"${keys[0]}" is missing` : `"${keys.join(".")}": ${message}`;
  });
  return new ZenError("bad_parameters", `Pipeline "${pipeline}" can't take these parameters: ${problems.join("; ")}.`, {
    exitCode: 2,
    hint: known && `Its parameters are ${known.join(", ")}.`,
    details: { problems },
  });
}
