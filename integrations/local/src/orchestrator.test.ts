import { orchestratorConformance } from "@zen/conformance";
import type { GraphNode, Outcome, PipelineDeployment } from "@zen/core";
import { expect, test } from "vitest";
import { LocalOrchestrator } from "./orchestrator.ts";

orchestratorConformance({ name: "LocalOrchestrator", create: () => new LocalOrchestrator({ name: "test" }) });

/** Steps side by side, each of which takes a few milliseconds; gives the most that ran at a time. */
async function peakOf(orchestrator: LocalOrchestrator, concurrency?: number): Promise<number> {
  let running = 0;
  let peak = 0;
  const deployment = {
    graph: Array.from({ length: 64 }, (_, n): GraphNode => ({ kind: "step", id: `s${n}`, dependsOn: [] })),
    concurrency,
    signal: new AbortController().signal,
    async execute(): Promise<Outcome> {
      peak = Math.max(peak, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return "completed";
    },
  };
  await orchestrator.run(deployment as unknown as PipelineDeployment);
  return peak;
}

test("independent steps run at the same time: four at least, or as many as the run or the component says", async () => {
  expect(await peakOf(new LocalOrchestrator({ name: "test" }))).toBeGreaterThanOrEqual(4);
  expect(await peakOf(new LocalOrchestrator({ name: "test", concurrency: 3 }))).toBe(3);
  expect(await peakOf(new LocalOrchestrator({ name: "test", concurrency: 3 }), 7)).toBe(7);
});

test("a step that throws at once, instead of rejecting, ends the run", async () => {
  const deployment = {
    graph: [{ kind: "step", id: "a", dependsOn: [] }],
    signal: new AbortController().signal,
    execute() {
      throw new Error("lease lost");
    },
  };
  await expect(new LocalOrchestrator({ name: "test" }).run(deployment as unknown as PipelineDeployment)).rejects.toThrow("lease lost");
});

test("a concurrency that makes no sense is refused", () => {
  expect(() => new LocalOrchestrator({ name: "test", concurrency: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[ZenError: The orchestrator "test" (flavor local) can't be made: "concurrency": Too small: expected number to be >=1.]`,
  );
});
