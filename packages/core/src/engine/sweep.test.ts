import { expect, test } from "vitest";
import type { RunOwner } from "../metadata/change.ts";
import type { Stack } from "../stack/stack.ts";
import { thisProcess } from "./run-owner.ts";
import { sweepInterruptedRuns } from "./sweep.ts";

const here = thisProcess();
const dead: RunOwner = { ...here, processStart: "1" };

/** A stack whose artifact store has three objects per run: one that was committed, one that wasn't, and a log. */
function stackOf(runs: Record<string, RunOwner>): { stack: Stack; left: Set<string> } {
  const left = new Set(Object.keys(runs).flatMap((id) => [`${id}/committed`, `${id}/half`, `${id}/a.0.log`]));
  const metadataStore = {
    listRuns: async () => ({
      entries: Object.entries(runs).map(([id, owner]) => ({ id, lease: { runId: id, owner, epoch: 1 } })),
      cursor: undefined,
    }),
    listArtifacts: async ({ runId }: { runId: string }) => ({ entries: [{ key: `${runId}/committed` }], cursor: undefined }),
  };
  const artifactStore = {
    // Two objects a page.
    list: async (prefix: string, { cursor = "" }: { cursor?: string }) => {
      const keys = [...left].filter((key) => key.startsWith(prefix) && key > cursor).toSorted();
      return { objects: keys.slice(0, 2).map((key) => ({ key })), cursor: keys.length > 2 ? keys[1] : undefined };
    },
    delete: async (key: string) => void left.delete(key),
  };
  return { stack: { metadataStore, artifactStore } as unknown as Stack, left };
}

test("of a run whose process died, what wasn't committed goes; its log stays", async () => {
  const { stack, left } = stackOf({ gone: dead });
  await sweepInterruptedRuns(stack);
  expect([...left].toSorted()).toEqual(["gone/a.0.log", "gone/committed"]);
});

test("nothing is touched of a run that is on, here or on another host, however old its heartbeat", async () => {
  const { stack, left } = stackOf({ mine: here, elsewhere: { ...dead, host: "another-host" } });
  await sweepInterruptedRuns(stack);
  expect([...left].filter((key) => key.endsWith("/half"))).toEqual(["mine/half", "elsewhere/half"]);
});

test("many runs that are on hide none that isn't", async () => {
  const { stack, left } = stackOf({ ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`on${n}`, here])), gone: dead });
  await sweepInterruptedRuns(stack);
  expect(left).not.toContain("gone/half");
});
