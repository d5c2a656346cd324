/** The kind that one of zen's own values says it is, whichever copy of core made it; undefined for all other values. */
export function kindOf(value: unknown): string | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const kind = (value as { "~zen"?: { kind?: unknown } })["~zen"]?.kind;
  return typeof kind === "string" ? kind : undefined;
}

/** Whether `value` is an object or a list that handles may stand in: no class instance, and none of zen's own values. */
export function isLiteral(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const kind = kindOf(value);
  return kind === undefined || kind === "call";
}
