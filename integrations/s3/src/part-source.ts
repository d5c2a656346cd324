import { chunksOf, type ByteSource } from "@zen/core";

const FIRST_BYTES = 64 * 1024;

/**
 * The bytes of a source as parts of one size, the last one shorter and perhaps empty. Bytes that are in memory as a whole are
 * cut, not copied; others are collected, in memory that grows as they come: most objects are small.
 *
 * @param nextBuffer gives the memory for one more part, when there is room for it
 */
export async function* partsOf(
  source: ByteSource,
  key: string,
  partBytes: number,
  nextBuffer: () => Promise<Buffer | undefined>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  if (source instanceof Uint8Array) {
    const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
    for (let start = 0; start < bytes.byteLength || start === 0; start += partBytes) {
      if (start > 0) await nextBuffer();
      yield bytes.subarray(start, start + partBytes);
    }
    return;
  }
  let buffer: Buffer = Buffer.allocUnsafeSlow(Math.min(FIRST_BYTES, partBytes));
  let filled = 0;
  for await (const chunk of chunksOf(source, key, signal)) {
    for (let taken = 0; taken < chunk.byteLength;) {
      if (filled === buffer.byteLength) {
        if (filled === partBytes) {
          yield buffer;
          buffer = (await nextBuffer()) ?? Buffer.allocUnsafeSlow(partBytes);
          filled = 0;
        } else {
          const larger = Buffer.allocUnsafeSlow(Math.min(partBytes, Math.max(8 * filled, filled + chunk.byteLength - taken)));
          buffer.copy(larger, 0, 0, filled);
          buffer = larger;
        }
      }
      const part = chunk.subarray(taken, taken + buffer.byteLength - filled);
      buffer.set(part, filled);
      filled += part.byteLength;
      taken += part.byteLength;
    }
  }
  yield buffer.subarray(0, filled);
}
