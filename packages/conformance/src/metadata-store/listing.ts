import assert from "node:assert/strict";
import type { BaseMetadataStore } from "@zen/core";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { allOf, artifact, at, attempt, create, id, leaseOf, putArtifact, putAttempt, putStep, run, step } from "./records.ts";

const LIMITS = [1, 2, 3, 100, undefined];

/** Asserts that a listing gives the same entries whatever the length of its pages. */
async function assertPages<Entry>(
  list: Parameters<typeof allOf<Entry>>[0],
  nameOf: (entry: Entry) => string,
  expected: readonly string[],
  what: string,
): Promise<void> {
  for (const limit of LIMITS) {
    const entries = await allOf(list, limit);
    assert.deepEqual(entries.map(nameOf), expected, `${what}, in pages of ${limit ?? "the default length"}`);
  }
  if (expected.length < 2) return;
  const { entries, cursor } = await list({ limit: 1, cursor: undefined });
  assert.equal(entries.length, 1);
  assert.notEqual(cursor, undefined);
  assert.equal(
    (await list({ limit: expected.length, cursor: undefined })).cursor,
    undefined,
    "a page that is full and the last has no cursor",
  );
}

async function runs(store: BaseMetadataStore): Promise<void> {
  await create(
    store,
    run(3, { name: "nightly", status: "completed" }),
    run(1, { name: "nightly", status: "failed" }),
    run(2, { pipeline: "scoring", name: "nightly" }),
    run(5, { pipeline: "Scoring 名", status: "completed" }),
    run(4, { status: "completed" }),
  );
}

