import assert from "node:assert/strict";
import type { BaseOrchestrator, GraphNode } from "@zen/core";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { map, RecordedDeployment, step } from "./recorded-deployment.ts";

const SHAPES: Readonly<Record<string, (size: number) => GraphNode[]>> = {
  "a chain": (size) => Array.from({ length: size }, (_, n) => (n === 0 ? step("s0") : step(`s${n}`, `s${n - 1}`))),
  "steps side by side": (size) => Array.from({ length: size }, (_, n) => step(`s${n}`)),
  "a map": () => [map("m", [step("m/a"), step("m/b", "m/a")])],
};

/** How often the two lengths are tried: a machine that is busy makes either of them slow, but not each time. */
const ATTEMPTS = 4;

async function milliseconds(orchestrator: BaseOrchestrator, graph: readonly GraphNode[], size: number): Promise<number> {
  const deployment = new RecordedDeployment(graph, { items: { m: size / 2 }, concurrency: 4, execute: () => "completed" });
  const start = performance.now();
  const outcome = await deployment.runOn(orchestrator);
  const took = performance.now() - start;
  assert.equal(outcome, "completed");
  assert.equal(deployment.executed.length, size);
  return took;
}

export const costChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "takes no longer for a step because the pipeline is longer",
    async run(given) {
      const orchestrator = await given.orchestrator();
      for (const [shape, graphOf] of Object.entries(SHAPES)) {
        let [small, large] = [Infinity, Infinity];
        // Eight times the steps: a cost that grows with each step would be near 64.
        for (let attempt = 0; attempt < ATTEMPTS && !(large < small * 24 + 50); attempt++) {
          small = Math.min(small, await milliseconds(orchestrator, graphOf(500), 500));
          large = Math.min(large, await milliseconds(orchestrator, graphOf(4000), 4000));
        }
        assert.ok(large < small * 24 + 50, `${shape}: 4,000 steps took ${Math.round(large / small)} times as long as 500`);
      }
    },
  },
];
