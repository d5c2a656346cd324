import { inspect } from "node:util";
import type { Json } from "../pipeline/types.ts";
import { examine } from "./examine.ts";
import { isFileRef } from "./file-ref.ts";

/** How wide readable text may get before it is broken into lines. */
const WIDTH = 100;
/** How many items of a list, a Map or a typed array are shown among rich values. */
const SHOWN_ITEMS = 1_000;

/**
 * A value as plain JSON, for people and for `jq`. What JSON lacks becomes what comes closest: dates ISO text (null if
 * invalid); bigints, NaN, ±Infinity, RegExp and URL text; undefined and holes null; a Map an object if its keys are strings,
 * else a list of pairs; a Set and a typed array a list; bytes base64; a file its name, size and sha256; what would repeat
 * forever the text `[circular]`.
 */
export function toPlainJson(value: unknown): Json {
  return new PlainJson().of(value);
}

class PlainJson {
  readonly #open = new Set<object>();
  /** An object that stands in several places is turned into JSON once. */
  readonly #done = new Map<object, Json>();

  of(value: unknown): Json {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "object":
        return value === null ? null : this.#object(value);
      case "undefined":
        return null;
      default:
        return String(value);
    }
  }

  #object(value: object): Json {
    const done = this.#done.get(value);
    if (done !== undefined) return done;
    if (this.#open.has(value)) return "[circular]";
    this.#open.add(value);
    const json = this.#contents(value);
    this.#open.delete(value);
    this.#done.set(value, json);
    return json;
  }

  #contents(value: object): Json {
    if (Array.isArray(value)) return Array.from(value, (item) => this.of(item));
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (value instanceof RegExp || value instanceof URL) return String(value);
    if (value instanceof Set) return Array.from(value, (item) => this.of(item));
    if (value instanceof Map) {
      const entries = [...(value as ReadonlyMap<unknown, unknown>)];
      return entries.every(([key]) => typeof key === "string")
        ? this.#record(entries as [string, unknown][])
        : entries.map(([key, item]) => [this.of(key), this.of(item)]);
    }
    if (value instanceof ArrayBuffer) return Buffer.from(value).toString("base64");
    if (value instanceof Uint8Array || value instanceof DataView)
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
    if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, (item) => this.of(item));
    if (isFileRef(value)) return { name: value.name, size: value.size, sha256: value.sha256 };
    return this.#record(Object.entries(value));
  }

  #record(entries: readonly (readonly [string, unknown])[]): Json {
    return Object.fromEntries(entries.map(([key, item]) => [key, this.of(item)]));
  }
}

/**
 * A value as a person would read it: a string as it is, plain data as JSON with short parts on one line, anything else as
 * Node prints it. Without colours.
 */
export function toReadableText(value: unknown): string {
  if (typeof value === "string") return value;
  if (isFileRef(value)) return `${value.name} (${value.size} bytes, sha256 ${value.sha256})`;
  if (examine(value) === "json") return pretty(value as Json, "", 0);
  return inspect(value, {
    depth: Infinity,
    colors: false,
    maxArrayLength: SHOWN_ITEMS,
    maxStringLength: null,
    breakLength: WIDTH,
    compact: 3,
  });
}

/**
 * JSON, with whatever fits on one line on one line.
 *
 * @param lead how many characters stand before it on its first line, beside the indent
 */
function pretty(value: Json, indent: string, lead: number): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const line = oneLine(value, WIDTH - indent.length - lead - 1);
  if (line !== undefined) return line;
  const inner = `${indent}  `;
  if (!Array.isArray(value)) {
    const fields = Object.entries(value).map(
      ([key, item]) => `${inner}${JSON.stringify(key)}: ${pretty(item, inner, JSON.stringify(key).length + 2)}`,
    );
    return `{\n${fields.join(",\n")}\n${indent}}`;
  }
  const items = value.every((item) => typeof item === "number")
    ? filled(value, inner)
    : value.map((item: Json) => inner + pretty(item, inner, 0));
  return `[\n${items.join(",\n")}\n${indent}]`;
}

/** Numbers, as many as fit on each line. */
function filled(numbers: readonly number[], indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const text of numbers.map((number) => JSON.stringify(number))) {
    if (line !== "" && indent.length + line.length + text.length + 3 > WIDTH) {
      lines.push(indent + line);
      line = "";
    }
    line += line === "" ? text : `, ${text}`;
  }
  return [...lines, indent + line];
}

/** JSON on one line, or undefined if it takes more than `room` characters; gives up as soon as it knows. */
function oneLine(value: Json, room: number): string | undefined {
  if (typeof value !== "object" || value === null) {
    if (typeof value === "string" && value.length > room) return undefined;
    const text = JSON.stringify(value);
    return text.length <= room ? text : undefined;
  }
  const isList = Array.isArray(value);
  const keys = isList ? undefined : Object.keys(value);
  const count = isList ? value.length : keys!.length;
  if (count === 0) return room >= 2 ? (isList ? "[]" : "{}") : undefined;
  // Each part takes at least a character, a comma and a space.
  if (count * 3 > room) return undefined;
  let text = isList ? "[" : "{ ";
  for (let i = 0; i < count; i++) {
    if (i > 0) text += ", ";
    if (keys) text += `${JSON.stringify(keys[i])}: `;
    const part = oneLine(isList ? (value[i] as Json) : (value as Record<string, Json>)[keys![i]!]!, room - text.length);
    if (part === undefined) return undefined;
    text += part;
  }
  text += isList ? "]" : " }";
  return text.length <= room ? text : undefined;
}
