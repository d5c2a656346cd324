import {
  assertKey,
  assertPageLimit,
  BaseArtifactStore,
  bytesInRange,
  parseBucketPath,
  type ByteRange,
  type ByteSource,
  type ComponentOptions,
  type ObjectPage,
  type ObjectStat,
  type StoreFailure,
  type StoreOptions,
  type StorePermissions,
} from "@zen/core";
import { Client, type Request } from "./client.ts";
import { configSchema } from "./config-schema.ts";
import { inParallel } from "./in-parallel.ts";
import { copyObject } from "./object-copy.ts";
import { ObjectDownload } from "./object-download.ts";
import { statOf, type ObjectResource } from "./object-resource.ts";
import { ObjectUpload } from "./object-upload.ts";
import { RequestFailure } from "./request-failure.ts";
import { Retries } from "./retry.ts";
import { storeError } from "./store-error.ts";

/** The longest name of an object that Google knows, in bytes. */
const LONGEST_NAME = 1024;

/** Of IAM. */
const PERMISSIONS: StorePermissions = {
  write: "storage.objects.create",
  read: "storage.objects.get",
  lookUp: "storage.objects.get",
  list: "storage.objects.list",
  copy: "storage.objects.get and storage.objects.create",
  delete: "storage.objects.delete",
};

/** What a page of a listing consists of. */
interface Listing {
  readonly items?: readonly ObjectResource[];
  readonly nextPageToken?: string;
}

/**
 * Artifacts as objects of a Google Cloud Storage bucket: the key is the object's name below the component's prefix.
 *
 * Nothing is loaded and no request is made until the first method is called.
 */
export class GCSArtifactStore extends BaseArtifactStore<typeof GCSArtifactStore.configSchema> {
  static override readonly FLAVOR = "gcs";
  static override readonly SUPPORTED_SCHEMES = ["gs://"];
  static override readonly configSchema = configSchema;

  readonly #client: Client;
  readonly #bucket: string;
  /** With a slash at its end, or empty. */
  readonly #prefix: string;

