import assert from "node:assert/strict";
import type { GraphNode, Outcome } from "@zen/core";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { moment, RecordedDeployment, step } from "./recorded-deployment.ts";

/** A graph without cycles, listed in an order that isn't that of its wires; the same for the same seed. */
function tangle(size: number, seed: number): GraphNode[] {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  const nodes = Array.from({ length: size }, (_, n) =>
    step(`s${n}`, ...new Set(Array.from({ length: n === 0 ? 0 : random(4) }, () => `s${random(n)}`))),
  );
  return nodes
    .map((node) => ({ node, place: random(1e6) }))
    .sort((a, b) => a.place - b.place)
    .map(({ node }) => node);
}

export const orderChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "executes every step once, after all that it depends on",
    async run(given) {
      const orchestrator = await given.orchestrator();
      const diamond = [step("d", "b", "c"), step("c", "a"), step("b", "a"), step("a"), step("alone")];
      for (const graph of [diamond, tangle(60, 1), tangle(60, 2), tangle(200, 3)]) {
        const deployment = new RecordedDeployment(graph, {
          // Some take longer than others.
          execute: async (instance): Promise<Outcome> => {
            for (let n = 0; n < instance.length % 3; n++) await moment();
            return "completed";
          },
        });
        assert.equal(await deployment.runOn(orchestrator), "completed");
        assert.deepEqual([...deployment.executed].sort(), graph.map(({ id }) => id).sort());
      }
    },
  },
  {
    promise: "completes a graph of nothing",
    async run(given) {
      assert.equal(await new RecordedDeployment([]).runOn(await given.orchestrator()), "completed");
    },
  },
  {
    promise: "runs several deployments at once without mixing them up",
    async run(given) {
      const orchestrator = await given.orchestrator();
      const deployments = [1, 2, 3].map((seed) => new RecordedDeployment(tangle(40, seed)));
      assert.deepEqual(await Promise.all(deployments.map((deployment) => deployment.runOn(orchestrator))), [
        "completed",
        "completed",
        "completed",
      ]);
      for (const { executed } of deployments) assert.equal(executed.length, 40);
    },
  },
];
