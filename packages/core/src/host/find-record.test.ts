import { expect, test } from "vitest";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { ZenError } from "../error/zen-error.ts";
import { findArtifact, findRun } from "./find-record.ts";

const id = (end: string): string => `01a20aa0-0000-7000-8000-${end.padStart(12, "0")}`;

interface Run {
  readonly id: string;
  readonly name: string;
  readonly pipeline?: string;
  /** By node: the id of its one output. */
  readonly steps?: Record<string, string>;
}
interface Artifact {
  readonly id: string;
  readonly name: string;
  readonly runId?: string;
}

/** A store with these runs and artifacts, newest first. */
function storeOf(runs: readonly Run[], artifacts: readonly Artifact[] = []): BaseMetadataStore {
  const page = <T>(all: readonly T[], limit = 1_000) => ({ entries: all.slice(0, limit), cursor: undefined });
  return {
    getRun: async (wanted: string) => runs.find((run) => run.id === wanted),
    listRuns: async (
      { name, idPrefix, pipeline }: { name?: string; idPrefix?: string; pipeline?: string },
      { limit }: { limit?: number },
    ) =>
      page(
        runs.filter(
          (run) =>
            (name === undefined || run.name === name) &&
            (idPrefix === undefined || run.id.startsWith(idPrefix)) &&
            (pipeline === undefined || run.pipeline === pipeline),
        ),
        limit,
      ),
    listArtifacts: async (
      { ids, name, idPrefix }: { ids?: string[]; name?: string; idPrefix?: string },
      { limit }: { limit?: number } = {},
    ) => {
      const found = artifacts.filter(
        (one) =>
          (ids === undefined || ids.includes(one.id)) &&
          (name === undefined || one.name === name) &&
          (idPrefix === undefined || one.id.startsWith(idPrefix)),
      );
      return page(
        found.map((one) => ({ ...one, node: one.name.split(".")[0], output: one.name.split(".")[1] })),
        limit,
      );
    },
    listSteps: async (runId: string) =>
      page(Object.entries(runs.find((run) => run.id === runId)?.steps ?? {}).map(([node, output]) => ({ node, outputs: { output } }))),
  } as unknown as BaseMetadataStore;
}

async function said(work: Promise<unknown>): Promise<string> {
  const error = (await work.then(
    () => undefined,
    (caught: unknown) => caught,
  )) as ZenError;
  return [error.code, error.message, error.hint].join("\n");
}

const runs = [
  { id: id("c3"), name: "nightly" },
  { id: id("c2"), name: "nightly" },
  { id: id("b1"), name: "first" },
];

test("a run is found by id, by the beginning of one, or by name; without a word it is the newest", async () => {
  const store = storeOf(runs);
  const found = async (reference?: string): Promise<string> => (await findRun(store, reference)).id;
  expect(await found()).toBe(id("c3"));
  expect(await found("nightly")).toBe(id("c3"));
  expect(await found("first")).toBe(id("b1"));
  expect(await found(id("c2"))).toBe(id("c2"));
  expect(await found(id("b1").slice(0, -1))).toBe(id("b1"));
});

test("a name that looks like an id, or like the beginning of one, is a name", async () => {
  const store = storeOf([...runs, { id: id("a0"), name: "cafe" }, { id: id("a1"), name: id("ff") }]);
  expect((await findRun(store, "cafe")).id).toBe(id("a0"));
  expect((await findRun(store, id("ff"))).id).toBe(id("a1"));
});

test("what isn't there, or isn't clear, says what is", async () => {
  expect(await said(findRun(storeOf(runs), "nighty"))).toMatchInlineSnapshot(`
    "run_not_found
    There is no run "nighty". Did you mean "nightly"?
    List them: zen run list"
  `);
  expect(await said(findRun(storeOf(runs), "01a20aa0"))).toMatchInlineSnapshot(`
    "ambiguous_id
    "01a20aa0" is the beginning of several run ids: 01a20aa0-0000-7000-8000-0000000000c3 (nightly), 01a20aa0-0000-7000-8000-0000000000c2 (nightly), 01a20aa0-0000-7000-8000-0000000000b1 (first).
    Type more of it."
  `);
  expect(await said(findRun(storeOf([])))).toMatchInlineSnapshot(`
    "run_not_found
    There are no runs yet.
    Make one: zen pipeline run FILE"
  `);
  expect(await said(findRun(storeOf([]), id("ff")))).toContain(`There is no run "${id("ff")}".`);
  expect(await said(findArtifact(storeOf([]), "fit.output"))).toContain(`There is no artifact "fit.output".`);
});

test("an artifact of a name is the one that the newest run of its pipeline used, also from the cache", async () => {
  const [old, newer] = [
    { id: id("1"), name: "load.output", runId: id("b1") },
    { id: id("2"), name: "load.output", runId: id("b2") },
  ];
  const history = [
    { id: id("b3"), name: "third", pipeline: "p", steps: { load: old.id } },
    { id: id("b2"), name: "second", pipeline: "p", steps: { load: newer.id } },
    { id: id("b1"), name: "first", pipeline: "p", steps: { load: old.id } },
  ];
  expect((await findArtifact(storeOf(history, [newer, old]), "load.output")).id).toBe(old.id);
  expect((await findArtifact(storeOf(history.slice(1), [newer, old]), "load.output")).id).toBe(newer.id);
  expect((await findArtifact(storeOf(history, [newer, old]), newer.id)).id).toBe(newer.id);
  // Its run was deleted.
  expect((await findArtifact(storeOf([], [newer]), "load.output")).id).toBe(newer.id);
});
