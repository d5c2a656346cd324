import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { refused } from "../refused.ts";
import { artifact, attempt, create, id, inputs, leaseOf, ofArtifact, putArtifact, putAttempt, putStep, run, step } from "./records.ts";

export const deletionChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "deletes a run with its steps, attempts, artifacts and lineage, and nothing of other runs",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2));
      for (const n of [1, 2]) {
        const record = step(n, "fit", { cacheKey: "key", inputs: inputs({ x: ofArtifact(50) }), outputs: { output: id(40 + n) } });
        await store.commit([putArtifact(artifact(40 + n, n, "fit")), putAttempt(attempt(60 + n, n, "fit")), putStep(record)], leaseOf(n));
      }
      const kept = [
        await store.getRun(id(2)),
        await store.listSteps(id(2)),
        await store.listAttempts(id(2)),
        await store.listArtifacts({ runId: id(2) }),
      ];
      await store.deleteRun(id(1));
      await store.deleteRun(id(1));
      assert.equal(await store.getRun(id(1)), undefined);
      for (const { entries } of [
        await store.listSteps(id(1)),
        await store.listAttempts(id(1)),
        await store.listArtifacts({ runId: id(1) }),
      ])
        assert.deepEqual(entries, []);
      assert.deepEqual(
        (await store.listConsumers(id(50))).entries.map(({ runId }) => runId),
        [id(2)],
      );
      assert.deepEqual(
        (await store.findCached("key")).map(({ runId }) => runId),
        [id(2)],
      );
      assert.equal((await store.listPipelines()).entries[0]?.runs, 1);
      assert.deepEqual(
        [
          await store.getRun(id(2)),
          await store.listSteps(id(2)),
          await store.listAttempts(id(2)),
          await store.listArtifacts({ runId: id(2) }),
        ],
        kept,
      );
    },
  },
  {
    promise: "refuses with lease_lost what still comes for a run that was deleted",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      await store.deleteRun(id(1));
      await refused("lease_lost", store.commit([putStep(step(1, "fit"))], leaseOf(1)), id(1));
      assert.deepEqual((await store.listSteps(id(1))).entries, []);
    },
  },
];
