import { ZenError } from "../error/zen-error.ts";
import { kindOf } from "../pipeline/brand.ts";
import type { FileRef, Materializer, OutputFile, Schema } from "../pipeline/types.ts";

/** What `json()`, `text()`, `bytes()` and `file()` give, as the engine and other copies of core see it. */
export interface MaterializerDefinition {
  readonly "~zen": { readonly kind: "materializer"; readonly contract: 1 };
  /** `auto`: JSON where JSON keeps the value exactly, otherwise rich. */
  readonly name: "auto" | "text" | "bytes" | "file";
  /** What a value must satisfy before it is stored; what the schema makes of it is what is stored. */
  readonly schema?: Schema;
}

/** The materializer of an output that declares none. */
export const AUTO: MaterializerDefinition = define("auto");

/**
 * Any value of plain data: JSON, and also Date, Map, Set, bigint, RegExp, URL, bytes, typed arrays, `undefined`, `NaN`,
 * `±Infinity` and `−0`, kept exactly, at any depth. This is what an output gets that declares nothing; say it to name a
 * type or a schema.
 *
 * @param schema a schema of zod, valibot, arktype or any other library with Standard Schema. The step fails if its value
 *   doesn't satisfy it; what the schema makes of the value (defaults, coercions) is stored.
 * @example step("split", { outputs: { train: json<Row[]>(), test: json<Row[]>() } }, split)
 */
export function json<V>(schema?: Schema<any, V>): Materializer<V> {
  if (schema !== undefined && typeof (schema as Partial<Schema> | null)?.["~standard"]?.validate !== "function") {
    throw new ZenError("bad_schema", "json(…) was given something that is not a schema.", {
      exitCode: 2,
      hint: "Give it a schema of zod, valibot, arktype or any library with Standard Schema: json(z.object({ … })). For a type alone: json<Row[]>().",
    });
  }
  return define("auto", schema);
}

/** A string, stored as UTF-8. */
export function text(): Materializer<string> {
  return define("text");
}

/** A `Uint8Array`, stored byte for byte. A `Buffer` comes back as a plain `Uint8Array`. */
export function bytes(): Materializer<Uint8Array> {
  return define("bytes");
}

/**
 * A file, stored by reference: it is never held in memory, and whoever reads it gets a `FileRef`.
 *
 * A step returns `ctx.file(name)` after writing to it, the path of a local file, a stream of bytes, bytes, or a `FileRef`
 * that it was given.
 */
export function file(): Materializer<FileRef, FileRef | OutputFile | string | ReadableStream<Uint8Array> | Uint8Array> {
  return define("file");
}

/** Whether `value` is a materializer of any copy of core. */
export function isMaterializer(value: unknown): value is MaterializerDefinition {
  return kindOf(value) === "materializer";
}

function define(name: MaterializerDefinition["name"], schema?: Schema): MaterializerDefinition {
  return Object.freeze({ "~zen": Object.freeze({ kind: "materializer", contract: 1 } as const), name, ...(schema && { schema }) });
}
