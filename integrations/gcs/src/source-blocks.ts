const FIRST_BYTES = 64 * 1024;

/** A part of a source. Its memory is used again for the next one. */
export interface Block {
  readonly bytes: Uint8Array;
  /** Whether the source has ended. */
  readonly last: boolean;
}

/**
 * The chunks of a source, gathered into blocks of `size` bytes; the last one is shorter, and empty if the source is. The source
 * may use its memory again, as soon as it is asked for more.
 */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Block, void, undefined> {
  let block = Buffer.alloc(0);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let taken = 0; taken < chunk.byteLength;) {
      // Full, and there is more: only now is it known that it wasn't the last.
      if (filled === size) {
        yield { bytes: block, last: false };
        filled = 0;
      }
      const part = chunk.subarray(taken, taken + size - filled);
      if (filled + part.byteLength > block.byteLength) block = grown(block, filled, part.byteLength, size);
      block.set(part, filled);
      filled += part.byteLength;
      taken += part.byteLength;
    }
  }
  yield { bytes: block.subarray(0, filled), last: true };
}

/** Four times as large at least: small objects take little memory. */
function grown(block: Buffer, filled: number, more: number, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.min(size, Math.max(FIRST_BYTES, 4 * block.byteLength, filled + more)));
  block.copy(larger, 0, 0, filled);
  return larger;
}
