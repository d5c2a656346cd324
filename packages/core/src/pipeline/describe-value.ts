import { className } from "../artifact/unstorable.ts";
import { isLiteral, kindOf } from "./brand.ts";

const LONGEST = 60;

/** A value that was given where another belongs, for a message: `"text"`, `3`, `a list`, `a handle`, `an instance of Model`. */
export function describeValue(value: unknown): string {
  if (typeof value === "string")
    return value.length <= LONGEST ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, LONGEST)).slice(0, -1)}…"`;
  const kind = kindOf(value);
  if (kind !== undefined) return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind.replaceAll("_", " ")}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? `${value}n` : String(value);
  if (Array.isArray(value)) return "a list";
  return isLiteral(value) ? "a record" : `an instance of ${className(value) || "a class"}`;
}
