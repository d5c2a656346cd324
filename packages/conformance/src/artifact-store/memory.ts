import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { sample } from "./bytes.ts";

const MEBIBYTE = 1024 * 1024;
const LIMIT_MEBIBYTES = 32;
const CHUNK = sample(MEBIBYTE);

/** The most memory that was in use, beyond what was at the start, whenever it was looked at: without garbage. */
class MemoryPeak {
  readonly #collect: () => void;
  readonly #start: number;
  #peak = 0;

  constructor() {
    setFlagsFromString("--expose-gc");
    this.#collect = runInNewContext("gc") as () => void;
    this.#start = this.#inUse();
  }

  look(): void {
    this.#peak = Math.max(this.#peak, this.#inUse() - this.#start);
  }

  assertSmall(what: string): void {
    const mebibytes = Math.round(this.#peak / MEBIBYTE);
    assert.ok(mebibytes <= LIMIT_MEBIBYTES, `${what} took ${mebibytes} MiB of memory, and should take a few, whatever the size`);
  }

  #inUse(): number {
    this.#collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  }
}

export const memoryChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "writes, reads and copies a large object in little memory",
    async run(given) {
      const { largeMebibytes = 128 } = given.subject;
      const store = await given.store();
      const memory = new MemoryPeak();
      const written = createHash("sha256");
      const source = (async function* () {
        for (let n = 0; n < largeMebibytes; n++) {
          written.update(CHUNK);
          yield CHUNK;
          if (n % 16 === 15) memory.look();
        }
      })();
      const { size } = await store.write("run/large", source);
      assert.equal(size, largeMebibytes * MEBIBYTE);
      memory.assertSmall("writing");

      const looking = setInterval(() => memory.look(), 10);
      await store.copy("run/large", "run/copy");
      clearInterval(looking);
      memory.look();
      memory.assertSmall("copying");

      const read = createHash("sha256");
      let bytes = 0;
      let looked = 0;
      for await (const chunk of await store.read("run/copy")) {
        read.update(chunk);
        bytes += chunk.byteLength;
        if (bytes - looked < 16 * MEBIBYTE) continue;
        looked = bytes;
        memory.look();
      }
      memory.assertSmall("reading");
      assert.equal(read.digest("hex"), written.digest("hex"));
    },
  },
];
