import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  _Error as DeleteFailure,
  _Object as ListedObject,
} from "@aws-sdk/client-s3";
import {
  assertKey,
  assertPageLimit,
  BaseArtifactStore,
  bytesInRange,
  parseBucketPath,
  pauseBeforeRetry,
  storeFailure,
  type BucketLocation,
  type ByteRange,
  type ByteSource,
  type ComponentOptions,
  type ObjectPage,
  type ObjectStat,
  type StoreFailure,
  type StoreOptions,
  type StorePermissions,
  type StoreRequest,
} from "@zen/core";
import { answerOf, readObject, type Answer } from "./object-reader.ts";
import { ObjectUpload, storedAs, type Uploaded } from "./object-upload.ts";
import { abortOldUploads } from "./orphan-uploads.ts";
import { PartBudget } from "./part-budget.ts";
import { s3ConfigSchema } from "./s3-config.ts";
import { S3Connection } from "./s3-connection.ts";
import { failureOf, mayPassLater, replyOf, s3Error, unfaithful } from "./s3-failure.ts";

/** What one CopyObject is to copy, in bytes. S3's limit is five times as much, but many servers say nothing until all is copied. */
const MOST_BYTES_AT_ONCE = 1024 ** 3;
/** No key of S3's is longer. */
const MOST_KEY_BYTES = 1024;

type PageRequest = Pick<ListObjectsV2CommandInput, "Prefix" | "ContinuationToken" | "MaxKeys">;

interface Page {
  readonly contents: readonly (ListedObject & { readonly Key: string })[];
  /** Where the next page begins, if there is one. */
  readonly next: string | undefined;
}

/** Of IAM. An object that may not be listed is not found either, only forbidden. */
const PERMISSIONS: StorePermissions = {
  write: "s3:PutObject",
  read: "s3:GetObject",
  lookUp: "s3:GetObject",
  list: "s3:ListBucket",
  copy: "s3:GetObject and s3:PutObject",
  delete: "s3:DeleteObject",
};

type WriteOptions = StoreOptions & { readonly ifAbsent?: boolean | undefined };

/**
 * Artifacts as objects in a bucket of Amazon S3, or of a server that speaks its API. A key is the object's own, after the
 * path's prefix.
 *
 * Memory: a write holds up to `partConcurrency` parts, all writes of the store together `concurrency`, or one each.
 */
export class S3ArtifactStore extends BaseArtifactStore<typeof S3ArtifactStore.configSchema> {
  static override readonly FLAVOR = "s3";
  static override readonly SUPPORTED_SCHEMES = ["s3://"];
  static override readonly configSchema = s3ConfigSchema;

  readonly #connection: S3Connection;
  readonly #location: BucketLocation;
  readonly #budget: PartBudget;
  #sweep: { readonly done: Promise<void>; readonly aborter: AbortController } | undefined;
  #bucketSeen = false;

  constructor(options: ComponentOptions<typeof S3ArtifactStore.configSchema>) {
    super(options);
    this.#connection = new S3Connection(this.config);
    this.#location = parseBucketPath(this.path);
    this.#budget = new PartBudget(this.config.concurrency);
  }

  override get permissions(): StorePermissions {
    return PERMISSIONS;
  }

