import { createHash, hash } from "node:crypto";

/** What identifies content. */
export interface Digest {
  /** In bytes. */
  readonly size: number;
  /** `sha256:<hex>` */
  readonly digest: string;
}

/** `sha256:<hex>` of bytes, or of the UTF-8 of a text. */
export function sha256(content: Uint8Array | string): string {
  return `sha256:${hash("sha256", content, "hex")}`;
}

/**
 * Passes bytes on and takes their digest on the way, in one pass. It reads one chunk ahead, so that hashing a chunk and
 * writing the one before it happen at the same time.
 *
 * @returns `bytes`, to be read once, and `result`, which may be called once they have been read to their end
 */
export function hashing(source: AsyncIterable<Uint8Array>): { readonly bytes: AsyncIterable<Uint8Array>; result(): Digest } {
  const sum = createHash("sha256");
  let size = 0;
  let digest: string | undefined;
  let started = false;

  async function pull(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    const next = await iterator.next();
    if (next.done) {
      digest ??= `sha256:${sum.digest("hex")}`;
    } else {
      sum.update(next.value);
      size += next.value.byteLength;
    }
    return next;
  }

  return {
    bytes: {
      [Symbol.asyncIterator]() {
        if (started) throw new Error("These bytes can be read only once.");
        started = true;
        const iterator = source[Symbol.asyncIterator]();
        let ahead: Promise<IteratorResult<Uint8Array>> | undefined;
        return {
          next() {
            const current = ahead ?? pull(iterator);
            ahead = current.then((result) => (result.done ? result : pull(iterator)));
            // Its failure is told to whoever asks for it; nobody asks if the reader stops before.
            ahead.catch(() => {});
            return current;
          },
          async return() {
            await iterator.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    },
    result() {
      if (digest === undefined) throw new Error("The digest isn't known before the bytes have been read to their end.");
      return { size, digest };
    },
  };
}
