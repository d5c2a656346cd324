import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { artifact, at, create, id, leaseOf, putArtifact, putStep, run, step } from "./records.ts";

export const cacheChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "finds the steps that completed under a cache key, newest first, with the records of their outputs",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2), run(3));
      const made = [
        artifact(31, 1, "fit", { output: "model" }),
        artifact(32, 1, "fit", { output: "report" }),
        artifact(33, 2, "fit", { output: "model" }),
      ] as const;
      await store.commit(
        [
          putArtifact(made[0]),
          putArtifact(made[1]),
          putStep(step(1, "fit", { cacheKey: "key", finishedAt: at(200), outputs: { model: id(31), report: id(32) } })),
        ],
        leaseOf(1),
      );
      await store.commit(
        [putArtifact(made[2]), putStep(step(2, "fit", { cacheKey: "key", finishedAt: at(100), outputs: { model: id(33) } }))],
        leaseOf(2),
      );
      await store.commit([putStep(step(3, "nothing", { cacheKey: "key", finishedAt: at(50) }))], leaseOf(3));
      const newest = { runId: id(1), node: "fit", finishedAt: at(200), outputs: { model: made[0], report: made[1] } };
      const second = { runId: id(2), node: "fit", finishedAt: at(100), outputs: { model: made[2] } };
      const last = { runId: id(3), node: "nothing", finishedAt: at(50), outputs: {} };
      assert.deepEqual(await store.findCached("key"), [newest, second, last]);
      assert.deepEqual(await store.findCached("key", 1), [newest]);
      assert.deepEqual(await store.findCached("key", 2), [newest, second]);
      assert.deepEqual(await store.findCached("ke"), []);
    },
  },
  {
    promise: "gives five such steps unless it is asked for more",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      await store.commit(
        Array.from({ length: 8 }, (_, n) => putStep(step(1, `fit-${n}`, { cacheKey: "key", finishedAt: at(n) }))),
        leaseOf(1),
      );
      const nodes = async (limit?: number): Promise<string[]> => (await store.findCached("key", limit)).map(({ node }) => node);
      assert.deepEqual(await nodes(), ["fit-7", "fit-6", "fit-5", "fit-4", "fit-3"]);
      assert.equal((await nodes(100)).length, 8);
    },
  },
  {
    promise: "never finds a step that was cached itself, failed, or runs",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      const wrong = [
        step(1, "cached", { cacheKey: "key", cached: true }),
        ...(["running", "failed", "cancelled", "skipped"] as const).map((status) => step(1, status, { cacheKey: "key", status })),
      ];
      await store.commit([...wrong, step(1, "uncacheable", { cacheKey: null })].map(putStep), leaseOf(1));
      assert.deepEqual(await store.findCached("key"), []);
      await store.commit([putStep(step(1, "failed", { cacheKey: "key" }))], leaseOf(1));
      assert.deepEqual(
        (await store.findCached("key")).map(({ node }) => node),
        ["failed"],
      );
      await store.commit([putStep(step(1, "failed", { cacheKey: "other" }))], leaseOf(1));
      assert.deepEqual(await store.findCached("key"), []);
    },
  },
];
