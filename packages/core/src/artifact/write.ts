import nodePath from "node:path";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import type { Schema } from "../pipeline/types.ts";
import { streamChunks } from "./byte-stream.ts";
import { hashing, sha256 } from "./digest.ts";
import { encodeValue } from "./encode.ts";
import { isFileRef } from "./file-ref.ts";
import { readLocalFile } from "./local-file.ts";
import type { MaterializerDefinition } from "./materializer.ts";
import { isOutputFile, type StoredObject } from "./output-file.ts";
import { declaration, returned, type OutputPlace } from "./output-place.ts";
import { className } from "./unstorable.ts";
import { formatPath } from "./value-path.ts";

export interface WriteOutputOptions {
  readonly value: unknown;
  readonly definition: MaterializerDefinition;
  readonly store: BaseArtifactStore;
  /** Where the artifact goes, unless its bytes are in the store already (a `FileRef`, an output file). */
  readonly key: string;
  readonly signal?: AbortSignal | undefined;
  readonly where: OutputPlace;
}

/** What an artifact's record says of its bytes. */
export interface WrittenArtifact extends StoredObject {
  readonly materializer: ArtifactRecord["materializer"];
  /** The file's own name, for `file`. */
  readonly fileName: string | null;
  /** The stored bytes, if they were made in memory from the value and are nobody else's. */
  readonly bytes?: Uint8Array | undefined;
}

/**
 * Stores one output of a step, create-only. Values are written from memory, files in constant memory.
 *
 * @throws ZenError `not_storable` (names step, output and path within the value), `bad_output` (its schema refuses it),
 *   `bad_output_file`; what the store or the step's own stream throws
 */
export async function writeOutput(options: WriteOutputOptions): Promise<WrittenArtifact> {
  const { definition, value, where } = options;
  switch (definition.name) {
    case "auto":
      return writeValue(options);
    case "text":
      if (typeof value !== "string") throw mismatch(options, "a string");
      if (!value.isWellFormed())
        throw new ZenError(
          "not_storable",
          `${returned(where, "a string")}, but it has half a surrogate pair in it, which UTF-8 can't hold.`,
          { hint: "Mend it with text.toWellFormed(), or leave out text(): any string can be stored as a value." },
        );
      return writeText(options, "text", value);
    case "bytes":
      if (!(value instanceof Uint8Array)) throw mismatch(options, "a Uint8Array");
      return { materializer: "bytes", fileName: null, ...(await writeBytes(options, value)) };
    case "file":
      return writeFile(options);
  }
}

async function writeValue(options: WriteOutputOptions): Promise<WrittenArtifact> {
  const { definition, value, where } = options;
  const checked = definition.schema === undefined ? value : await validated(definition.schema, value, where);
  let encoded;
  try {
    encoded = encodeValue(checked);
  } catch (error) {
    if (!isZenError(error) || error.code !== "not_storable") throw error;
    const { path, reason } = error.details as { path: string; reason: string };
    const isFile = path === "" && (isFileRef(checked) || isOutputFile(checked) || checked instanceof ReadableStream);
    throw new ZenError(
      "not_storable",
      `Step "${where.step}" returned a value that can't be stored: ${where.output}${path} ${isFile ? "is a file or a stream" : reason}.`,
      {
        hint: isFile ? `Declare the output with file(): ${declaration(where, "file")}` : error.hint,
        cause: error.cause,
        details: { ...error.details, step: where.step, output: where.output },
      },
    );
  }
  return writeText(options, encoded.materializer, encoded.text);
}

async function writeText(options: WriteOutputOptions, materializer: "json" | "rich" | "text", text: string): Promise<WrittenArtifact> {
  const bytes = Buffer.from(text);
  return { materializer, fileName: null, ...(await writeBytes(options, bytes)), bytes };
}

async function writeBytes({ store, key, signal }: WriteOutputOptions, bytes: Uint8Array): Promise<StoredObject> {
  // What other threads may change must not change between writing and hashing.
  const stable = bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
  const digest = sha256(stable);
  await store.write(key, stable, { ifAbsent: true, signal });
  return { store: store.path, key, size: stable.byteLength, digest };
}

