import type { Readable } from "node:stream";
import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { crc32 } from "node:zlib";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { otherBytes, pauseBeforeRetry, storeFailure, type ByteRange, type StoreRequest, type ZenError } from "@zen/core";
import { mayPassLater, requestIdOf, s3Error } from "./s3-failure.ts";

/** What is left to read: of the whole object, or of a part of it. */
export interface Answer {
  readonly body: Readable;
  readonly length: number;
  readonly etag: string | undefined;
  /** Base64; of the whole object, if the server has it and the whole is read. */
  readonly crc32: string | undefined;
}

/**
 * @param asked the range that it was asked for, or undefined for the whole
 * @throws ZenError `store_unfaithful` if it has other bytes
 */
export function answerOf(output: GetObjectCommandOutput, asked: ByteRange | undefined, request: StoreRequest): Answer {
  const body = output.Body as Readable;
  // Heard by the reader too; until it listens, and once it is over, an error is nobody's.
  body.on("error", () => {});
  const other = otherBytes(asked, { contentRange: output.ContentRange, length: output.ContentLength });
  if (other !== undefined) {
    body.destroy();
    const { $metadata } = output;
    throw storeFailure("unfaithful", request, { word: other, status: $metadata.httpStatusCode, requestId: requestIdOf($metadata) });
  }
  const crc =
    asked === undefined && output.ChecksumType !== "COMPOSITE" && !output.ChecksumCRC32?.includes("-") ? output.ChecksumCRC32 : undefined;
  return { body, length: output.ContentLength ?? 0, etag: output.ETag, crc32: crc };
}

export interface ReaderOptions {
  readonly request: StoreRequest;
  readonly signal: AbortSignal | undefined;
  readonly maxAttempts: number;
  /** Asks for the same object, if it is still the same, from the byte with this number on, counted from the answer's first. */
  readonly readOn: (taken: number) => Promise<Answer>;
}

/** What may wait for its reader, in bytes: enough that the two don't wait for one another at every chunk. */
const READ_AHEAD_BYTES = 512 * 1024;

/**
 * The bytes of an object, as the server sends them. A connection that breaks is opened again where it broke; the checksum is
 * that of all the bytes, over however many connections they came.
 */
export function readObject(answer: Answer, options: ReaderOptions): ReadableStream<Uint8Array> {
  return new ReadableStream(new ObjectReader(answer, options), new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }));
}

class ObjectReader implements UnderlyingSource<Uint8Array> {
  readonly #options: ReaderOptions;
  readonly #first: Answer;
  #body: Readable;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #taken = 0;
  #crc = 0;
  #failures = 0;
  /** The connection broke while nobody was reading: it is opened again when somebody does. */
  #isBroken = false;
  #aborted: (() => void) | undefined;
  #over = false;

  constructor(answer: Answer, options: ReaderOptions) {
    this.#first = answer;
    this.#options = options;
    this.#body = answer.body;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const { signal } = this.#options;
    if (signal) {
      this.#aborted = () => this.#fail(signal.reason);
      signal.addEventListener("abort", this.#aborted, { once: true });
    }
    this.#listen(this.#body);
  }

  pull(): void {
    if (!this.#isBroken) return void this.#body.resume();
    this.#isBroken = false;
    void this.#reopen();
  }

  cancel(): void {
    this.#end();
  }

  #listen(body: Readable): void {
    body.on("data", (chunk: Buffer) => {
      this.#taken += chunk.byteLength;
      this.#failures = 0;
      if (this.#first.crc32 !== undefined) this.#crc = crc32(chunk, this.#crc);
      this.#controller.enqueue(chunk);
      if (this.#controller.desiredSize! <= 0) body.pause();
    });
    body.once("end", () => {
      if (this.#taken < this.#first.length) return this.#broke(Object.assign(new Error("the answer ended early"), { code: "ECONNRESET" }));
      const wrong = this.#wrongChecksum();
      if (wrong) return this.#fail(wrong);
      this.#end();
      this.#controller.close();
    });
    body.once("error", (error) => this.#broke(error));
  }

  #broke(error: Error): void {
    if (this.#over) return;
    if (!mayPassLater(error)) return this.#fail(s3Error(error, this.#options.request));
    if (this.#controller.desiredSize! <= 0) {
      // The server lost patience with a slow reader, most likely.
      this.#isBroken = true;
    } else if (++this.#failures >= this.#options.maxAttempts) {
      this.#fail(s3Error(error, this.#options.request));
    } else {
      void this.#reopen();
    }
  }

  async #reopen(): Promise<void> {
    const { signal, readOn } = this.#options;
    try {
      await pauseBeforeRetry(Math.max(1, this.#failures), signal);
      if (this.#over) return;
      const { body } = await readOn(this.#taken);
      if (this.#over) return void body.destroy();
      this.#body.destroy();
      this.#body = body;
      this.#listen(body);
    } catch (error) {
      this.#fail(error);
    }
  }

  #wrongChecksum(): ZenError | undefined {
    const { crc32: expected } = this.#first;
    const actual = base64OfCrc32(this.#crc);
    if (expected === undefined || expected === actual) return undefined;
    return storeFailure("checksum", this.#options.request, { word: `CRC32 ${actual} instead of ${expected}` });
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#controller.error(reason);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#aborted) this.#options.signal!.removeEventListener("abort", this.#aborted);
    this.#body.destroy();
  }
}

/** As S3 writes it: four bytes, the most significant first. */
export function base64OfCrc32(value: number): string {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
}