export const listingChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "lists runs, newest first, by any conditions",
    async run(given) {
      const store = await given.store();
      await runs(store);
      const cases: [Parameters<BaseMetadataStore["listRuns"]>[0], number[]][] = [
        [{}, [5, 4, 3, 2, 1]],
        [{ pipeline: "training" }, [4, 3, 1]],
        [{ pipeline: "none" }, []],
        [{ status: "completed" }, [5, 4, 3]],
        [{ name: "nightly" }, [3, 2, 1]],
        [{ pipeline: "training", status: "completed" }, [4, 3]],
        [{ pipeline: "training", name: "nightly" }, [3, 1]],
        [{ name: "nightly", status: "failed", pipeline: "training" }, [1]],
        [{ idPrefix: id(3) }, [3]],
        [{ idPrefix: id(3).slice(0, 13) }, [5, 4, 3, 2, 1]],
        [{ idPrefix: id(3).slice(0, 8), status: "completed" }, [5, 4, 3]],
        [{ idPrefix: "ffff" }, []],
        [{ idPrefix: "%" }, []],
        [{ ids: [id(2), id(5), id(99), id(2)] }, [5, 2]],
        [{ ids: [] }, []],
        [{ ids: [id(2), id(5)], status: "failed" }, []],
        [{ pipeline: undefined, status: undefined, name: undefined, idPrefix: undefined, ids: undefined }, [5, 4, 3, 2, 1]],
      ];
      for (const [filter, expected] of cases)
        await assertPages(
          (page) => store.listRuns(filter, page),
          (entry) => entry.id,
          expected.map(id),
          `runs ${JSON.stringify(filter)}`,
        );
    },
  },
  {
    promise: "lists pipelines by name, each with the number of its runs and the newest",
    async run(given) {
      const store = await given.store();
      await runs(store);
      await assertPages(
        (page) => store.listPipelines(page),
        ({ name, runs: count, lastRun }) => `${name}: ${count}, last ${lastRun.id}`,
        [`Scoring 名: 1, last ${id(5)}`, `scoring: 1, last ${id(2)}`, `training: 3, last ${id(4)}`],
        "pipelines",
      );
      const { entries } = await store.listRuns({ pipeline: "training" }, { limit: 1 });
      assert.deepEqual((await store.listPipelines()).entries[2]?.lastRun, entries[0]);
    },
  },
  {
    promise: "lists the steps of a run in the order they started, whenever they were committed",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2));
      await store.commit([putStep(step(2, "elsewhere", { startedAt: at(0) }))], leaseOf(2));
      for (const [node, start] of [
        ["c", 30],
        ["a", 10],
        ["d", 40],
        ["b", 20],
      ] as const)
        await store.commit([putStep(step(1, node, { startedAt: at(start) }))], leaseOf(1));
      await store.commit([putStep(step(1, "c", { startedAt: at(30), status: "failed" }))], leaseOf(1));
      await assertPages(
        (page) => store.listSteps(id(1), page),
        ({ node }) => node,
        ["a", "b", "c", "d"],
        "steps",
      );
      // Resumed: it starts again.
      await store.commit([putStep(step(1, "a", { startedAt: at(50) }))], leaseOf(1));
      await assertPages(
        (page) => store.listSteps(id(1), page),
        ({ node }) => node,
        ["b", "c", "d", "a"],
        "steps after a resume",
      );
      const many = Array.from({ length: 40 }, (_, n) => step(2, `same-${n}`, { startedAt: at(7) }));
      await store.commit(many.map(putStep), leaseOf(2));
      for (const limit of [1, 7])
        assert.equal(
          new Set((await allOf((page) => store.listSteps(id(2), page), limit)).map(({ node }) => node)).size,
          41,
          "steps of the same millisecond",
        );
    },
  },
  {
    promise: "lists the attempts of a run, or of one of its nodes, in the order they started",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2));
      await store.commit(
        [putAttempt(attempt(13, 1, "fit", { number: 2 })), putAttempt(attempt(11, 1, "load")), putAttempt(attempt(12, 1, "fit"))],
        leaseOf(1),
      );
      await store.commit([putAttempt(attempt(10, 2, "fit"))], leaseOf(2));
      await assertPages(
        (page) => store.listAttempts(id(1), undefined, page),
        (entry) => entry.id,
        [11, 12, 13].map(id),
        "attempts",
      );
      await assertPages(
        (page) => store.listAttempts(id(1), "fit", page),
        (entry) => entry.id,
        [12, 13].map(id),
        "attempts of a node",
      );
      await assertPages(
        (page) => store.listAttempts(id(1), "none", page),
        (entry) => entry.id,
        [],
        "attempts of no node",
      );
    },
  },
  {
    promise: "lists artifacts, newest first, by any conditions",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2, { pipeline: "scoring" }), run(3));
      for (const [n, of, node] of [
        [22, 1, "fit"],
        [21, 1, "load"],
        [24, 2, "load"],
        [23, 3, "load"],
      ] as const)
        await store.commit([putArtifact(artifact(n, of, node))], leaseOf(of));
      const cases: [Parameters<BaseMetadataStore["listArtifacts"]>[0], number[]][] = [
        [{}, [24, 23, 22, 21]],
        [{ runId: id(1) }, [22, 21]],
        [{ pipeline: "training" }, [23, 22, 21]],
        [{ name: "load.output" }, [24, 23, 21]],
        [{ name: "load.output", pipeline: "training" }, [23, 21]],
        [{ name: "load.output", runId: id(1) }, [21]],
        [{ idPrefix: id(22) }, [22]],
        [{ idPrefix: id(22).slice(0, 8) }, [24, 23, 22, 21]],
        [{ ids: [id(21), id(24), id(99), id(21)] }, [24, 21]],
        [{ ids: [] }, []],
        [{ ids: [id(21), id(24)], runId: id(1) }, [21]],
        [{ runId: id(9) }, []],
      ];
      for (const [filter, expected] of cases)
        await assertPages(
          (page) => store.listArtifacts(filter, page),
          (entry) => entry.id,
          expected.map(id),
          `artifacts ${JSON.stringify(filter)}`,
        );
    },
  },
  {
    promise: "gives a thousand entries to a page, unless it is asked for fewer",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      const names = Array.from({ length: 1500 }, (_, n) => `step-${String(n).padStart(4, "0")}`);
      await store.commit(
        names.map((node, n) => putStep(step(1, node, { startedAt: at(n) }))),
        leaseOf(1),
      );
      const first = await store.listSteps(id(1));
      assert.equal(first.entries.length, 1000);
      const all = await allOf((page) => store.listSteps(id(1), page));
      assert.deepEqual(
        all.map(({ node }) => node),
        names,
      );
    },
  },
];
