import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { finished } from "node:stream/promises";
import {
  assertKey,
  assertPageLimit,
  BaseArtifactStore,
  bytesInRange,
  chunksOf,
  isZenError,
  storeFailure,
  type ByteRange,
  type ByteSource,
  type ObjectPage,
  type ObjectStat,
  type StoreFailure,
  type StoreOptions,
} from "@zen/core";
import * as z from "zod";

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  ENOENT: "not_found",
  EEXIST: "exists",
  EACCES: "forbidden",
  EPERM: "forbidden",
  EROFS: "forbidden",
  ENOSPC: "full",
  EDQUOT: "full",
};
/** Of the name of a file: most file systems end at 255. */
const NAME_LENGTH = 200;

/** Keeps objects as files in a folder of this machine: what is to become of them is yours to replace. */
export class TemplateArtifactStore extends BaseArtifactStore<typeof TemplateArtifactStore.configSchema> {
  static override readonly FLAVOR: string = "template";
  static override readonly SUPPORTED_SCHEMES = ["template://"];
  static override readonly configSchema = BaseArtifactStore.configSchema.extend({
    path: z.string().min(1).meta({ description: "Where the artifacts are kept: template:// and the absolute path of a folder" }),
  });

  override async read(
    key: string,
    { range, signal }: StoreOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return this.#do("read", key, signal, async () => {
      const file = await open(this.#fileOf(key));
      try {
        const { size } = await file.stat();
        const { start, length } = bytesInRange(key, size, range);
        const end = start + length;
        let position = start;
        return new ReadableStream<Uint8Array>({
          // An open file stays what it was, whoever replaces it.
          async pull(controller) {
            try {
              signal?.throwIfAborted();
              const { bytesRead, buffer } = await file.read(new Uint8Array(Math.min(65_536, end - position)), { position });
              position += bytesRead;
              if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
              if (position < end) return;
              await file.close();
              controller.close();
            } catch (error) {
              await file.close();
              throw error;
            }
          },
          cancel: () => file.close(),
        });
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  override async write(
    key: string,
    source: ByteSource,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    assertKey(key);
    signal?.throwIfAborted();
    const temporary = await this.#do("write", key, signal, () => this.#newFile());
    const output = createWriteStream(temporary);
    try {
      // What the source throws reaches the caller as it is.
      for await (const chunk of chunksOf(source, key, signal)) {
        await this.#do(
          "write",
          key,
          undefined,
          () => new Promise<void>((resolve, reject) => output.write(chunk, (error) => (error ? reject(error) : resolve()))),
        );
      }
      output.end();
      await this.#do("write", key, signal, async () => {
        await finished(output);
        await this.#publish(temporary, key, ifAbsent);
      });
    } catch (error) {
      output.destroy();
      // Where it can't be reached any more, what has failed says more.
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    return (await this.stat(key))!;
  }

  override async stat(key: string, { signal }: StoreOptions = {}): Promise<ObjectStat | undefined> {
    return this.#do("look up", key, signal, async () => {
      try {
        const { size, mtime } = await stat(this.#fileOf(key));
        return { key, size, modifiedAt: mtime };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
      }
    });
  }

  override async list(
    prefix: string,
    { cursor, limit = 1000, signal }: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
  ): Promise<ObjectPage> {
    assertPageLimit(limit);
    signal?.throwIfAborted();
    const keys = (await this.#keys(prefix)).filter((key) => cursor === undefined || byBytes(key, cursor) > 0).sort(byBytes);
    const page = keys.slice(0, limit);
    const found = await Promise.all(page.map((key) => this.stat(key, { signal })));
    return { objects: found.filter((object) => object !== undefined), cursor: keys.length > limit ? page.at(-1) : undefined };
  }

  override async copy(
    from: string,
    to: string,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    assertKey(to);
    const temporary = await this.#do("copy", from, signal, async () => {
      const file = await this.#newFile();
      await copyFile(this.#fileOf(from), file);
      return file;
    });
    try {
      await this.#do("copy to", to, signal, () => this.#publish(temporary, to, ifAbsent));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    return (await this.stat(to))!;
  }

  override async rename(from: string, to: string, { signal }: StoreOptions = {}): Promise<ObjectStat> {
    assertKey(to);
    await this.#do("rename", from, signal, async () => {
      await stat(this.#fileOf(from));
      await this.#publish(this.#fileOf(from), to, false);
    });
    return (await this.stat(to))!;
  }

  override async delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    await this.#do("delete", key, signal, () => rm(this.#fileOf(key), { force: true }));
  }

  override async deleteTree(prefix: string, { signal }: StoreOptions = {}): Promise<number> {
    const keys = await this.#do("delete the tree", prefix, signal, () => this.#keys(`${prefix}/`));
    for (const key of keys) await this.delete(key, { signal });
    return keys.length;
  }

  get #folder(): string {
    return path.resolve(this.path.slice("template://".length));
  }

  /** A file of its own for each key, whatever is in the key, and whatever the file system takes for the same name. */
  #fileOf(key: string): string {
    const name = Buffer.from(key).toString("hex");
    const parts = name.match(new RegExp(`.{1,${NAME_LENGTH}}`, "g"))!;
    return `${path.join(this.#folder, "objects", ...parts)}.object`;
  }

  /** All that begin with a prefix, in no order: it looks at every name, so this is the first method to replace. */
  async #keys(prefix: string): Promise<string[]> {
    const root = path.join(this.#folder, "objects");
    const names = await this.#do("list", prefix === "" ? "objects" : prefix.replace(/\/$/, ""), undefined, () => namesIn(root), false);
    const keys = names.map((name) => Buffer.from(name.slice(0, -".object".length).replaceAll(path.sep, ""), "hex").toString());
    return keys.filter((key) => key.startsWith(prefix));
  }

  async #newFile(): Promise<string> {
    const folder = path.join(this.#folder, "unfinished");
    await mkdir(folder, { recursive: true });
    return path.join(folder, randomUUID());
  }

  /** Shows a whole file under its key, at once: replacing what was there, or only where nothing is. */
  async #publish(file: string, key: string, ifAbsent: boolean): Promise<void> {
    const target = this.#fileOf(key);
    await mkdir(path.dirname(target), { recursive: true });
    if (!ifAbsent) return rename(file, target);
    await link(file, target);
    await rm(file);
  }

  /** What every method does: refuses a bad key, ends when it is aborted, and says what failed. */
  async #do<Result>(
    operation: string,
    key: string,
    signal: AbortSignal | undefined,
    work: () => Promise<Result>,
    isKey = true,
  ): Promise<Result> {
    if (isKey) assertKey(key);
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (isZenError(error) || signal?.aborted) throw error;
      const { code = "" } = error as NodeJS.ErrnoException;
      const request = { operation, key, store: this.name, bucket: this.#folder, uri: this.uri(key) };
      throw storeFailure(FAILURES[code] ?? "server", request, { word: code, cause: error });
    }
  }
}

async function namesIn(root: string): Promise<string[]> {
  try {
    return (await readdir(root, { recursive: true })).filter((name) => name.endsWith(".object"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