  override async read(
    key: string,
    { range, signal }: StoreOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    const request = this.#request("read", key, signal);
    // Nothing could be asked for: a range that HTTP has no words for is checked against the size.
    const sayable = range === undefined || (range.start >= 0 && (range.end === undefined || range.end >= range.start));
    if (!sayable) await this.#refuseRange(request, key, range, signal);
    const start = range?.start ?? 0;
    let first: GetObjectCommandOutput;
    try {
      first = await this.#get(key, range, undefined, signal);
    } catch (error) {
      if ((error as Error).name === "InvalidRange") await this.#refuseRange(request, key, range!, signal);
      throw s3Error(error, request);
    }
    const answer = answerOf(first, range, request);
    const end = start + answer.length - 1;
    const readOn = async (taken: number): Promise<Answer> => {
      const left = { start: start + taken, end };
      try {
        return answerOf(await this.#get(key, left, answer.etag, signal), left, request);
      } catch (error) {
        throw s3Error(error, request);
      }
    };
    return readObject(answer, { request, signal, maxAttempts: this.config.maxAttempts, readOn });
  }

  override async write(key: string, source: ByteSource, { ifAbsent = false, signal }: WriteOptions = {}): Promise<ObjectStat> {
    const upload = this.#upload("write", key, ifAbsent, signal);
    return this.#statOf(key, await upload.write(source), signal);
  }

  override async stat(key: string, { signal }: StoreOptions = {}): Promise<ObjectStat | undefined> {
    const found = await this.#head(this.#request("look up", key, signal), signal);
    return found && { key, size: found.ContentLength ?? 0, modifiedAt: wholeSeconds(found.LastModified) };
  }

  override async list(
    prefix: string,
    { cursor, limit = 1000, signal }: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
  ): Promise<ObjectPage> {
    assertPageLimit(limit);
    signal?.throwIfAborted();
    // MinIO refuses to list what begins with a segment `.` or `..`, though keys may begin so: it is asked for all beside them.
    const Prefix = this.#location.prefix + prefix.replace(/(?<=^|\/)\.\.?$/, "");
    if (Buffer.byteLength(Prefix) > MOST_KEY_BYTES || !isPrefixOfKeys(prefix)) return { objects: [], cursor: undefined };
    // By the server's token and not by the last key: MinIO takes a short page after a key for the last.
    const page = await this.#page(this.#requestOf("list", prefix), { Prefix, ContinuationToken: cursor, MaxKeys: limit }, signal);
    const objects = page.contents.map(({ Key, Size, LastModified }) => ({
      key: Key.slice(this.#location.prefix.length),
      size: Size ?? 0,
      modifiedAt: wholeSeconds(LastModified),
    }));
    // The markers of folders that consoles make aren't the store's.
    return { objects: objects.filter(({ key }) => key.startsWith(prefix) && isKey(key)), cursor: page.next };
  }

  override async copy(from: string, to: string, { ifAbsent = false, signal }: WriteOptions = {}): Promise<ObjectStat> {
    const source = this.#request("copy", from, signal);
    const target = this.#request("copy to", to, signal);
    const found = await this.#head(source, signal);
    if (!found) {
      await this.#explainHead(undefined, "not_found", source, signal);
      throw storeFailure("not_found", source);
    }
    const size = found.ContentLength ?? 0;
    if (from === to && !ifAbsent) return { key: to, size, modifiedAt: wholeSeconds(found.LastModified) };
    const CopySource = `${this.#location.bucket}/${this.#key(from).split("/").map(encodeURIComponent).join("/")}`;
    const etag = found.ETag;
    // Few servers know a condition for CopyObject; for the completion of a multipart upload all do.
    if (ifAbsent || size > MOST_BYTES_AT_ONCE) {
      const upload = this.#upload("copy to", to, ifAbsent, signal);
      return this.#statOf(to, await upload.copy({ CopySource, size, etag }), signal);
    }
    const { CopyObjectResult } = await this.#connection.send(
      target,
      (sdk) =>
        new sdk.CopyObjectCommand({
          Bucket: this.#location.bucket,
          Key: this.#key(to),
          CopySource,
          ...(etag !== undefined && { CopySourceIfMatch: etag }),
          ...storedAs(this.config),
        }),
      { signal },
    );
    if (CopyObjectResult?.ETag === undefined) throw unfaithful(target, "it has no ETag");
    return { key: to, size, modifiedAt: wholeSeconds(CopyObjectResult.LastModified) };
  }

  override async rename(from: string, to: string, { signal }: StoreOptions = {}): Promise<ObjectStat> {
    const moved = await this.copy(from, to, { signal });
    if (from !== to) await this.delete(from, { signal });
    return moved;
  }

  override async delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    await this.#deleteOne(this.#request("delete", key, signal), this.#key(key), signal);
  }

