import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { storeFailure, ZenError, type ByteSource, type StoreRequest } from "@zen/core";
import { base64OfCrc32 } from "./object-reader.ts";
import type { PartBudget } from "./part-budget.ts";
import { partsOf } from "./part-source.ts";
import { dateOf, type S3Connection } from "./s3-connection.ts";
import type { S3Config } from "./s3-config.ts";
import { failureOf, s3Error, unfaithful } from "./s3-failure.ts";

/** S3's own limit. */
const MOST_PARTS = 10_000;
/** The largest part. So many of them are S3's largest object. */
const MOST_MEBIBYTES = 5120;
const MEBIBYTE = 1024 * 1024;
/** How long a write that has failed waits for the server to forget its parts. The sweep gets what is left. */
const ABORT_MILLISECONDS = 5000;
/** The name of the metadata by which a writer knows an object as its own. */
const WRITE_ID = "zen-write";

/** What an upload needs of its store. */
export interface UploadContext {
  readonly connection: S3Connection;
  readonly config: S3Config;
  readonly budget: PartBudget;
}

/** Where an object is to be. */
export interface UploadTarget {
  readonly request: StoreRequest;
  /** The whole key within the bucket. */
  readonly Key: string;
  readonly ifAbsent: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What has become visible. The time is unknown where only asking again would tell. */
export interface Uploaded {
  readonly size: number;
  readonly modifiedAt: Date | undefined;
}

/**
 * Writes an object: at once if it fits into one part, else as a multipart upload, which the server shows when it is complete.
 *
 * A request that is made again may find that it had succeeded before. A create-only write would then take its own object for
 * another's, so every such object carries an id of its writer's.
 */
export class ObjectUpload {
  readonly #context: UploadContext;
  readonly #target: UploadTarget;
  readonly #writeId = randomUUID();
  readonly #failed = new AbortController();
  /** Aborted by the caller, or by the first part that fails. */
  readonly #signal: AbortSignal;
  readonly #sending = new Set<Promise<void>>();
  readonly #spare: Buffer[] = [];
  readonly #parts: CompletedPart[] = [];
  /** Parts that may be in memory. */
  #room = 1;
  #uploadId: Promise<string> | undefined;
  /** Fails when the signal is aborted. */
  #aborted: Promise<never> | undefined;
  #size = 0;
  /** Of all parts together; undefined for a copy, whose bytes the server has, with the checksum that it likes. */
  #crc: number | undefined;
  #retried = false;

  constructor(context: UploadContext, target: UploadTarget) {
    this.#context = context;
    this.#target = target;
    this.#signal = target.signal ? AbortSignal.any([target.signal, this.#failed.signal]) : this.#failed.signal;
  }

  async write(source: ByteSource): Promise<Uploaded> {
    const partBytes = this.#context.config.partSizeMib * MEBIBYTE;
    return this.#whole(async () => {
      const parts = partsOf(source, this.#target.request.key, partBytes, () => this.#roomForMore(), this.#signal);
      for await (const bytes of parts) {
        this.#size += bytes.byteLength;
        if (bytes.byteLength < partBytes && this.#parts.length === 0) return this.#put(bytes);
        if (bytes.byteLength > 0) this.#send(bytes);
      }
      return this.#complete();
    });
  }

