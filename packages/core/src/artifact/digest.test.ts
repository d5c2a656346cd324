import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashing, sha256 } from "./digest.ts";

const ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source));
}

describe("sha256", () => {
  it("is the same for a text and its UTF-8", () => {
    expect(sha256("abc")).toBe(ABC);
    expect(sha256(Buffer.from("abc"))).toBe(ABC);
  });
});

describe("hashing", () => {
  it("passes every byte on, and tells size and digest", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), async (parts) => {
        const hashed = hashing(chunks(...parts));
        const bytes = await collect(hashed.bytes);
        expect(bytes.equals(Buffer.concat(parts))).toBe(true);
        expect(hashed.result()).toEqual({ size: bytes.length, digest: `sha256:${createHash("sha256").update(bytes).digest("hex")}` });
      }),
      { numRuns: 50 },
    );
  });

  it("has no result before the end, and reads once", async () => {
    const hashed = hashing(chunks(Buffer.from("a"), Buffer.from("bc")));
    const iterator = hashed.bytes[Symbol.asyncIterator]();
    await iterator.next();
    expect(() => hashed.result()).toThrow("before the bytes have been read to their end");
    expect(() => hashed.bytes[Symbol.asyncIterator]()).toThrow("only once");
  });

  it("passes on what the source throws, in its place", async () => {
    const hashed = hashing(
      (async function* () {
        yield Buffer.from("a");
        throw new Error("lost");
      })(),
    );
    const iterator = hashed.bytes[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(Buffer.from("a"));
    await expect(iterator.next()).rejects.toThrow("lost");
  });

  it("ends the source if its reader stops early", async () => {
    let ended = false;
    const hashed = hashing(
      (async function* () {
        try {
          for (;;) yield Buffer.from("a");
        } finally {
          ended = true;
        }
      })(),
    );
    const iterator = hashed.bytes[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return?.();
    expect(ended).toBe(true);
  });
});
