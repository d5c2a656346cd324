import type { Readable } from "node:stream";
import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { crc32 } from "node:zlib";
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { mayPass, pauseBeforeRetry, storeFailure, type StoreRequest } from "@zen/core";
import { failureOf, s3Error } from "./s3-failure.ts";

/** What is left to read: of the whole object, or of a part of it. */
export interface Answer {
  readonly body: Readable;
  readonly length: number;
  readonly etag: string | undefined;
  /** Base64; of the whole object, if the server has it and the whole is read. */
  readonly crc32: string | undefined;
}

export function answerOf(output: GetObjectCommandOutput, isWhole: boolean): Answer {
  const body = output.Body as Readable;
  // Heard by whoever reads; until then, and after, an error is nobody's.
  body.on("error", () => {});
  const crc = isWhole && output.ChecksumType !== "COMPOSITE" && !output.ChecksumCRC32?.includes("-") ? output.ChecksumCRC32 : undefined;
  return { body, length: output.ContentLength ?? 0, etag: output.ETag, crc32: crc };
}

export interface ReaderOptions {
  readonly request: StoreRequest;
  readonly signal: AbortSignal | undefined;
  readonly maxAttempts: number;
  /** Asks for the same object, if it is still the same, from the byte with this number on, counted from the answer's first. */
  readonly readOn: (taken: number) => Promise<Answer>;
}

/**
 * The bytes of an object, as the server sends them. A connection that breaks is opened again where it broke; its checksum is
 * that of all the bytes, over however many connections they came.
 */
export class ObjectReader implements UnderlyingSource<Uint8Array> {
  readonly #options: ReaderOptions;
  readonly #first: Answer;
  #body: Readable;
  #chunks: AsyncIterator<Uint8Array>;
  #taken = 0;
  #crc = 0;
  #failures = 0;
  #aborted: (() => void) | undefined;
  #over = false;

  constructor(answer: Answer, options: ReaderOptions) {
    this.#first = answer;
    this.#options = options;
    this.#body = answer.body;
    this.#chunks = answer.body.iterator() as AsyncIterator<Uint8Array>;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { signal } = this.#options;
    if (!signal) return;
    this.#aborted = () => {
      controller.error(signal.reason);
      this.#end();
    };
    signal.addEventListener("abort", this.#aborted, { once: true });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let chunk: Uint8Array | undefined;
    try {
      chunk = await this.#next();
    } catch (error) {
      if (this.#over) return;
      this.#end();
      throw error;
    }
    // Cancelled or aborted meanwhile.
    if (this.#over) return;
    if (chunk !== undefined) return controller.enqueue(chunk);
    this.#end();
    controller.close();
  }

  cancel(): void {
    this.#end();
  }

  /** The next chunk, or undefined after the last, if what came is whole. */
  async #next(): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        const { value, done } = await this.#chunks.next();
        if (done && this.#taken < this.#first.length) throw Object.assign(new Error("the answer ended early"), { code: "ECONNRESET" });
        if (done) return this.#checked();
        this.#taken += value.byteLength;
        this.#failures = 0;
        if (this.#first.crc32 !== undefined) this.#crc = crc32(value, this.#crc);
        return value;
      } catch (error) {
        const { request, signal, maxAttempts, readOn } = this.#options;
        const failure = failureOf(error);
        if (this.#over || failure === undefined || !mayPass(failure) || ++this.#failures >= maxAttempts) throw s3Error(error, request);
        await pauseBeforeRetry(this.#failures, signal);
        this.#body.destroy();
        this.#body = (await readOn(this.#taken)).body;
        this.#chunks = this.#body.iterator() as AsyncIterator<Uint8Array>;
        if (this.#over) this.#body.destroy();
      }
    }
  }

  #checked(): undefined {
    const { crc32: expected } = this.#first;
    if (expected === undefined || expected === base64OfCrc32(this.#crc)) return undefined;
    throw storeFailure("checksum", this.#options.request, { word: `CRC32 ${base64OfCrc32(this.#crc)} instead of ${expected}` });
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
