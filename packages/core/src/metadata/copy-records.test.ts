import { expect, test } from "vitest";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { artifactOf, idOf, metadataStore, runOf, stepOf } from "../host/local-stores.fixture.ts";
import { copyRecords, type CopyRecordsOptions } from "./copy-records.ts";
import type { ArtifactRecord } from "./record.ts";

const [HERE, THERE] = ["/here", "/there"];
const BYTES = new TextEncoder().encode("bytes");

const run = runOf(1);
const [head, tail, total] = [
  { ...artifactOf(11, run, "split", BYTES, HERE), output: "head", name: "split.head" },
  { ...artifactOf(12, run, "split", BYTES, HERE), output: "tail", name: "split.tail" },
  artifactOf(13, run, "sum", BYTES, HERE),
];
const split = stepOf(run, "split", { head: head.id, tail: tail.id });
const sum = stepOf(run, "sum", { output: total.id });

/** A store that knows a run of two steps with three artifacts, and an empty one. */
async function places(): Promise<{ from: BaseMetadataStore; to: BaseMetadataStore }> {
  const [from, to] = [metadataStore("from"), metadataStore("to")];
  await from.commit(
    [
      { kind: "run", record: run },
      ...[head, tail, total].map((record) => ({ kind: "artifact", record }) as const),
      ...[split, sum].map((record) => ({ kind: "step", record }) as const),
    ],
    run.lease,
  );
  return { from, to };
}

const runs = new Map([[run.id, run]]);
const options = (from: BaseMetadataStore, to: BaseMetadataStore, artifacts: readonly ArtifactRecord[]): CopyRecordsOptions => ({
  from,
  to,
  store: THERE,
  artifacts,
  runs,
});

async function known(store: BaseMetadataStore, id = run.id): Promise<{ steps: string[]; artifacts: string[]; stores: string[] }> {
  const { entries } = await store.listArtifacts({ runId: id });
  return {
    steps: (await store.listSteps(id)).entries.map(({ node }) => node).toSorted(),
    artifacts: entries.map(({ name }) => name).toSorted(),
    stores: [...new Set(entries.map((record) => record.store))],
  };
}

const ALL = { steps: ["split", "sum"], artifacts: ["split.head", "split.tail", "sum.output"], stores: [THERE] };

test("records, run and steps are known there, under that store's path, and a look-up finds them", async () => {
  const { from, to } = await places();
  expect(await copyRecords(options(from, to, [head, tail, total]))).toBe(3);
  expect(await known(to)).toEqual(ALL);
  expect(await to.getRun(run.id)).toEqual(await from.getRun(run.id));
  expect((await to.findCached("key of split"))[0]!.outputs).toEqual({ head: { ...head, store: THERE }, tail: { ...tail, store: THERE } });
});

test("a step some of whose outputs aren't there is not known, until they are", async () => {
  const { from, to } = await places();
  expect(await copyRecords(options(from, to, [head]))).toBe(1);
  expect(await known(to)).toEqual({ steps: [], artifacts: ["split.head"], stores: [THERE] });
  expect(await to.findCached("key of split")).toEqual([]);
  expect(await copyRecords(options(from, to, [tail]))).toBe(1);
  expect((await known(to)).steps).toEqual(["split"]);
  expect(await copyRecords(options(from, to, [head, tail, total]))).toBe(1);
  expect(await known(to)).toEqual(ALL);
});

test("again, or in a store that both share, nothing changes", async () => {
  const { from, to } = await places();
  await copyRecords(options(from, to, [head, tail, total]));
  expect(await copyRecords(options(from, to, [head, tail, total]))).toBe(0);
  expect(await known(to)).toEqual(ALL);
  expect(await copyRecords(options(from, from, [head, tail, total]))).toBe(0);
  expect(await known(from)).toEqual({ ...ALL, stores: [HERE] });
});

test.each(["run", "artifacts"] as const)("what was killed when it had told of the %s goes on", async (reached) => {
  const { from, to } = await places();
  const artifacts = [head, tail].map((record) => ({ kind: "artifact", record: { ...record, store: THERE } }) as const);
  await to.commit([{ kind: "run", record: run }, ...(reached === "run" ? [] : artifacts)], run.lease);
  expect(await copyRecords(options(from, to, [head, tail, total]))).toBe(reached === "run" ? 3 : 1);
  expect(await known(to)).toEqual(ALL);
});

test("two that tell of the same at once end well, and all is known once", async () => {
  const { from, to } = await places();
  const told = await Promise.all([1, 2, 3, 4].map(() => copyRecords(options(from, to, [head, tail, total]))));
  expect(Math.max(...told)).toBe(3);
  expect(await known(to)).toEqual(ALL);
});

test("a run that took its results from the cache is known with them, whatever the order", async () => {
  const { from, to } = await places();
  const later = runOf(2);
  const cached = stepOf(later, "split", split.outputs, { cached: true, cachedFrom: run.id });
  await from.commit(
    [
      { kind: "run", record: later },
      { kind: "step", record: cached },
    ],
    later.lease,
  );
  const both = new Map([
    [later.id, later],
    [run.id, run],
  ]);
  expect(await copyRecords({ ...options(from, to, [head, tail]), runs: both, whole: later.id })).toBe(2);
  expect((await known(to, later.id)).steps).toEqual(["split"]);
  expect((await known(to)).steps).toEqual(["split"]);
});

test("more records than one commit takes", async () => {
  const [from, to] = [metadataStore("from"), metadataStore("to")];
  const many = Array.from({ length: 2_300 }, (_, n) => artifactOf(1_000 + n, run, `one[${n}]`, BYTES, HERE));
  const steps = many.map(({ node, id }) => stepOf(run, node, { output: id }));
  await from.commit([{ kind: "run", record: run }], run.lease);
  await from.commit(
    many.map((record) => ({ kind: "artifact", record })),
    run.lease,
  );
  await from.commit(
    steps.map((record) => ({ kind: "step", record })),
    run.lease,
  );
  expect(await copyRecords({ ...options(from, to, many), whole: run.id })).toBe(2_300);
  expect(await copyRecords({ ...options(from, to, many), whole: run.id })).toBe(0);
  const { entries } = await to.listArtifacts({ ids: [idOf(1_000), idOf(3_299)] });
  expect(entries).toHaveLength(2);
  expect((await to.findCached("key of one[2299]"))[0]!.outputs["output"]!.store).toBe(THERE);
});
