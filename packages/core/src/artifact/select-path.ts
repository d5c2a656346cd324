import { ZenError } from "../error/zen-error.ts";
import { className } from "./unstorable.ts";
import { formatPath } from "./value-path.ts";

/**
 * The part of a value that a lifted property (`model.accuracy`) stands for. A name selects a plain object's own property,
 * a number an array's item; nothing is looked for within a Map, a Date or a string. A property that a plain object doesn't
 * have is undefined, as in JavaScript.
 *
 * @param what names the value in errors, such as `model.output`
 * @throws ZenError `bad_path`, which names what there is instead
 */
export function selectPath(value: unknown, path: readonly (string | number)[], what = "The value"): unknown {
  let part = value;
  for (const [depth, key] of path.entries()) {
    const at = `${what}${depth === 0 ? "" : ` at ${formatPath(path.slice(0, depth))}`}`;
    const details = { path: formatPath(path), at: formatPath(path.slice(0, depth)) };
    if (Array.isArray(part) && typeof key === "number") {
      if (!(Number.isInteger(key) && key >= 0 && key < part.length))
        throw new ZenError("bad_path", `${at} has no item ${key}: it is ${describe(part)}.`, {
          hint: "Items are counted from 0.",
          details,
        });
    } else if (isPlainObject(part)) {
      // An optional property that this value doesn't have; the types said that it may be undefined.
      if (!Object.hasOwn(part, key)) return undefined;
    } else {
      throw new ZenError("bad_path", `${at} is ${describe(part)}, so it has no ${formatPath([key])} to pass on.`, {
        hint: "A handle lifts the properties of plain objects. Take anything else out of the value in a step.",
        details,
      });
    }
    part = (part as Record<string | number, unknown>)[key];
  }
  return part;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function describe(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value)}`;
  if (typeof value === "number" || typeof value === "bigint") return `the number ${value}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return `of the class ${className(value)}`;
}