  override async deleteTree(prefix: string, { signal }: StoreOptions = {}): Promise<number> {
    const request = this.#request("delete the tree", prefix, signal);
    const Prefix = `${this.#key(prefix)}/`;
    let count = 0;
    let failed = 0;
    let deleted: string | undefined;
    for (;;) {
      const page = await this.#page(request, { Prefix }, signal);
      const listed = page.contents.map(({ Key }) => Key);
      const keys = JSON.stringify(listed);
      if (page.next !== undefined && keys === deleted) throw unfaithful(request, "it lists what it has deleted");
      if (listed.length > 0) {
        const [odd, plain] = [listed.filter((key) => !isXmlText(key)), listed.filter(isXmlText)];
        await Promise.all(odd.map((key) => this.#deleteOne(request, key, signal)));
        const Errors = plain.length === 0 ? [] : await this.#deleteMany(request, plain, signal);
        count += listed.length - Errors.length;
        const errors = Errors.map(({ Code, Message }) =>
          Object.assign(new Error(Message), { name: Code, $fault: "server", $metadata: {} }),
        );
        const error = errors.find((one) => !mayPassLater(one)) ?? errors[0];
        if (error) {
          if (!mayPassLater(error) || ++failed >= this.config.maxAttempts) throw s3Error(error, request);
          await pauseBeforeRetry(failed, signal);
          // What is still there is listed again.
          continue;
        }
        failed = 0;
        deleted = keys;
      }
      if (page.next === undefined) return count;
    }
  }

  /** A page of a listing. Its keys come percent-encoded, where the server knows that: XML can't carry all of them. */
  async #page(request: StoreRequest, asked: PageRequest, signal: AbortSignal | undefined): Promise<Page> {
    const { Name, KeyCount, EncodingType, Contents, IsTruncated, NextContinuationToken } = await this.#connection.send(
      request,
      (sdk) => new sdk.ListObjectsV2Command({ Bucket: request.bucket, EncodingType: "url", ...asked }),
      { signal },
    );
    // Any other answer looks like a bucket without objects.
    if (Name === undefined && KeyCount === undefined) throw unfaithful(request, "it is no listing");
    const decoded = (key: string): string => (EncodingType === "url" ? decodeURIComponent(key.replaceAll("+", " ")) : key);
    const contents = (Contents ?? []).map((object) => ({ ...object, Key: decoded(object.Key!) }));
    return { contents, next: IsTruncated ? NextContinuationToken : undefined };
  }