  constructor(options: ComponentOptions<typeof configSchema>) {
    super(options);
    this.#client = new Client(this.config);
    const { bucket, prefix } = parseBucketPath(this.path);
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  override get permissions(): StorePermissions {
    return PERMISSIONS;
  }

  override async read(
    key: string,
    { range, signal }: StoreOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    this.#begin(signal, key);
    // Servers read such a range as the whole object.
    if (range && !(range.start >= 0 && (range.end ?? Infinity) >= range.start)) throw await this.#badRange(key, range, signal);
    const source = { bucket: this.#bucket, name: this.#prefix + key, range };
    const lost = (error: unknown): Promise<unknown> => this.#errorOf(error, "read", key, { missing: "precondition" });
    try {
      return await ObjectDownload.open(this.#client, this.config, source, signal, lost);
    } catch (error) {
      if (range && error instanceof RequestFailure && error.status === 416) throw await this.#badRange(key, range, signal);
      throw await this.#errorOf(error, "read", key);
    }
  }

  override async write(
    key: string,
    source: ByteSource,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    this.#begin(signal, key);
    const target = { bucket: this.#bucket, name: this.#prefix + key, ifAbsent };
    try {
      return statOf(key, await new ObjectUpload(this.#client, this.config, target, signal).write(source, key));
    } catch (error) {
      throw await this.#errorOf(error, "write", key, { ifAbsent });
    }
  }

  override async stat(key: string, { signal }: StoreOptions = {}): Promise<ObjectStat | undefined> {
    this.#begin(signal, key);
    const object = await this.#find("look up", key, signal);
    return object && statOf(key, object);
  }

  override async list(
    prefix: string,
    { cursor, limit = 1000, signal }: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
  ): Promise<ObjectPage> {
    assertPageLimit(limit);
    signal?.throwIfAborted();
    const { items = [], nextPageToken } = await this.#list("list", prefix, limit, cursor, signal);
    const objects = items.map((object) => statOf(object.name.slice(this.#prefix.length), object)).filter(({ key }) => isKey(key));
    return { objects, cursor: nextPageToken };
  }

  override async copy(
    from: string,
    to: string,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    this.#begin(signal, from, to);
    const source = await this.#found("copy", from, signal);
    return this.#copy("copy to", source, to, ifAbsent, signal);
  }

  override async rename(from: string, to: string, { signal }: StoreOptions = {}): Promise<ObjectStat> {
    this.#begin(signal, from, to);
    const source = await this.#found("rename", from, signal);
    if (from === to) return statOf(to, source);
    const moved = await this.#copy("rename to", source, to, false, signal);
    // What was written under the old key meanwhile is another object.
    await this.#delete("rename", from, signal, source.generation);
    return moved;
  }

  override async delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    this.#begin(signal, key);
    await this.#delete("delete", key, signal);
  }

  override async deleteTree(prefix: string, { signal }: StoreOptions = {}): Promise<number> {
    this.#begin(signal, prefix);
    let count = 0;
    let cursor: string | undefined;
    do {
      const { items = [], nextPageToken } = await this.#list("delete the tree", `${prefix}/`, 1000, cursor, signal);
      const keys = items.map(({ name }) => name.slice(this.#prefix.length)).filter(isKey);
      await inParallel(keys, this.config.concurrency, async (key) => {
        if (await this.#delete("delete", key, signal)) count++;
      });
      cursor = nextPageToken;
    } while (cursor !== undefined);
    return count;
  }

  /** What every method begins with. */
  #begin(signal: AbortSignal | undefined, ...keys: readonly string[]): void {
    keys.forEach(assertKey);
    signal?.throwIfAborted();
  }

  async #find(operation: string, key: string, signal: AbortSignal | undefined): Promise<ObjectResource | undefined> {
    try {
      return await this.#ask<ObjectResource>(
        { url: this.#client.objectUrl(this.#bucket, this.#prefix + key), kind: "storage#object" },
        signal,
      );
    } catch (error) {
      if (isMissing(error) && (await this.#hasBucket(error as RequestFailure))) return undefined;
      throw await this.#errorOf(error, operation, key);
    }
  }

  async #found(operation: string, key: string, signal: AbortSignal | undefined): Promise<ObjectResource> {
    const object = await this.#find(operation, key, signal);
    if (object) return object;
    throw storeError(new RequestFailure("answer", "", { status: 404, mayPass: false }), this.#request(operation, key), "not_found");
  }

  async #list(
    operation: string,
    prefix: string,
    limit: number,
    cursor: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Listing> {
    if (Buffer.byteLength(this.#prefix + prefix) > LONGEST_NAME) return {};
    try {
      return await this.#ask<Listing>(
        {
          url: `/storage/v1/b/${encodeURIComponent(this.#bucket)}/o`,
          query: {
            prefix: this.#prefix + prefix,
            maxResults: limit,
            pageToken: cursor,
            fields: "kind,nextPageToken,items(name,size,updated,generation)",
          },
          kind: "storage#objects",
        },
        signal,
      );
    } catch (error) {
      throw await this.#errorOf(error, operation, prefix, { missing: "no_such_bucket" });
    }
  }

  async #copy(
    operation: string,
    source: ObjectResource,
    to: string,
    ifAbsent: boolean,
    signal: AbortSignal | undefined,
  ): Promise<ObjectStat> {
    try {
      // Google looks only when it has copied everything, which may take minutes.
      if (ifAbsent && (await this.#find(operation, to, signal))) throw new RequestFailure("answer", "", { status: 412, mayPass: false });
      const target = { bucket: this.#bucket, name: this.#prefix + to, ifAbsent };
      return statOf(to, await copyObject(this.#client, this.config, source, target, signal));
    } catch (error) {
      throw await this.#errorOf(error, operation, to, { ifAbsent });
    }
  }

  /** @returns whether there was such an object */
  async #delete(operation: string, key: string, signal: AbortSignal | undefined, generation?: string): Promise<boolean> {
    const retries = new Retries(this.config.maxAttempts, signal);
    const url = this.#client.objectUrl(this.#bucket, this.#prefix + key);
    try {
      await retries.run(() => this.#client.json({ method: "DELETE", url, query: { ifGenerationMatch: generation } }, signal));
      return true;
    } catch (error) {
      // An attempt before may have deleted it.
      if (isMissing(error) && (await this.#hasBucket(error as RequestFailure))) return retries.hasFailed;
      if (generation !== undefined && error instanceof RequestFailure && error.status === 412) return false;
      throw await this.#errorOf(error, operation, key);
    }
  }

  async #ask<T>(request: Request, signal: AbortSignal | undefined): Promise<T> {
    const { data } = await new Retries(this.config.maxAttempts, signal).run(() => this.#client.json<T>(request, signal));
    return data;
  }

  async #badRange(key: string, range: ByteRange, signal: AbortSignal | undefined): Promise<unknown> {
    const { size } = await this.#found("read", key, signal);
    bytesInRange(key, Number(size), range);
    const failure = new RequestFailure("answer", "", { status: 416, mayPass: false });
    return storeError(failure, this.#request("read", key), "precondition");
  }

  /**
   * A failed request as the contract's error.
   *
   * @param options.missing what a 404 means, if the bucket is there
   */
  async #errorOf(
    error: unknown,
    operation: string,
    key: string,
    { missing = "not_found", ifAbsent = false }: { readonly missing?: StoreFailure; readonly ifAbsent?: boolean } = {},
  ): Promise<unknown> {
    if (!(error instanceof RequestFailure)) return error;
    const request = this.#request(operation, key);
    if (error.status === 404 && !(await this.#hasBucket(error))) return storeError(error, request, "no_such_bucket");
    if (isMissing(error)) return storeError(error, request, missing);
    return storeError(error, request, ifAbsent && error.status === 412 ? "exists" : undefined);
  }

  /** Whether it is only the object that is missing. Google says so in words; of other servers the bucket is asked for. */
  async #hasBucket({ message }: RequestFailure): Promise<boolean> {
    if (message.startsWith("No such object")) return true;
    const url = `/storage/v1/b/${encodeURIComponent(this.#bucket)}/o`;
    try {
      await this.#client.json({ url, query: { prefix: this.#prefix, maxResults: 1, fields: "nextPageToken" } }, undefined);
      return true;
    } catch (error) {
      return !isMissing(error);
    }
  }

  #request(operation: string, key: string) {
    return { operation, key, store: this.name, bucket: this.#bucket, uri: this.uri(key) };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof RequestFailure && error.kind === "answer" && error.status === 404;
}

/** Other programs' objects, such as the `folder/` of a console, aren't the store's. */
function isKey(name: string): boolean {
  try {
    assertKey(name);
    return true;
  } catch {
    return false;
  }
}
