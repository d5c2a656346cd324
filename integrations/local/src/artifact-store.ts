import { constants, renameSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { copyFile, mkdir, stat, unlink } from "node:fs/promises";
import path from "node:path";
import {
  assertKey,
  assertPageLimit,
  BaseArtifactStore,
  chunksOf,
  type ByteRange,
  type ByteSource,
  type ObjectPage,
  type ObjectStat,
  type StoreOptions,
} from "@zen/core";
import { absolutePath } from "./absolute-path.ts";
import { fromKeyBytes, objectPath } from "./object-path.ts";
import { readObject } from "./object-reader.ts";
import { findObjects, type FoundObject } from "./object-walk.ts";
import { ObjectWriter, SMALL_BYTES, writeSmall } from "./object-writer.ts";
import { objectExists, objectNotFound, storeError, type Attempted } from "./store-error.ts";
import { discard, nextTempName, publish, sweepTempFiles, withFolder } from "./temp-file.ts";

/**
 * Artifacts as files in a folder of this machine, or of a network disk that has hard links.
 *
 * A key that is made of small letters, digits, `-`, `_` and inner dots, with two segments, is the file's own path below the
 * folder; `object-path.ts` has the rest. Files that aren't the store's are neither listed nor touched. What was written
 * survives the process, not a power cut in the seconds after: the record of an artifact has the size and the digest to tell.
 */
export class LocalArtifactStore extends BaseArtifactStore<typeof LocalArtifactStore.configSchema> {
  static override readonly FLAVOR: string = "local";
  static override readonly SUPPORTED_SCHEMES = [""];
  static override readonly configSchema = BaseArtifactStore.configSchema.extend({
    path: absolutePath("The folder that holds the artifacts: an absolute path, made on first use"),
  });

  #swept = false;

  /** The object's file: `path` + `/` + key, where odd characters of the key are written `%xx`. */
  override uri(key: string): string {
    return super.uri(objectPath(key));
  }

  override async read(
    key: string,
    { range, signal }: StoreOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const attempted = this.#attempt("read", key, signal);
    const failed = (error: unknown): unknown => storeError(noFolderInTheWay(error), attempted);
    try {
      return readObject(attempted.path, key, range, signal, failed);
    } catch (error) {
      throw failed(error);
    }
  }

  override async write(
    key: string,
    source: ByteSource,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    const attempted = this.#attempt("write", key, signal);
    this.#sweep();
    if (source instanceof Uint8Array && source.byteLength <= SMALL_BYTES) {
      const modifiedAt = this.#do(attempted, () => writeSmall(this.path, attempted.path, source, ifAbsent), ifAbsent);
      return { key, size: source.byteLength, modifiedAt };
    }
    const writer = new ObjectWriter(this.path);
    const failed = (error: unknown): never => {
      throw signal?.aborted ? error : this.#errorOf(error, attempted, ifAbsent);
    };
    try {
      // The source's own errors reach the caller as they are; only the writer's are the store's.
      for await (const chunk of chunksOf(source, key, signal)) await writer.write(chunk).catch(failed);
      signal?.throwIfAborted();
      const modifiedAt = await writer.publish(attempted.path, ifAbsent, signal).catch(failed);
      return { key, size: writer.size, modifiedAt };
    } catch (error) {
      await writer.discard();
      throw error;
    }
  }

  override async stat(key: string, { signal }: StoreOptions = {}): Promise<ObjectStat | undefined> {
    const attempted = this.#attempt("look up", key, signal);
    return this.#do(attempted, () => this.#stat(key, attempted.path));
  }

  override async list(
    prefix: string,
    {
      cursor = "",
      limit = 1000,
      signal,
    }: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
  ): Promise<ObjectPage> {
    assertPageLimit(limit);
    signal?.throwIfAborted();
    const attempted: Attempted = { operation: "list", key: prefix, path: this.path, store: this.name };
    try {
      const found = await findObjects(this.path, prefix, cursor, limit + 1, signal);
      const page = found.slice(0, limit);
      const objects = (await Promise.all(page.map(statFound))).filter((object) => object !== undefined);
      signal?.throwIfAborted();
      return { objects, cursor: found.length > limit ? fromKeyBytes(page.at(-1)!.key) : undefined };
    } catch (error) {
      throw signal?.aborted ? error : storeError(error, attempted);
    }
  }

  override async copy(
    from: string,
    to: string,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    const source = this.#attempt("copy", from, signal);
    const target = this.#attempt("copy to", to, signal);
    if (!this.#do(source, () => this.#stat(from, source.path))) throw objectNotFound(source);
    this.#sweep();
    const temp = nextTempName(this.path);
    try {
      await copyIn(source.path, temp);
      signal?.throwIfAborted();
      const { size, mtime } = statSync(temp);
      publish(temp, target.path, ifAbsent);
      return { key: to, size, modifiedAt: mtime };
    } catch (error) {
      discard(temp);
      const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
      throw signal?.aborted ? error : this.#errorOf(error, gone ? source : target, ifAbsent);
    }
  }

  override async rename(from: string, to: string, { signal }: StoreOptions = {}): Promise<ObjectStat> {
    const source = this.#attempt("rename", from, signal);
    const target = this.#attempt("rename to", to, signal);
    const found = this.#do(source, () => this.#stat(from, source.path));
    if (!found) throw objectNotFound(source);
    this.#do(target, () => withFolder(target.path, () => renameSync(source.path, target.path)));
    this.#removeEmptyFolders(source.path);
    return { ...found, key: to };
  }

  override async delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    const attempted = this.#attempt("delete", key, signal);
    this.#do(attempted, () => {
      if (!this.#stat(key, attempted.path)) return;
      unlinkSync(attempted.path);
      this.#removeEmptyFolders(attempted.path);
    });
  }

  override async deleteTree(prefix: string, { signal }: StoreOptions = {}): Promise<number> {
    const attempted: Attempted = { ...this.#attempt("delete the tree", prefix, signal), path: this.path };
    let count = 0;
    try {
      for (;;) {
        const found = await findObjects(this.path, `${prefix}/`, "", 1000, signal);
        const deleted = await Promise.all(found.map(({ file }) => removed(file)));
        count += deleted.filter(Boolean).length;
        for (const folder of new Set(found.map(({ file }) => path.dirname(file)))) this.#removeEmptyFolders(path.join(folder, "x"));
        if (found.length < 1000) return count;
      }
    } catch (error) {
      throw signal?.aborted ? error : storeError(error, attempted);
    }
  }

  /** What every method begins with. */
  #attempt(operation: string, key: string, signal: AbortSignal | undefined): Attempted {
    assertKey(key);
    signal?.throwIfAborted();
    return { operation, key, path: path.join(this.path, objectPath(key)), store: this.name };
  }

  #do<T>(attempted: Attempted, work: () => T, ifAbsent = false): T {
    try {
      return work();
    } catch (error) {
      throw this.#errorOf(error, attempted, ifAbsent);
    }
  }

  #errorOf(error: unknown, attempted: Attempted, ifAbsent: boolean): unknown {
    return ifAbsent && (error as NodeJS.ErrnoException).code === "EEXIST" ? objectExists(attempted) : storeError(error, attempted);
  }

  #stat(key: string, file: string): ObjectStat | undefined {
    try {
      const found = statSync(file, { throwIfNoEntry: false });
      return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
      throw error;
    }
  }

  /** Once per component, before it writes. */
  #sweep(): void {
    if (this.#swept) return;
    this.#swept = true;
    sweepTempFiles(this.path);
  }

  /** Removes the folders above a file that has gone, up to the first that isn't empty. */
  #removeEmptyFolders(file: string): void {
    const root = path.resolve(this.path);
    for (let folder = path.dirname(path.resolve(file)); folder.startsWith(root + path.sep); folder = path.dirname(folder)) {
      try {
        rmdirSync(folder);
      } catch {
        return;
      }
    }
  }
}

async function statFound({ key, file }: FoundObject): Promise<ObjectStat | undefined> {
  try {
    const { size, mtime } = await stat(file);
    return { key: fromKeyBytes(key), size, modifiedAt: mtime };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Shares the bytes where the file system can (COPYFILE_FICLONE), and lets the kernel copy them elsewhere. */
async function copyIn(from: string, temp: string): Promise<void> {
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
  try {
    await copyFile(from, temp, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(path.dirname(temp), { recursive: true });
    await copyFile(from, temp, mode);
  }
}

/** Whether it was this call that removed the file. */
async function removed(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** For a reader, a file where a folder of the key should be only means that there is no such object. */
function noFolderInTheWay(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== "ENOTDIR") return error;
  return Object.assign(new Error("not found", { cause: error }), { code: "ENOENT" });
}
