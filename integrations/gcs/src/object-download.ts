import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { otherBytes, type ByteRange } from "@zen/core";
import { newChecksum, type Checksum } from "./checksum.ts";
import { failureOf, type Answer, type Client } from "./client.ts";
import type { GCSConfig } from "./config-schema.ts";
import { networkFailure, RequestFailure } from "./request-failure.ts";
import { Retries } from "./retry.ts";

/** What is read. */
export interface DownloadSource {
  readonly bucket: string;
  readonly name: string;
  readonly range: ByteRange | undefined;
}

/**
 * Reads an object, or a part of it. A connection that breaks is made again from where it broke, for the same generation: what
 * is read is what was there at the start, or an error. An object that is read whole is checked at its end.
 */
export class ObjectDownload implements UnderlyingSource<Uint8Array> {
  readonly #client: Client;
  readonly #source: DownloadSource;
  readonly #signal: AbortSignal | undefined;
  readonly #failed: (error: unknown) => Promise<unknown>;
  readonly #retries: Retries;
  #answer!: Answer;
  #chunks!: AsyncIterator<Buffer>;
  #generation: string | undefined;
  /** The next byte of the object that is wanted. */
  #position = 0;
  #left = 0;
  #checksum: Checksum | undefined;
  #expected: string | undefined;

  private constructor(
    client: Client,
    config: GCSConfig,
    source: DownloadSource,
    signal: AbortSignal | undefined,
    failed: (error: unknown) => Promise<unknown>,
  ) {
    this.#client = client;
    this.#source = source;
    this.#signal = signal;
    this.#failed = failed;
    this.#retries = new Retries(config.maxAttempts, signal);
  }

  /** @param failed makes the store's error of one that comes amid the stream */
  static async open(
    client: Client,
    config: GCSConfig,
    source: DownloadSource,
    signal: AbortSignal | undefined,
    failed: (error: unknown) => Promise<unknown>,
  ): Promise<ReadableStream<Uint8Array>> {
    const download = new ObjectDownload(client, config, source, signal, failed);
    const { range } = source;
    const { headers } = await download.#retries.run(() => download.#request(range));
    download.#generation = headers.get("x-goog-generation") ?? undefined;
    download.#position = range?.start ?? 0;
    // What is unpacked on the way has no length: it ends where the connection says so.
    download.#left = Number(headers.get("content-length") ?? Infinity);
    // What Google unpacks on the way is not what was stored.
    if (!range && (headers.get("x-goog-stored-content-encoding") ?? "identity") === "identity") {
      download.#checksum = await newChecksum(config.checksum);
      download.#expected = hashOf(headers, download.#checksum?.header);
    }
    return new ReadableStream(download);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = this.#left > 0 ? await this.#next() : undefined;
      if (chunk) {
        this.#checksum?.update(chunk);
        controller.enqueue(chunk);
      }
      if (this.#left > 0) return;
      this.#end();
      this.#check();
      controller.close();
    } catch (error) {
      this.#end();
      throw await this.#failed(error);
    }
  }

  cancel(): void {
    this.#end();
  }

  async #next(): Promise<Buffer | undefined> {
    for (;;) {
      const { timer } = this.#answer;
      try {
        timer.touch();
        const { done, value } = await timer.race(this.#chunks.next());
        // A slow reader isn't a slow server.
        timer.pause();
        if (done && this.#left === Infinity) return void (this.#left = 0);
        if (done) throw networkFailure(new Error(`the connection ended ${this.#left} bytes early`));
        this.#position += value.byteLength;
        this.#left -= value.byteLength;
        this.#retries.reset();
        return value;
      } catch (error) {
        this.#end();
        await this.#retries.pause(failureOf(error, timer, this.#signal));
        await this.#retries.run(() =>
          this.#request({ start: this.#position, ...(this.#left < Infinity && { end: this.#position + this.#left - 1 }) }),
        );
      }
    }
  }

  async #request(range: ByteRange | undefined): Promise<Answer> {
    const { bucket, name } = this.#source;
    const answer = await this.#client.open(
      {
        url: this.#client.objectUrl(bucket, name),
        query: { alt: "media", generation: this.#generation },
        headers: { "accept-encoding": "identity", ...(range && { range: `bytes=${range.start}-${range.end ?? ""}` }) },
      },
      this.#signal,
    );
    // Also when nobody waits for the next chunk.
    answer.body.on("error", () => {});
    this.#answer = answer;
    this.#chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    answer.timer.pause();
    const { status, headers } = answer;
    const length = headers.get("content-length");
    const contentRange = headers.get("content-range") ?? undefined;
    const other = otherBytes(range, { contentRange, length: length === null ? undefined : Number(length) });
    if (other === undefined) return answer;
    this.#end();
    throw new RequestFailure("unfaithful", other, { status, mayPass: false });
  }

  #check(): void {
    if (this.#expected === undefined) return;
    const digest = this.#checksum!.digest();
    if (digest === this.#expected) return;
    throw new RequestFailure("checksum", `${this.#expected} was stored, and ${digest} has arrived`, { mayPass: false });
  }

  #end(): void {
    this.#answer.timer.end();
    this.#answer.body.destroy();
  }
}

/** `x-goog-hash: crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==`, in one header or several. */
function hashOf(headers: Headers, name: string | undefined): string | undefined {
  const hashes = (headers.get("x-goog-hash") ?? "").split(",").map((hash) => hash.trim());
  return hashes.find((hash) => name !== undefined && hash.startsWith(`${name}=`))?.slice(name!.length + 1);
}
