import type { Json } from "../pipeline/types.ts";

/** A setting, with the strings in it at any depth put through `change`. */
export function mapText(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, mapText(field, change)]));
}
