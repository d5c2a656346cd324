import { lookUp, type JsonSchema } from "../pipeline/text-value.ts";
import type { Json } from "../pipeline/types.ts";

/** How many values of an enumeration are written out. */
const SHOWN_VALUES = 8;

/**
 * What may be typed for a parameter, as short as help needs it: `integer ≥ 10`, `files|packages`, `number[]`. Null if
 * anything may.
 *
 * @param root where `$ref`s are looked up
 */
export function typeText(schema: JsonSchema, root: JsonSchema, seen: readonly string[] = []): string | null {
  const { type, items, $ref } = schema;
  if (schema["const"] !== undefined) return valueText(schema["const"]);
  if (Array.isArray(schema["enum"])) return valuesText(schema["enum"]);
  if (typeof $ref === "string") {
    const target = seen.includes($ref) ? undefined : lookUp($ref, root);
    return target ? typeText(target, root, [...seen, $ref]) : null;
  }
  for (const choices of [schema["anyOf"], schema["oneOf"]]) {
    if (Array.isArray(choices)) return union(choices.map((choice) => typeText(choice as JsonSchema, root, seen)));
  }
  if (Array.isArray(type)) return union(type.map((one) => typeText({ ...schema, type: one }, root, seen)));
  if (type === "integer" || type === "number") return `${type}${rangeText(schema)}`;
  if (type !== "array") return typeof type === "string" ? type : null;
  const item = isObject(items) ? typeText(items, root, seen) : null;
  if (item === null) return "array";
  return /^[\w[\]]+$/.test(item) ? `${item}[]` : `(${item})[]`;
}

function union(types: readonly (string | null)[]): string | null {
  return types.includes(null) ? null : [...new Set(types)].join("|");
}

function valuesText(values: readonly Json[]): string {
  const shown = values.slice(0, SHOWN_VALUES).map(valueText);
  return [...shown, ...(values.length > SHOWN_VALUES ? ["…"] : [])].join("|");
}

/** A text as it is typed, without quotes. */
function valueText(value: Json): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

/** ` ≥ 10`, ` > 0`, ` 0…1`, ` > 0, ≤ 1`. Bounds that only say what a safe integer is are left out. */
function rangeText({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): string {
  const [from, above, to, below] = [minimum, exclusiveMinimum, maximum, exclusiveMaximum].map((bound) =>
    typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (from !== undefined && to !== undefined) return ` ${from}…${to}`;
  const lower = above === undefined ? (from === undefined ? [] : [`≥ ${from}`]) : [`> ${above}`];
  const upper = below === undefined ? (to === undefined ? [] : [`≤ ${to}`]) : [`< ${below}`];
  const bounds = [...lower, ...upper].join(", ");
  return bounds === "" ? "" : ` ${bounds}`;
}

function isObject(value: Json | undefined): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