async function writeFile(options: WriteOutputOptions): Promise<WrittenArtifact> {
  const { value, store, where } = options;
  const asFile = (fileName: string, object: StoredObject): WrittenArtifact => ({ materializer: "file", ...object, fileName });
  if (isFileRef(value)) {
    const { name, ...object } = value["~zen"].artifact;
    if (object.store === store.path) return asFile(name, object);
    // A file of another store: whoever reads this run's artifacts has this run's store only.
    return asFile(
      name,
      await writeStream(
        options,
        streamChunks(value.stream(), () => mismatch(options, "bytes")),
      ),
    );
  }
  if (isOutputFile(value)) return asFile(value.name, await value["~zen"].finish(where));
  if (typeof value === "string" && value !== "") {
    const path = nodePath.resolve(value);
    return asFile(nodePath.basename(path), await writeStream(options, await readLocalFile(path, where)));
  }
  if (value instanceof Uint8Array) return asFile(where.output, await writeBytes(options, value));
  if (value instanceof ReadableStream) {
    if (value.locked)
      throw new ZenError("not_storable", `${returned(where, "a stream")}, but somebody else is reading it (it is locked).`, {
        hint: "Return a stream that nobody reads, or one branch of stream.tee().",
      });
    const notBytes = (chunk: unknown): Error =>
      new ZenError(
        "not_storable",
        `${returned(where, "a stream")}, but it gives ${describe(chunk)} where it should give bytes (Uint8Array).`,
        { hint: "Pipe text through new TextEncoderStream()." },
      );
    return asFile(where.output, await writeStream(options, streamChunks(value, notBytes)));
  }
  throw mismatch(options, "ctx.file(…), the path of a file, a stream of bytes, a Uint8Array or a FileRef");
}

async function writeStream({ store, key, signal }: WriteOutputOptions, source: AsyncIterable<Uint8Array>): Promise<StoredObject> {
  const hashed = hashing(source);
  await store.write(key, hashed.bytes, { ifAbsent: true, signal });
  return { store: store.path, key, ...hashed.result() };
}

async function validated(schema: Schema, value: unknown, { step, output }: OutputPlace): Promise<unknown> {
  const result = (await schema["~standard"].validate(value)) as
    | { readonly value: unknown; readonly issues?: undefined }
    | { readonly issues: readonly Issue[] };
  if (result.issues === undefined) return result.value;
  const problems = result.issues.map(({ path = [], message }) => {
    const at = formatPath(
      path
        .map((segment) => (typeof segment === "object" ? segment.key : segment))
        .map((key) => (typeof key === "symbol" ? String(key) : key)),
    );
    return `${output}${at}: ${message}`;
  });
  const shown = problems.length > 5 ? [...problems.slice(0, 5), `and ${problems.length - 5} more`] : problems;
  throw new ZenError("bad_output", `Step "${step}" returned a value that its schema refuses: ${shown.join("; ")}.`, {
    hint: "Change what the step returns, or the schema in json(…).",
    details: { step, output, issues: problems },
  });
}

/** An issue of Standard Schema. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

function mismatch({ value, definition, where }: WriteOutputOptions, wanted: string): ZenError {
  return new ZenError(
    "not_storable",
    `${returned(where, describe(value))}, but the output is declared with ${definition.name}(), which takes ${wanted}.`,
    {
      hint: hintFor(value, definition.name),
      details: { path: "", reason: `is ${describe(value)}`, step: where.step, output: where.output },
    },
  );
}

function hintFor(value: unknown, materializer: MaterializerDefinition["name"]): string {
  if (value === undefined) return "Return the output. (A missing return?)";
  if (value instanceof URL && materializer === "file") return "Return its path: fileURLToPath(url)";
  if (value instanceof ArrayBuffer) return "Return a view of it: new Uint8Array(buffer)";
  if (ArrayBuffer.isView(value)) return "Return its bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength)";
  if (value instanceof Promise) return "Await it before you return it.";
  if (materializer === "file" && typeof value === "object" && value !== null && "pipe" in value)
    return "Return it as a web stream: Readable.toWeb(stream)";
  return `Return what ${materializer}() takes, or leave ${materializer}() out: then any plain data can be stored.`;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "boolean") return String(value);
  if (value === "") return "an empty string";
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") return `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return className(value) === "" ? "an object" : `an instance of ${className(value)}`;
  return `a ${typeof value}`;
}
