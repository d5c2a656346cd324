/** Small writes are gathered into chunks of this size. */
const CHUNK_BYTES = 2 ** 18;

/**
 * Bytes from one writer to one reader. A write settles once its bytes are copied and the reader has room for them, so a
 * fast writer waits for a slow reader, and the writer may use its buffer again.
 */
export class ByteChannel implements AsyncIterable<Uint8Array> {
  #filling: Uint8Array | undefined;
  #filled = 0;
  /** Chunks that the reader hasn't taken: at most one, until the last. */
  #ready: Uint8Array[] = [];
  #end: { readonly error?: unknown } | undefined;
  /** Wakes the side that waits: there is never more than one. */
  #wake: (() => void) | undefined;

  /** @throws what the channel was closed with */
  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.byteLength;) {
      while (this.#ready.length > 0 && this.#end === undefined) await this.#change();
      if (this.#end !== undefined) throw this.#end.error;
      this.#filling ??= new Uint8Array(CHUNK_BYTES);
      const part = bytes.subarray(from, from + CHUNK_BYTES - this.#filled);
      this.#filling.set(part, this.#filled);
      this.#filled += part.byteLength;
      from += part.byteLength;
      if (this.#filled === CHUNK_BYTES) this.#flush();
    }
  }

  /** No more bytes come. */
  close(): void {
    this.#flush();
    this.#end ??= {};
    this.#notify();
  }

  /** Reading, and writing, fails with `error` from now on. */
  fail(error: unknown): void {
    if (this.#end !== undefined && "error" in this.#end) return;
    this.#ready = [];
    this.#end = { error };
    this.#notify();
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        for (;;) {
          const value = this.#ready.shift();
          if (value !== undefined) {
            this.#notify();
            return { done: false, value };
          }
          if (this.#end !== undefined) {
            if ("error" in this.#end) throw this.#end.error;
            return { done: true, value: undefined };
          }
          await this.#change();
        }
      },
      return: async () => {
        this.fail(new Error("Whoever read these bytes stopped before their end."));
        return { done: true, value: undefined };
      },
    };
  }

  #flush(): void {
    if (this.#filled > 0) this.#ready.push(this.#filling!.subarray(0, this.#filled));
    this.#filling = undefined;
    this.#filled = 0;
    this.#notify();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