  async #deleteOne(request: StoreRequest, Key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#connection.send(request, (sdk) => new sdk.DeleteObjectCommand({ Bucket: request.bucket, Key }), { signal });
  }

  /** @returns what the server says of those that it could not delete */
  async #deleteMany(request: StoreRequest, keys: readonly string[], signal: AbortSignal | undefined): Promise<readonly DeleteFailure[]> {
    const Objects = keys.map((Key) => ({ Key }));
    const { Errors } = await this.#connection.send(
      request,
      (sdk) => new sdk.DeleteObjectsCommand({ Bucket: request.bucket, Delete: { Objects, Quiet: true } }),
      { signal },
    );
    return Errors ?? [];
  }

  override async close(): Promise<void> {
    this.#sweep?.aborter.abort();
    await this.#sweep?.done;
    await this.#connection.close();
  }

  #key(key: string): string {
    return this.#location.prefix + key;
  }

  /** What every method that has a key begins with. */
  #request(operation: string, key: string, signal: AbortSignal | undefined): StoreRequest {
    assertKey(key);
    signal?.throwIfAborted();
    return this.#requestOf(operation, key);
  }

  #requestOf(operation: string, key: string): StoreRequest {
    return { operation, key, store: this.name, bucket: this.#location.bucket, uri: this.uri(key) };
  }

  #upload(operation: string, key: string, ifAbsent: boolean, signal: AbortSignal | undefined): ObjectUpload {
    const request = this.#request(operation, key, signal);
    const context = { connection: this.#connection, config: this.config, budget: this.#budget };
    this.#sweepOnce(request);
    return new ObjectUpload(context, { request, Key: this.#key(key), ifAbsent, signal });
  }

  async #statOf(key: string, { size, modifiedAt }: Uploaded, signal: AbortSignal | undefined): Promise<ObjectStat> {
    if (modifiedAt) return { key, size, modifiedAt };
    const found = await this.#head(this.#requestOf("look up", key), signal);
    return { key, size, modifiedAt: wholeSeconds(found?.LastModified) };
  }

  #get(
    key: string,
    range: ByteRange | undefined,
    etag: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<GetObjectCommandOutput> {
    const input: GetObjectCommandInput = {
      Bucket: this.#location.bucket,
      Key: this.#key(key),
      ...(range && { Range: `bytes=${range.start}-${range.end ?? ""}` }),
      ...(etag !== undefined && { IfMatch: etag }),
    };
    return this.#connection.trySend((sdk) => new sdk.GetObjectCommand(input), { signal });
  }

  async #refuseRange(request: StoreRequest, key: string, range: ByteRange, signal: AbortSignal | undefined): Promise<never> {
    const found = await this.#head(request, signal);
    if (!found) throw storeFailure("not_found", request);
    bytesInRange(key, found.ContentLength ?? 0, range);
    throw storeFailure("precondition", request);
  }

  /** What the server says of an object without its bytes, or undefined if it has none. */
  async #head(request: StoreRequest, signal: AbortSignal | undefined): Promise<HeadObjectCommandOutput | undefined> {
    const { bucket: Bucket, key } = request;
    try {
      const output = await this.#connection.trySend((sdk) => new sdk.HeadObjectCommand({ Bucket, Key: this.#key(key) }), { signal });
      this.#bucketSeen = true;
      return output;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined) throw error;
      if (failure === "not_found" && this.#bucketSeen) return undefined;
      // The answer to HEAD has no body that would say whether it is the object, the bucket or the credentials.
      if (["not_found", "forbidden", "refused"].includes(failure)) await this.#explainHead(error, failure, request, signal);
      if (failure !== "not_found") throw s3Error(error, request);
      this.#bucketSeen = true;
      return undefined;
    }
  }

  /** Asks for something harmless whose answer says why. */
  async #explainHead(error: unknown, failure: StoreFailure, request: StoreRequest, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#connection.trySend(
        (sdk) => new sdk.ListObjectsV2Command({ Bucket: request.bucket, Prefix: this.#key(request.key), MaxKeys: 1 }),
        {
          signal,
        },
      );
    } catch (reason) {
      const better = failureOf(reason);
      if (better === undefined) throw reason;
      // Who may read but not list is told no more of what isn't there.
      if (better === "forbidden") {
        if (failure !== "not_found") throw storeFailure(failure, request, replyOf(error, failure, request));
        return;
      }
      throw s3Error(reason, request);
    }
  }

  /** Once per component, beside its first write. What it can't do, or may not, is nothing that the writer must know. */
  #sweepOnce(request: StoreRequest): void {
    const hours = this.config.abortUploadsAfterHours;
    if (this.#sweep || hours === 0) return;
    const aborter = new AbortController();
    const done = abortOldUploads(this.#connection, request, this.#location.prefix, hours, aborter.signal).catch(() => {});
    this.#sweep = { done, aborter };
  }
}

/** Whether a request for many keys can have this one. */
function isXmlText(key: string): boolean {
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(key) && key.isWellFormed();
}

/** Some servers tell milliseconds in a listing, and none in a header. */
function wholeSeconds(time: Date | undefined): Date {
  return new Date(Math.floor((time?.getTime() ?? Date.now()) / 1000) * 1000);
}

function isKey(key: string): boolean {
  return isPrefixOfKeys(key) && !key.split("/").some((part) => part === "");
}

/** Servers that keep files in folders read more into `//` and `..` than text. */
function isPrefixOfKeys(prefix: string): boolean {
  const parts = prefix.split("/");
  return !parts.some((part, index) => (part === "" || part === "." || part === "..") && index < parts.length - 1);
}
