import { createHash } from "node:crypto";
import type { BaseArtifactStore } from "@zen/core";

/** `size` bytes in which every value occurs and no part looks like another; the same for the same seed. */
export function sample(size: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** All bytes of an object. */
export async function bytesOf(store: BaseArtifactStore, key: string, range?: { start: number; end?: number }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.read(key, { range })) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

export function digest(bytes: Uint8Array): string {
  return `${bytes.byteLength} bytes, ${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The bytes in pieces of these sizes by turns, all in the same memory, as a source may give them. */
export async function* piecewise(bytes: Uint8Array, ...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(Math.max(...sizes));
  for (let start = 0, n = 0; start < bytes.byteLength; n++) {
    const part = bytes.subarray(start, (start += sizes[n % sizes.length]!));
    memory.set(part);
    yield memory.subarray(0, part.byteLength);
  }
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
