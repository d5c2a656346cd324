import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { allOf, artifact, create, id, leaseOf, putArtifact, putStep, run, step } from "./records.ts";

export const concurrencyChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "loses no commit of several components that write at once",
    async run(given) {
      const stores = await Promise.all(Array.from({ length: 8 }, () => given.store()));
      await Promise.all(
        stores.map(async (store, n) => {
          await create(store, run(n + 1));
          await Promise.all(Array.from({ length: 25 }, (_, i) => store.commit([putStep(step(n + 1, `step-${i}`))], leaseOf(n + 1))));
        }),
      );
      assert.equal((await stores[0]!.listRuns({})).entries.length, 8);
      for (let n = 1; n <= 8; n++) assert.equal((await stores[n % 8]!.listSteps(id(n))).entries.length, 25);
    },
  },
  {
    promise: "shows a reader a commit whole or not at all",
    async run(given) {
      const [writer, reader] = [await given.store(), await given.store()];
      await create(writer, run(1));
      let writing = true;
      const written = (async () => {
        for (let n = 0; n < 60; n++) {
          const output = id(1000 + n);
          await writer.commit(
            [
              putStep(step(1, `fit-${n}`, { cacheKey: `key-${n}`, outputs: { output } })),
              ...Array.from({ length: 5 }, (_, i) => putArtifact(artifact(i === 0 ? 1000 + n : 2000 + 5 * n + i, 1, "fit"))),
            ],
            leaseOf(1),
          );
        }
        writing = false;
      })();
      while (writing) {
        const { length } = await allOf((page) => reader.listArtifacts({ runId: id(1) }, page));
        assert.equal(length % 5, 0, "artifacts of half a commit were seen");
        await new Promise((resolve) => setImmediate(resolve));
      }
      await written;
      for (let n = 0; n < 60; n++) assert.equal((await reader.findCached(`key-${n}`))[0]?.outputs["output"]?.id, id(1000 + n));
    },
  },
];