  /** Writes the bytes of another object of this bucket, which don't pass through here. */
  async copy(source: { readonly CopySource: string; readonly size: number; readonly etag: string | undefined }): Promise<Uploaded> {
    if (source.size === 0) return this.#whole(() => this.#put(Buffer.alloc(0)));
    const partBytes = Math.max(256 * MEBIBYTE, Math.ceil(source.size / MOST_PARTS));
    return this.#whole(async () => {
      for (let start = 0; start < source.size; start += partBytes) {
        if (start > 0) await this.#roomForMore();
        const CopySourceRange = `bytes=${start}-${Math.min(start + partBytes, source.size) - 1}`;
        this.#track(this.#copyPart(this.#nextPart(), source, CopySourceRange));
      }
      this.#size = source.size;
      return this.#complete();
    });
  }

  /** Does the work, and has the server forget its parts if it fails. */
  async #whole(work: () => Promise<Uploaded>): Promise<Uploaded> {
    this.#context.budget.take();
    try {
      return await work();
    } catch (error) {
      this.#failed.abort(error);
      await this.#abort();
      throw error;
    } finally {
      this.#context.budget.giveBack(this.#room);
    }
  }

  async #put(bytes: Buffer): Promise<Uploaded> {
    const { connection } = this.#context;
    const { request } = this.#target;
    try {
      const output = await connection.trySend(
        (sdk) =>
          new sdk.PutObjectCommand({
            ...this.#created(),
            ...this.#condition(),
            ...this.#checksum(bytes),
            Body: bytes,
            ContentLength: bytes.byteLength,
          }),
        this.#sendOptions(),
      );
      if (output.ETag === undefined) throw unfaithful(request, "it has no ETag");
      return { size: this.#size, modifiedAt: dateOf(output) };
    } catch (error) {
      if (await this.#isOurs(error)) return { size: this.#size, modifiedAt: undefined };
      throw this.#errorOf(error, request);
    }
  }

  /** Waits until another part may be in memory, and gives the memory of one that has been sent. */
  async #roomForMore(): Promise<Buffer | undefined> {
    const { config, budget } = this.#context;
    while (this.#sending.size >= this.#room) {
      if (this.#room < config.partConcurrency && budget.tryTake()) this.#room++;
      else await Promise.race(this.#sending);
      this.#signal.throwIfAborted();
    }
    return this.#spare.pop();
  }

  #send(bytes: Buffer): void {
    const checksum = this.#checksum(bytes);
    if (this.#context.config.checksum !== "none") this.#crc = crc32(bytes, this.#crc ?? 0);
    this.#track(this.#sendPart(this.#nextPart(), bytes, checksum));
  }

  #nextPart(): CompletedPart & { PartNumber: number } {
    const part = { PartNumber: this.#parts.length + 1 };
    if (part.PartNumber > MOST_PARTS) throw tooLarge(this.#target.request, this.#context.config.partSizeMib);
    this.#parts.push(part);
    return part;
  }

  #track(sending: Promise<void>): void {
    const tracked = sending
      .catch((error: unknown) => this.#failed.abort(error))
      .finally(() => {
        this.#sending.delete(tracked);
      });
    this.#sending.add(tracked);
  }

  async #sendPart(part: CompletedPart & { PartNumber: number }, bytes: Buffer, checksum: Checksum): Promise<void> {
    const UploadId = await this.#begun();
    const { ETag } = await this.#context.connection.send(
      this.#target.request,
      (sdk) =>
        new sdk.UploadPartCommand({
          ...this.#where(),
          UploadId,
          PartNumber: part.PartNumber,
          Body: bytes,
          ContentLength: bytes.byteLength,
          ...checksum,
        }),
      this.#sendOptions(),
    );
    if (ETag === undefined) throw unfaithful(this.#target.request, "it has no ETag");
    Object.assign(part, { ETag, ...checksum });
    this.#spare.push(bytes);
  }

  async #copyPart(
    part: CompletedPart & { PartNumber: number },
    { CopySource, etag }: { readonly CopySource: string; readonly etag: string | undefined },
    CopySourceRange: string,
  ): Promise<void> {
    const UploadId = await this.#begun();
    const { CopyPartResult } = await this.#context.connection.send(
      this.#target.request,
      (sdk) =>
        new sdk.UploadPartCopyCommand({
          ...this.#where(),
          UploadId,
          PartNumber: part.PartNumber,
          CopySource,
          CopySourceRange,
          ...(etag !== undefined && { CopySourceIfMatch: etag }),
        }),
      this.#sendOptions(),
    );
    if (CopyPartResult?.ETag === undefined) throw unfaithful(this.#target.request, "it has no ETag");
    Object.assign(part, {
      ETag: CopyPartResult.ETag,
      ...(CopyPartResult.ChecksumCRC32 && { ChecksumCRC32: CopyPartResult.ChecksumCRC32 }),
    });
  }

  /**
   * The upload's id: begun with its first part. The request isn't aborted, so that what the server begins is always known here;
   * whoever is aborted doesn't wait for it.
   */
  async #begun(): Promise<string> {
    this.#uploadId ??= this.#context.connection
      .send(
        this.#target.request,
        (sdk) =>
          new sdk.CreateMultipartUploadCommand({
            ...this.#created(),
            ...(this.#crc !== undefined && { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" }),
          }),
      )
      .then(({ UploadId }) => {
        if (UploadId === undefined) throw unfaithful(this.#target.request, "it has no UploadId");
        return UploadId;
      });
    this.#aborted ??= failingWhen(this.#signal);
    const id = await Promise.race([this.#uploadId, this.#aborted]);
    this.#signal.throwIfAborted();
    return id;
  }

  async #complete(): Promise<Uploaded> {
    while (this.#sending.size > 0) await Promise.race(this.#sending);
    this.#signal.throwIfAborted();
    const UploadId = await this.#begun();
    try {
      const { ETag } = await this.#context.connection.trySend(
        (sdk) =>
          new sdk.CompleteMultipartUploadCommand({
            ...this.#where(),
            ...this.#condition(),
            UploadId,
            MultipartUpload: { Parts: this.#parts },
            ...(this.#crc !== undefined && { ChecksumCRC32: base64OfCrc32(this.#crc), ChecksumType: "FULL_OBJECT" }),
          }),
        this.#sendOptions(),
      );
      if (ETag === undefined) throw unfaithful(this.#target.request, "it has no ETag");
    } catch (error) {
      if (!(await this.#isOurs(error))) throw this.#errorOf(error, this.#target.request);
    }
    this.#uploadId = undefined;
    return { size: this.#size, modifiedAt: undefined };
  }

  /** Whether a request that was refused when it was made again had succeeded before. */
  async #isOurs(error: unknown): Promise<boolean> {
    const { name } = error as Error;
    if (!this.#retried || !(failureOf(error) === "precondition" || name === "NoSuchUpload")) return false;
    const found = await this.#head();
    return found?.Metadata?.[WRITE_ID] === this.#writeId;
  }

  async #head() {
    const { connection } = this.#context;
    return connection.trySend((sdk) => new sdk.HeadObjectCommand(this.#where()), { signal: this.#target.signal }).catch(() => undefined);
  }

  #errorOf(error: unknown, request: StoreRequest): unknown {
    if (this.#target.ifAbsent && failureOf(error) === "precondition") return storeFailure("exists", request);
    return s3Error(error, request);
  }

  async #abort(): Promise<void> {
    const { connection } = this.#context;
    const aborting = (async () => {
      const UploadId = await this.#uploadId;
      if (UploadId === undefined) return;
      await Promise.allSettled(this.#sending);
      await connection.trySend((sdk) => new sdk.AbortMultipartUploadCommand({ ...this.#where(), UploadId }), {
        signal: AbortSignal.timeout(ABORT_MILLISECONDS),
      });
    })().catch(() => {});
    await Promise.race([aborting, new Promise((resolve) => setTimeout(resolve, ABORT_MILLISECONDS).unref())]);
  }

  #where(): { Bucket: string; Key: string } {
    return { Bucket: this.#target.request.bucket, Key: this.#target.Key };
  }

  #condition(): { IfNoneMatch?: string } {
    return this.#target.ifAbsent ? { IfNoneMatch: "*" } : {};
  }

  #created() {
    return { ...this.#where(), ...storedAs(this.#context.config), Metadata: { [WRITE_ID]: this.#writeId } };
  }

  #checksum(bytes: Buffer): Checksum {
    return this.#context.config.checksum === "none" ? {} : { ChecksumCRC32: base64OfCrc32(crc32(bytes)) };
  }

  #sendOptions(): { signal: AbortSignal; onRetry: () => void } {
    return { signal: this.#signal, onRetry: () => (this.#retried = true) };
  }
}

interface Checksum {
  readonly ChecksumCRC32?: string;
}

/** How the server is to keep what is written: for every request that makes an object. */
export function storedAs({ serverSideEncryption, kmsKeyId, storageClass }: S3Config) {
  return {
    ...(serverSideEncryption && { ServerSideEncryption: serverSideEncryption }),
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    // A server may have classes that the SDK doesn't know.
    ...(storageClass !== undefined && { StorageClass: storageClass as "STANDARD" }),
  };
}

function failingWhen(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  // It is nobody's where the upload ends before.
  promise.catch(() => {});
  if (signal.aborted) reject(signal.reason as Error);
  signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  return promise;
}

function tooLarge({ key, store }: StoreRequest, mebibytes: number): ZenError {
  return new ZenError(
    "object_too_large",
    `"${key}" is larger than the artifact store "${store}" can write: ${MOST_PARTS} parts of ${mebibytes} MiB.`,
    {
      hint: `Use larger parts: zen artifact-store update ${store} --part-size-mib=${Math.min(8 * mebibytes, MOST_MEBIBYTES)}`,
    },
  );
}
