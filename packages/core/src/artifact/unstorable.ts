import { types } from "node:util";
import { kindOf } from "../pipeline/brand.ts";
import type { PathSegment } from "./value-path.ts";

/** What keeps a value from being stored. */
export interface Obstacle {
  /** Completes a sentence that begins with the path: "is a promise". */
  readonly reason: string;
  /** What to do instead. */
  readonly hint: string;
  /** Where it was found; the innermost segment first, because it grows while the search unwinds. */
  readonly path: PathSegment[];
}

export function obstacle(reason: string, hint: string): Obstacle {
  return { reason, hint, path: [] };
}

/** Why a function, a symbol or an object that isn't plain data can't be stored. */
export function unstorable(value: object | symbol): Obstacle {
  if (typeof value === "symbol") return obstacle("is a symbol", "Use a string.");
  const ours = unstorableOfZen(value);
  if (ours) return ours;
  if (typeof value === "function") {
    return /^class\b/.test(Function.prototype.toString.call(value))
      ? obstacle(`is ${named("class", value)}`, "Return plain data, and use the class in the step that reads it.")
      : obstacle(`is ${named("function", value)}`, "Return the data that it works on, and call it in the step that reads it.");
  }
  const name = className(value);
  if (types.isPromise(value) || typeof (value as { then?: unknown }).then === "function")
    return obstacle("is a promise", "Await it before you return it.");
  if (isStream(value))
    return obstacle(
      `is a stream (${name})`,
      "Declare an output of its own for it with file(): the bytes go to the artifact store as they come.",
    );
  if (types.isNativeError(value) || value instanceof Error)
    return obstacle(`is an error (${name})`, "Return what matters of it, such as its message; or throw it, and the step fails.");
  if (types.isWeakMap(value) || types.isWeakSet(value))
    return obstacle(`is a ${name}, whose entries can't be listed`, `Use a ${name.replace("Weak", "")}.`);
  if (types.isSharedArrayBuffer(value))
    return obstacle("is a SharedArrayBuffer, which other threads may change", "Return a copy of it: new Uint8Array(shared).slice()");
  if (types.isBoxedPrimitive(value)) return obstacle(`is a ${name} object`, "Return the plain value: object.valueOf()");
  if (tagOf(value).startsWith("Intl."))
    return obstacle(`is an ${tagOf(value)}`, "Return its options, and make it again in the step that reads it.");
  if (/^(File|Blob)$/.test(name))
    return obstacle(`is a ${name}`, "Declare an output of its own for it with file(), and return blob.stream().");
  if (Symbol.iterator in value && "next" in value) return obstacle("is an iterator", "Collect what it gives into an array: [...it]");
  if (Symbol.asyncIterator in value)
    return obstacle("is an async iterator", "Collect what it gives into an array: await Array.fromAsync(it)");
  if (name === "") return obstacle("is an object with a prototype of its own", "Return a plain object: { ...it }");
  return obstacle(
    `is an instance of the class ${name}`,
    "Return a plain object with its data, such as { ...it }, and make the instance again in the step that reads it.",
  );
}

/** Why one of zen's own objects can't be stored inside a value; undefined if it is none of them. */
export function unstorableOfZen(value: object): Obstacle | undefined {
  const kind = kindOf(value);
  switch (kind) {
    case "handle":
    case "call":
      return obstacle("is a handle, which has no value in a step", "Give it to the step as an input, and return what the step gets.");
    case "artifact":
      return obstacle("is an artifact of a run", "Read it first: await artifact.read()");
    case "file_ref":
    case "output_file":
      return obstacle("is a file inside a value", "Declare an output of its own for it: outputs: { model: file() }");
    case "secret":
    case "secret_text":
      return obstacle("is a secret, and zen does not store secrets", "Return what the secret gave you, not the secret.");
    case "step":
    case "pipeline":
    case "component":
    case "materializer":
      return obstacle(`is a ${kind} of zen`, "Return plain data.");
    default:
      return undefined;
  }
}

/** The name of an object's class; empty if it has none of its own. */
export function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const constructor: unknown = prototype !== null && Object.hasOwn(prototype, "constructor") ? prototype.constructor : undefined;
  return typeof constructor === "function" && constructor !== Object ? constructor.name : "";
}

function isStream(value: object): boolean {
  return (
    value instanceof ReadableStream ||
    value instanceof WritableStream ||
    value instanceof TransformStream ||
    typeof (value as { pipe?: unknown }).pipe === "function"
  );
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function named(what: string, value: { readonly name?: unknown }): string {
  return typeof value.name === "string" && value.name !== "" ? `the ${what} ${value.name}` : `a ${what}`;
}
