import { expect, test } from "vitest";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { PreviousRun } from "./previous-run.ts";

/** Runs, newest first, each with the cache keys of its steps; a key that is `undefined` belongs to a step that didn't complete. */
function store(runs: Record<string, Record<string, string | null | undefined>>): { store: BaseMetadataStore; read: () => string[] } {
  const listRuns = async (_filter: object, { limit }: { limit: number }) => ({
    entries: Object.keys(runs)
      .map((id) => ({ id }))
      .slice(0, limit),
    cursor: undefined,
  });
  // A page for each step.
  const asked: string[] = [];
  const listSteps = async (id: string, { cursor = "0" }: { cursor?: string }) => {
    asked.push(id);
    const steps = Object.entries(runs[id]!);
    const entries = steps
      .slice(Number(cursor), Number(cursor) + 1)
      .map(([node, key]) => ({ node, cacheKey: key ?? null, status: key === undefined ? "failed" : "completed" }));
    return { entries, cursor: Number(cursor) + 1 < steps.length ? String(Number(cursor) + 1) : undefined };
  };
  return {
    store: { listRuns, listSteps } as unknown as BaseMetadataStore,
    read: () => [...new Set(asked)],
  };
}

test("a node's key is that of the newest run in which it completed, and no more runs are read than that takes", async () => {
  const { store: metadata, read } = store({
    now: {},
    failed: { load: "load 3", fit: undefined },
    before: { load: "load 2", fit: "fit 2", show: null },
    first: { old: "old 1" },
  });
  const previous = new PreviousRun(metadata, "p", "now");
  expect(await previous.cacheKey("load")).toBe("load 3");
  expect(read()).toEqual(["failed"]);
  expect(await previous.cacheKey("fit")).toBe("fit 2");
  expect(await previous.cacheKey("show")).toBeNull();
  expect(read()).toEqual(["failed", "before"]);
  expect(await previous.cacheKey("new")).toBeUndefined();
  expect(read()).toEqual(["failed", "before", "first"]);
});

test("no more than five runs are looked through", async () => {
  const { store: metadata } = store(
    Object.fromEntries(["now", "1", "2", "3", "4", "5", "6"].map((id) => [id, id === "6" ? { old: "k" } : { other: "k" }])),
  );
  expect(await new PreviousRun(metadata, "p", "now").cacheKey("old")).toBeUndefined();
});
