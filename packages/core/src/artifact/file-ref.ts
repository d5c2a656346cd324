import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import nodePath from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ByteRange } from "../component/artifact-store.ts";
import { ZenError } from "../error/zen-error.ts";
import { kindOf } from "../pipeline/brand.ts";
import type { FileRef } from "../pipeline/types.ts";
import { isFileName } from "./file-name.ts";
import type { StoredObject } from "./output-file.ts";
import { readBytes, streamBytes, type StoredBytes } from "./stored-bytes.ts";

/** What stands behind a file's `~zen`: enough to make another record of it without copying it. */
export interface FileRefBrand {
  readonly kind: "file_ref";
  readonly contract: 1;
  readonly artifact: StoredObject & { readonly name: string };
}

export interface FileRefOptions {
  /** The file's own name. */
  readonly name: string;
  readonly object: StoredObject;
  readonly bytes: StoredBytes;
  /** The folder for `path()`, asked for when it is needed. Without one, a folder that is deleted when the process ends. */
  readonly scratch?: (() => string) | undefined;
}

/** A stored file, for whoever takes it as an input. It is read when asked, and every whole read is checked. */
export function createFileRef(options: FileRefOptions): FileRef {
  return new StoredFile(options);
}

/** Whether `value` is a file reference of any copy of core. */
export function isFileRef(value: unknown): value is FileRef & { readonly "~zen": FileRefBrand } {
  return kindOf(value) === "file_ref";
}

class StoredFile implements FileRef {
  declare readonly "~zen": FileRefBrand;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly #bytes: StoredBytes;
  readonly #scratch: () => string;
  #copy: Promise<string> | undefined;

  constructor({ name, object, bytes, scratch = exitScratch }: FileRefOptions) {
    this.name = name;
    this.size = object.size;
    this.sha256 = object.digest.replace("sha256:", "");
    this.#bytes = bytes;
    this.#scratch = scratch;
    const { store, key, size, digest } = object;
    const brand: FileRefBrand = { kind: "file_ref", contract: 1, artifact: { store, key, size, digest, name } };
    // Not enumerable: the engine's, and nothing to see when a person prints the file.
    Object.defineProperty(this, "~zen", { value: brand });
  }

  stream(range?: ByteRange): ReadableStream<Uint8Array> {
    return streamBytes(this.#bytes, range);
  }

  async text(): Promise<string> {
    const bytes = await this.bytes();
    try {
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    } catch (cause) {
      throw this.#tooLarge("one string", cause);
    }
  }

  async bytes(): Promise<Uint8Array> {
    try {
      return await readBytes(this.#bytes);
    } catch (error) {
      throw error instanceof RangeError ? this.#tooLarge("memory at once", error) : error;
    }
  }

  path(): Promise<string> {
    this.#copy ??= this.#makeCopy().catch((error: unknown) => {
      this.#copy = undefined;
      throw error;
    });
    return this.#copy;
  }

  async #makeCopy(): Promise<string> {
    const scratch = this.#scratch();
    await mkdir(scratch, { recursive: true });
    const folder = await mkdtemp(nodePath.join(scratch, "file-"));
    // The record may be of a store that others write to: a name is never followed out of the folder.
    const path = nodePath.join(folder, isFileName(this.name) ? this.name : "file");
    try {
      await pipeline(Readable.from(this.stream(), { objectMode: false }), createWriteStream(path, { flags: "wx" }));
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
    return path;
  }

  #tooLarge(what: string, cause: unknown): ZenError {
    return new ZenError("file_too_large", `The file ${this.name} is too large for ${what}: it has ${this.size} bytes.`, {
      hint: "Read it with stream(), or take a local copy with path().",
      cause,
    });
  }
}

let exitFolder: string | undefined;
/** For files that are read outside of a step, in a program that goes on with a run's outputs. */
function exitScratch(): string {
  if (exitFolder === undefined) {
    const folder = mkdtempSync(nodePath.join(tmpdir(), "zen-files-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    exitFolder = folder;
  }
  return exitFolder;
}
