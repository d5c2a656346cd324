import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { refused } from "../refused.ts";
import { bytesOf, digest, piecewise, sample, text } from "./bytes.ts";

const RACERS = 20;

export const createOnlyChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "lets exactly one of twenty racing writers create an object",
    async run(given) {
      const stores = await Promise.all(Array.from({ length: RACERS }, () => given.store()));
      // Small objects and large ones may take different ways.
      for (const size of [100, 300_000]) {
        const objects = stores.map((_, index) => sample(size, index));
        const writes = stores.map((store, index) =>
          store.write(`run/${size}`, index % 2 === 0 ? objects[index]! : piecewise(objects[index]!, 50_000), { ifAbsent: true }),
        );
        const results = await Promise.allSettled(writes);
        const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
        assert.equal(winners.length, 1, `${winners.length} of ${RACERS} writers were told that they had created the object`);
        for (const [index, write] of writes.entries()) if (index !== winners[0]) await refused("object_exists", write, `run/${size}`);
        assert.equal(digest(await bytesOf(stores[0]!, `run/${size}`)), digest(objects[winners[0]!]!), "the bytes are the winner's");
      }
    },
  },
  {
    promise: "refuses to create what is there with object_exists, and leaves it as it is",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", text("first"), { ifAbsent: true });
      await store.write("run/other", text("other"));
      await refused("object_exists", store.write("run/object", text("second"), { ifAbsent: true }), "run/object");
      await refused("object_exists", store.write("run/object", piecewise(sample(300_000), 1000), { ifAbsent: true }), "run/object");
      await refused("object_exists", store.copy("run/other", "run/object", { ifAbsent: true }), "run/object");
      assert.equal(Buffer.from(await bytesOf(store, "run/object")).toString(), "first");
      await store.delete("run/object");
      await store.write("run/object", text("third"), { ifAbsent: true });
      assert.equal(Buffer.from(await bytesOf(store, "run/object")).toString(), "third");
    },
  },
];
