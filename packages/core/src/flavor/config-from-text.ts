import { toSnakeCase } from "../component/spelling.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Json } from "../pipeline/types.ts";
import { configOptions, type ConfigOption, type ConfigSchema, type JsonSchema } from "./config-schema.ts";
import { isObject } from "./package-json.ts";

/**
 * Turns what was typed on a command line into a flavor's configuration: numbers and truth values where the schema wants
 * them, lists and objects as JSON, everything else as text.
 *
 * @param values keyed as typed, in snake_case, kebab-case or camelCase, without leading dashes
 * @param where for messages, such as `artifact store flavor "s3"`
 * @returns keyed as code spells it: options of the flavor's constructor
 * @throws ZenError `bad_config` that names the option, its value and what it should be
 */
export function configFromText(schema: ConfigSchema, values: Readonly<Record<string, string>>, where: string): Record<string, Json> {
  const options = configOptions(schema);
  const config: Record<string, Json> = {};
  for (const [typed, text] of Object.entries(values)) {
    const key = toSnakeCase(typed.replaceAll("-", "_"));
    const option = options.find((one) => one.key === key);
    if (!option) {
      const keys = options.map((one) => one.key);
      throw new ZenError("bad_config", `The ${where} has no option "${typed}".${didYouMean(key, keys)}`, {
        exitCode: 2,
        hint: keys.length === 0 ? "It takes no options." : `Its options are: ${keys.map((one) => `--${one}`).join(", ")}`,
        details: { field: typed },
      });
    }
    if (Object.hasOwn(config, option.field)) {
      throw new ZenError("bad_config", `The option "${key}" is given twice.`, {
        exitCode: 2,
        hint: "Give it once.",
        details: { field: option.field },
      });
    }
    config[option.field] = fromText(option, text, where);
  }
  return config;
}

/** One of the values that an enumeration allows: what isn't one of these can't be typed. */
type Choice = string | number | boolean | null;

type Kind = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, yes: true, "1": true, false: false, no: false, "0": false };

function fromText(option: ConfigOption, text: string, where: string): Json {
  const alternatives = flatten(option.schema);
  const choices = alternatives.flatMap((one) =>
    Array.isArray(one["enum"]) ? one["enum"] : "const" in one ? [one["const"]] : [],
  ) as Choice[];
  const choice = choices.find((one) => String(one) === text);
  if (choice !== undefined) return choice;
  const kinds = new Set(
    alternatives.flatMap((one) =>
      one["enum"] === undefined && !("const" in one) ? ((one["type"] as Kind | Kind[] | undefined) ?? "any") : [],
    ),
  );

  if (kinds.has("string")) return text;
  if ((kinds.has("number") || kinds.has("integer")) && NUMBER.test(text.trim()) && Number.isFinite(Number(text))) return Number(text);
  if (kinds.has("boolean") && Object.hasOwn(BOOLEANS, text.toLowerCase())) return BOOLEANS[text.toLowerCase()]!;
  if (kinds.has("array") || kinds.has("object") || kinds.has("null")) {
    const value = parseJson(text);
    if ((Array.isArray(value) && kinds.has("array")) || (isObject(value) && kinds.has("object")) || (value === null && kinds.has("null")))
      return value;
  }
  if (kinds.has("any")) {
    // Of any type: JSON only if it comes back as it was, so that 007 stays text.
    const value = parseJson(text);
    return value !== undefined && JSON.stringify(value) === text ? value : text;
  }
  const shown = option.secret ? "the value given" : JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  throw new ZenError(
    "bad_config",
    `"${option.key}" of the ${where} should be ${wanted(kinds, choices)}, and ${shown} is not.${
      option.secret
        ? ""
        : didYouMean(
            text,
            choices.filter((one) => typeof one === "string"),
          )
    }`,
    {
      exitCode: 2,
      hint: example(option, kinds, choices),
      details: { field: option.field },
    },
  );
}

/** A schema and its alternatives, each of which says its own type. */
function flatten(schema: JsonSchema): readonly JsonSchema[] {
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(alternatives)) return alternatives.filter(isObject).flatMap(flatten);
  // A refinement of one schema by others: the first that says a type decides.
  const parts = schema["allOf"];
  if (Array.isArray(parts) && schema["type"] === undefined) return parts.filter(isObject).flatMap(flatten).slice(0, 1);
  return [schema];
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const WORDS: Readonly<Record<Kind, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list, as JSON",
  object: "an object, as JSON",
  null: "null",
};

function wanted(kinds: ReadonlySet<Kind | "any">, choices: readonly Choice[]): string {
  return [...choices.map(String), ...[...kinds].filter((kind) => kind !== "any").map((kind) => WORDS[kind])].join(" or ");
}

function example({ key, description }: ConfigOption, kinds: ReadonlySet<Kind | "any">, choices: readonly Choice[]): string {
  const value =
    choices.length > 0
      ? String(choices[0])
      : kinds.has("number") || kinds.has("integer")
        ? "10"
        : kinds.has("boolean")
          ? "true"
          : kinds.has("array")
            ? `'["a", "b"]'`
            : `'{"key": "value"}'`;
  return `Write, for example: --${key}=${value}${description === "" ? "" : ` (${description})`}`;
}
