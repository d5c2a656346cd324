/** One step into a value: a property, an index, or a call such as `get("k")` on a Map. */
export type PathSegment = string | number | { readonly call: string };

/** How many segments of a long path are shown at its beginning and at its end. */
const SHOWN = 8;

/** A path as one would type it: `.a[3].get("k")["two words"]`. Empty for the value itself. */
export function formatPath(path: readonly PathSegment[]): string {
  if (path.length <= 2 * SHOWN) return path.map(formatSegment).join("");
  const [head, tail] = [path.slice(0, SHOWN), path.slice(-SHOWN)];
  return `${head.map(formatSegment).join("")} … (${path.length - 2 * SHOWN} levels) … ${tail.map(formatSegment).join("")}`;
}

/** The segment for the entry of a Map. Only a primitive key can be written down; otherwise the entry's number, from 0. */
export function mapEntry(key: unknown, index: number): PathSegment {
  const primitive = key === null || (typeof key !== "object" && typeof key !== "function" && typeof key !== "symbol");
  return primitive ? { call: `get(${quote(key)})` } : { call: `values()[${index}]` };
}

function formatSegment(segment: PathSegment): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (typeof segment === "object") return `.${segment.call}`;
  return /^[A-Za-z_$][\w$]*$/.test(segment) && segment.length <= 80 ? `.${segment}` : `[${quote(segment)}]`;
}

function quote(key: unknown): string {
  if (typeof key !== "string") return typeof key === "bigint" ? `${key}n` : Object.is(key, -0) ? "-0" : String(key);
  return JSON.stringify(key.length <= 80 ? key : `${key.slice(0, 79)}…`);
}
