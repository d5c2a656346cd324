import { closeSync, fstatSync, write, writeSync } from "node:fs";
import { promisify } from "node:util";
import { discard, openTempFile, publish } from "./temp-file.ts";

/** Up to here a file is written in one go by synchronous calls: several times faster than a trip through the thread pool. */
export const SMALL_BYTES = 64 * 1024;

const BLOCK_BYTES = 1024 * 1024;
const LARGE_CHUNK_BYTES = 256 * 1024;
const NO_BLOCK = Buffer.alloc(0);

/** Writes a whole object at once. */
export function writeSmall(root: string, file: string, bytes: Uint8Array, ifAbsent: boolean): Date {
  const { fd, file: temp } = openTempFile(root);
  try {
    let modifiedAt: Date;
    try {
      for (let written = 0; written < bytes.byteLength;) written += writeSync(fd, bytes, written);
      modifiedAt = fstatSync(fd).mtime;
    } finally {
      closeSync(fd);
    }
    publish(temp, file, ifAbsent);
    return modifiedAt;
  } catch (error) {
    discard(temp);
    throw error;
  }
}

/**
 * Writes an object as its bytes come. Small chunks are copied into two blocks by turns, so that the source may use its
 * memory again and makes the next bytes while the last block is on its way to the disk. End it with `publish` or `discard`.
 */
export class ObjectWriter {
  readonly #root: string;
  #temp: { readonly fd: number; readonly file: string } | undefined;
  #block: Buffer = NO_BLOCK;
  #spare: Buffer = NO_BLOCK;
  #filled = 0;
  #size = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.byteLength;
    if (bytes.byteLength >= LARGE_CHUNK_BYTES) {
      // Not worth a copy: the source waits instead, unless it has read ahead by itself.
      await this.#flush();
      await this.#writing;
      this.#writing = writeAll(this.#temp!.fd, bytes);
      return this.#writing;
    }
    for (let taken = 0; taken < bytes.byteLength;) {
      if (this.#block === NO_BLOCK) this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      const part = bytes.subarray(taken, taken + BLOCK_BYTES - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.byteLength;
      taken += part.byteLength;
      if (this.#filled === BLOCK_BYTES) await this.#flush();
    }
  }

  /** Makes the object visible, unless the signal is aborted by then. */
  async publish(file: string, ifAbsent: boolean, signal: AbortSignal | undefined): Promise<Date> {
    if (this.#size <= SMALL_BYTES) return writeSmall(this.#root, file, this.#block.subarray(0, this.#filled), ifAbsent);
    await this.#flush();
    await this.#writing;
    signal?.throwIfAborted();
    const { fd, file: temp } = this.#temp!;
    this.#temp = undefined;
    try {
      const { mtime } = fstatSync(fd);
      // First, because a network disk may say only now that it is full.
      closeSync(fd);
      publish(temp, file, ifAbsent);
      return mtime;
    } catch (error) {
      discard(temp);
      throw error;
    }
  }

  /** Gives up: nothing is left. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    if (!this.#temp) return;
    closeSync(this.#temp.fd);
    discard(this.#temp.file);
  }

  async #flush(): Promise<void> {
    this.#temp ??= openTempFile(this.#root);
    await this.#writing;
    if (this.#filled === 0) return;
    this.#writing = writeAll(this.#temp.fd, this.#block.subarray(0, this.#filled));
    // Whoever awaits it next sees the failure; until then it isn't an unhandled one.
    this.#writing.catch(() => {});
    [this.#block, this.#spare] = [this.#spare, this.#block];
    this.#filled = 0;
  }
}

const writeSome = promisify(write) as unknown as (
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: null,
) => Promise<{ bytesWritten: number }>;

async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    written += (await writeSome(fd, bytes, written, bytes.byteLength - written, null)).bytesWritten;
  }
}
