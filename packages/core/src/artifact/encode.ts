import * as devalue from "devalue";
import { ZenError } from "../error/zen-error.ts";
import { examine } from "./examine.ts";
import { obstacle, type Obstacle } from "./unstorable.ts";
import { formatPath } from "./value-path.ts";

/** A value as text. The same text may be two values (`-1` is a number as JSON, and `undefined` as devalue text), so a digest needs both. */
export interface EncodedValue {
  /** `json`: plain JSON. `rich`: devalue text, which keeps what JSON would change. */
  readonly materializer: "json" | "rich";
  readonly text: string;
}

/**
 * Writes a value as text from which {@link decodeValue} makes the same value: plain JSON if JSON keeps it exactly,
 * otherwise devalue text.
 *
 * Kept exactly, at any depth: strings, numbers with NaN, ±Infinity and −0, booleans, null, undefined, bigint, plain objects
 * (null-prototype ones too) and arrays with the order of their keys, holes, Date (invalid ones too), Map, Set, RegExp, URL,
 * ArrayBuffer, DataView, typed arrays, cycles.
 *
 * What does change: a Buffer comes back as a Uint8Array, a view of part of a buffer with a buffer of its own, a RegExp with
 * `lastIndex` 0, anything frozen unfrozen. An object that stands in several places of a JSON value comes back as
 * several equal ones.
 *
 * @throws ZenError `not_storable` for everything else; its details have `path` (`.a[3].get("k")`, empty for the value
 *   itself) and `reason` ("is a promise").
 */
export function encodeValue(value: unknown): EncodedValue {
  const examined = examine(value);
  if (typeof examined === "object") throw notStorable(examined);
  try {
    return { materializer: examined, text: examined === "json" ? JSON.stringify(value) : stringifyRich(value) };
  } catch (error) {
    throw notStorable(tooBig(error), error);
  }
}

/**
 * Reads what {@link encodeValue} wrote. Every call makes a fresh value.
 *
 * @throws SyntaxError or another error if `text` is no such text.
 */
export function decodeValue(materializer: "json" | "rich", text: string): unknown {
  return materializer === "json" ? JSON.parse(text) : devalue.parse(text, REVIVERS, { operations: { set } });
}

const stringifyRich = (value: unknown): string =>
  devalue.stringify(value, undefined, { operations: { isThenable: () => false, shapeOf, get, viewInfo } });

// devalue refuses the key __proto__. As a key of an object's own it is data like any other, so it is written with a ~ before
// it, and so is a key that already looks like that.
const ESCAPED = /^~+__proto__$/;
const escapeKey = (key: string): string => (key.endsWith("__proto__") && /^~*__proto__$/.test(key) ? `~${key}` : key);
const unescapeKey = (key: string): string => (key.endsWith("__proto__") && ESCAPED.test(key) ? key.slice(1) : key);

function shapeOf(value: object): { kind: "plain" | "null-proto"; keys: string[] } {
  return { kind: Object.getPrototypeOf(value) === null ? "null-proto" : "plain", keys: Object.keys(value).map(escapeKey) };
}

function get(value: object, key: string | number): unknown {
  return (value as Record<string | number, unknown>)[typeof key === "string" ? unescapeKey(key) : key];
}

function set(target: object, key: string | number, value: unknown): void {
  const name = typeof key === "string" ? unescapeKey(key) : key;
  if (name === "__proto__") Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  else (target as Record<string | number, unknown>)[name] = value;
}

/** Only the bytes that a view shows: the rest of its buffer is somebody else's (Node pools small ones) and different each time. */
function viewInfo(view: ArrayBufferView): {
  buffer: ArrayBuffer;
  byteOffset: number;
  byteLength: number;
  length: number;
  bufferByteLength: number;
} {
  const { byteLength } = view;
  const length = view instanceof DataView ? byteLength : (view as Uint8Array).length;
  const whole = byteLength === view.buffer.byteLength;
  const buffer = (whole ? view.buffer : view.buffer.slice(view.byteOffset, view.byteOffset + byteLength)) as ArrayBuffer;
  return { buffer, byteOffset: 0, byteLength, length, bufferByteLength: byteLength };
}

const REVIVERS = {
  // devalue's own goes through an iterator, byte by byte.
  ArrayBuffer: (base64: string): ArrayBuffer => {
    const buffer = Buffer.from(new ArrayBuffer(Buffer.byteLength(base64, "base64")));
    buffer.write(base64, "base64");
    return buffer.buffer;
  },
};

function notStorable({ path, reason, hint }: Obstacle, cause?: unknown): ZenError {
  const at = formatPath(path.toReversed());
  return new ZenError("not_storable", `A value can't be stored: ${at === "" ? "it" : `its ${at}`} ${reason}.`, {
    hint,
    cause,
    details: { path: at, reason },
  });
}

/** A value that is plain data can fail for its size alone: V8's strings end at 512 MiB, its Maps at 16 million entries. */
function tooBig(error: unknown): Obstacle {
  const tooLong = error instanceof RangeError || (error as { code?: unknown }).code === "ERR_STRING_TOO_LONG";
  if (!tooLong) throw error;
  return obstacle(
    "is too big to be stored as one value (its text may have 512 MiB)",
    "Store it as bytes() or as a file(), or in several parts.",
  );
}
