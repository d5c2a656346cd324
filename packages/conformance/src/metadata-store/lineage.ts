import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { allOf, at, create, id, inputs, leaseOf, ofArtifact, putStep, run, step } from "./records.ts";

export const lineageChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "lists the steps of all runs that took an artifact, newest first, wherever it stood in their inputs",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2), run(3));
      const deep = inputs({
        models: {
          kind: "list",
          items: [
            { kind: "value", json: { id: id(50) } },
            inputs({ rows: { kind: "artifact", id: id(50), path: ["rows", 3] } }),
            ofArtifact(51),
            ofArtifact(50),
          ],
        },
      });
      await store.commit(
        [
          putStep(step(1, "deep", { startedAt: at(10), inputs: deep })),
          putStep(step(1, "other", { startedAt: at(11), inputs: inputs({ x: ofArtifact(51), text: { kind: "value", json: id(50) } }) })),
        ],
        leaseOf(1),
      );
      await store.commit([putStep(step(3, "whole", { startedAt: at(30), inputs: ofArtifact(50) }))], leaseOf(3));
      await store.commit(
        [
          putStep(step(2, "named", { startedAt: at(20), inputs: inputs({ x: ofArtifact(50) }) })),
          putStep(step(2, "skipped", { status: "skipped", inputs: null })),
        ],
        leaseOf(2),
      );
      for (const limit of [1, 2, undefined]) {
        const consumers = await allOf((page) => store.listConsumers(id(50), page), limit);
        assert.deepEqual(
          consumers.map(({ node }) => node),
          ["whole", "named", "deep"],
        );
      }
      assert.deepEqual((await store.listConsumers(id(50))).entries[2], step(1, "deep", { startedAt: at(10), inputs: deep }));
      assert.equal((await store.listConsumers(id(51))).entries.length, 2);
      assert.deepEqual(await store.listConsumers(id(52)), { entries: [], cursor: undefined });
    },
  },
  {
    promise: "knows the inputs of a step that runs again, and forgets those before",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      const nodes = async (n: number): Promise<string[]> => (await store.listConsumers(id(n))).entries.map(({ node }) => node);
      await store.commit([putStep(step(1, "fit", { status: "running", inputs: null }))], leaseOf(1));
      assert.deepEqual(await nodes(50), []);
      await store.commit([putStep(step(1, "fit", { inputs: inputs({ a: ofArtifact(50), b: ofArtifact(51) }) }))], leaseOf(1));
      assert.deepEqual([await nodes(50), await nodes(51)], [["fit"], ["fit"]]);
      await store.commit(
        [putStep(step(1, "fit", { startedAt: at(99), inputs: inputs({ a: ofArtifact(51), b: ofArtifact(52) }) }))],
        leaseOf(1),
      );
      assert.deepEqual([await nodes(50), await nodes(51), await nodes(52)], [[], ["fit"], ["fit"]]);
    },
  },
];
