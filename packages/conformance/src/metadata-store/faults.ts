import assert from "node:assert/strict";
import { ComponentCheck, isZenError, type BaseMetadataStore } from "@zen/core";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { refused } from "../refused.ts";
import { artifact, create, id, leaseOf, OTHER_OWNER, putArtifact, putRun, putStep, run, step } from "./records.ts";

const READS: Readonly<Record<string, (store: BaseMetadataStore) => Promise<unknown>>> = {
  getRun: (store) => store.getRun(id(1)),
  listRuns: (store) => store.listRuns({}),
  listPipelines: (store) => store.listPipelines(),
  listSteps: (store) => store.listSteps(id(1)),
  listArtifacts: (store) => store.listArtifacts({}),
  findCached: (store) => store.findCached("key"),
};

async function answers(store: BaseMetadataStore): Promise<Record<string, unknown>> {
  return Object.fromEntries(await Promise.all(Object.entries(READS).map(async ([name, read]) => [name, await read(store)] as const)));
}

/** Asserts that whatever is asked is answered as before, from what the component remembers, or refused: never as if there were nothing. */
async function assertHonest(store: BaseMetadataStore, before: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, read] of Object.entries(READS)) {
    const asked = read(store);
    const answer = await asked.catch((error: unknown) => (isZenError(error) ? undefined : Promise.reject(error)));
    if (answer === undefined) await refused("store_unavailable", asked, store.name);
    else assert.deepEqual(answer, before[name], `what ${name} answers while the connection is broken`);
  }
}

export const faultChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    needs: "break",
    async run(given) {
      const store = await given.store({ breakable: true });
      await create(store, run(1));
      const outputs = { output: id(40) };
      await store.commit([putStep(step(1, "kept", { cacheKey: "key", outputs })), putArtifact(artifact(40, 1, "kept"))], leaseOf(1));
      const before = await answers(store);
      const changes = [putStep(step(1, "later")), putArtifact(artifact(41, 1, "later"))];
      const mend = await given.subject.break!(given.place);
      try {
        // One that was in use, and one that begins now.
        for (const one of [store, await given.store({ breakable: true })]) {
          await refused("store_unavailable", one.commit(changes, leaseOf(1)), one.name);
          await refused("store_unavailable", one.commit([putRun(run(2))]), one.name);
          await refused("store_unavailable", one.takeLease(id(1), OTHER_OWNER, 1), one.name);
          await refused("store_unavailable", one.deleteRun(id(1)), one.name);
          await assertHonest(one, before);
        }
      } finally {
        await mend();
      }
      for (const one of [store, await given.store()]) assert.deepEqual(await answers(one), before, "what was there before");
      await store.commit(changes, leaseOf(1));
      const { entries } = await (await given.store()).listArtifacts({ runId: id(1) });
      assert.deepEqual(
        entries.map((entry) => entry.id),
        [id(41), id(40)],
        "what was committed before and after",
      );
    },
  },
  ...(["store_forbidden", "store_full", "store_unavailable"] as const).map((code): Check<MetadataStoreCase> => ({
    promise: `says ${code}, with the component's name and what to do`,
    needs: `failing.${code}`,
    async run({ subject }) {
      const store = await subject.failing![code]!();
      try {
        // More than any disk that is full has left, and small.
        await refused(code, store.commit([putRun(run(1, { runtimeConfiguration: { text: "x".repeat(8_000_000) } }))]), store.name);
        if (code !== "store_full") await refused(code, store.commit([putRun(run(2))]), store.name);
      } finally {
        await store.close();
      }
    },
  })),
  ...(["store_forbidden", "store_unavailable"] as const).map((code): Check<MetadataStoreCase> => ({
    promise: `says ${code} when it checks itself, and what to do`,
    needs: `failing.${code}`,
    async run({ subject }) {
      const store = await subject.failing![code]!();
      try {
        const check = new ComponentCheck();
        await store.check(check);
        const written = check.steps.find(({ action }) => action === "write");
        assert.deepEqual([written?.status, written?.code], ["failed", code]);
        assert.ok(written?.hint, "it should say what to do");
      } finally {
        await store.close();
      }
    },
  })),
];
