import { close, closeSync, fstatSync, openSync, read, readSync } from "node:fs";
import type { ReadableStreamDefaultController, UnderlyingSource } from "node:stream/web";
import { bytesInRange, type ByteRange } from "@zen/core";
import { SMALL_BYTES } from "./object-writer.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * The bytes of a file, or of a part of it. The file is opened now, so what is read is what was there now, even if the
 * object is replaced or deleted meanwhile.
 */
export function readObject(
  file: string,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
  failed: (error: unknown) => unknown,
): ReadableStream<Uint8Array> {
  const fd = openSync(file, "r");
  let start: number;
  let length: number;
  let small: Uint8Array | undefined;
  try {
    const stat = fstatSync(fd);
    // A folder, say, that isn't the store's.
    if (!stat.isFile()) throw Object.assign(new Error("not a file"), { code: "ENOENT" });
    ({ start, length } = bytesInRange(key, stat.size, range));
    if (length <= SMALL_BYTES) small = readWhole(fd, start, length);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  if (small === undefined) return new ReadableStream(new FilePart(fd, start, length, signal, failed));
  closeSync(fd);
  return new ReadableStream({
    start(controller) {
      if (small.byteLength > 0) controller.enqueue(small);
      controller.close();
    },
  });
}

function readWhole(fd: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let taken = 0;
  while (taken < length) {
    const count = readSync(fd, bytes, taken, length - taken, start + taken);
    if (count === 0) throw truncated();
    taken += count;
  }
  return bytes;
}

function truncated(): Error {
  return Object.assign(new Error("the file became shorter while it was read"), { code: "EIO" });
}

/**
 * Reads a part of a file chunk by chunk and closes it at the end. The next chunk is on its way before the last one is handed
 * over: a reader that computes with a chunk would otherwise hold up the next read for as long.
 */
class FilePart implements UnderlyingSource<Uint8Array> {
  readonly #fd: number;
  readonly #signal: AbortSignal | undefined;
  readonly #failed: (error: unknown) => unknown;
  #position: number;
  /** Bytes that no read has been started for. */
  #left: number;
  #ahead: Promise<Uint8Array> | undefined;
  #reading = false;
  #over = false;
  #aborted: (() => void) | undefined;

  constructor(fd: number, start: number, length: number, signal: AbortSignal | undefined, failed: (error: unknown) => unknown) {
    this.#fd = fd;
    this.#position = start;
    this.#left = length;
    this.#signal = signal;
    this.#failed = failed;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (!this.#signal) return;
    this.#aborted = () => {
      controller.error(this.#signal!.reason);
      this.#end();
    };
    this.#signal.addEventListener("abort", this.#aborted, { once: true });
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let chunk: Uint8Array;
    try {
      chunk = await (this.#ahead ?? this.#read());
    } catch (error) {
      if (this.#over) return;
      this.#end();
      throw this.#failed(error);
    }
    // Cancelled or aborted meanwhile.
    if (this.#over) return;
    this.#ahead = this.#left > 0 ? this.#read() : undefined;
    // Whoever pulls next sees the failure; until then it isn't an unhandled one.
    this.#ahead?.catch(() => {});
    controller.enqueue(chunk);
    if (this.#ahead) return;
    this.#end();
    controller.close();
  }

  cancel(): void {
    this.#end();
  }

  /** Reads the next chunk: whole, unless the file has become shorter. */
  #read(): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const wanted = Math.min(CHUNK_BYTES, this.#left);
      this.#reading = true;
      read(this.#fd, Buffer.allocUnsafeSlow(wanted), 0, wanted, this.#position, (error, count, chunk) => {
        this.#reading = false;
        // The file was kept open for this read only.
        if (this.#over) close(this.#fd);
        if (error || count === 0) return reject(error ?? truncated());
        this.#position += count;
        this.#left -= count;
        resolve(count === chunk.byteLength ? chunk : chunk.subarray(0, count));
      });
    });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#aborted) this.#signal!.removeEventListener("abort", this.#aborted);
    if (!this.#reading) close(this.#fd);
  }
}
