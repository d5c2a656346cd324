import type { Json } from "./types.ts";

/**
 * The value of a text from a command line, where nothing says what it should be: JSON only if it reads back as it was
 * written. `1.5` is a number, `true` a boolean, `[1, 2]` a list; `007`, `1.0` and `1e3` stay texts. White space between the
 * parts of lists and objects doesn't count.
 */
export function valueOfText(text: string): Json {
  const value = parse(text);
  return value !== undefined && JSON.stringify(value) === withoutSpace(text) ? value : text;
}

/** A JSON Schema, or a part of one, as a schema library gives it. */
export type JsonSchema = { readonly [key: string]: Json };

/**
 * The value of a text, given the JSON Schema of what it should be. What can't be such a value stays a text: validation
 * will say what is wrong with it.
 *
 * @param root where `$ref`s are looked up
 */
export function coerceText(text: string, schema: JsonSchema, root: JsonSchema): Json {
  const types = typesOf(schema, root, new Set());
  if (types === undefined) return valueOfText(text);
  const value = types.has("string") ? valueOfText(text) : parse(text);
  return value !== undefined && types.has(typeOf(value)) ? value : text;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function withoutSpace(text: string): string {
  return /^\s*[[{]/.test(text) ? text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1") : text;
}

function typeOf(value: Json): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** The JSON types that a schema allows; undefined if it allows any. */
function typesOf(schema: JsonSchema, root: JsonSchema, seen: Set<string>): Set<string> | undefined {
  const { type, $ref, anyOf, oneOf, allOf } = schema as {
    type?: string | string[];
    $ref?: string;
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
    allOf?: JsonSchema[];
  };
  if (type !== undefined) return new Set([type].flat().map((name) => (name === "integer" ? "number" : name)));
  if ("const" in schema) return new Set([typeOf(schema["const"])]);
  if (Array.isArray(schema["enum"])) return new Set((schema["enum"] as Json[]).map(typeOf));
  if ($ref !== undefined) {
    const target = seen.has($ref) ? undefined : lookUp($ref, root);
    return target && typesOf(target, root, seen.add($ref));
  }
  for (const options of [anyOf, oneOf]) {
    if (options === undefined) continue;
    const all = options.map((option) => typesOf(option, root, seen));
    return all.includes(undefined) ? undefined : new Set(all.flatMap((types) => [...types!]));
  }
  for (const part of allOf ?? []) {
    const types = typesOf(part, root, seen);
    if (types) return types;
  }
  return undefined;
}

/** The part of a schema that a `$ref` names; undefined if there is none. */
export function lookUp(ref: string, root: JsonSchema): JsonSchema | undefined {
  let at: Json | undefined = root;
  for (const key of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    at =
      typeof at === "object" && at !== null
        ? (at as JsonSchema)[decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~")]
        : undefined;
  }
  return typeof at === "object" && at !== null && !Array.isArray(at) ? (at as JsonSchema) : undefined;
}
