import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { map, moment, RecordedDeployment, step, when } from "./recorded-deployment.ts";

const slowly = async (): Promise<"completed"> => {
  for (let n = 0; n < 3; n++) await moment();
  return "completed";
};

export const concurrencyChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "never runs more steps at a time than the deployment allows",
    async run(given) {
      const orchestrator = await given.orchestrator();
      const wide = Array.from({ length: 20 }, (_, n) => step(`s${n}`));
      const graph = [
        ...wide,
        map("m", [step("m/a"), step("m/b"), map("m/n", [step("m/n/c")]), when("m/w", [step("m/w/d"), step("m/w/e")], [])]),
      ];
      for (const concurrency of [1, 2, 5]) {
        const deployment = new RecordedDeployment(graph, { concurrency, items: { m: 5, "m/n": 4 }, execute: slowly });
        assert.equal(await deployment.runOn(orchestrator), "completed");
        assert.equal(deployment.executed.length, 20 + 5 * (2 + 4 + 2));
        assert.ok(deployment.peak <= concurrency, `${deployment.peak} steps ran at a time, allowed were ${concurrency}`);
      }
    },
  },
  {
    promise: "never runs more items of a map at a time than it allows",
    async run(given) {
      const orchestrator = await given.orchestrator();
      for (const concurrency of [1, 2]) {
        const graph = [map("m", [step("m/a"), step("m/b"), step("m/c", "m/a", "m/b")], { concurrency }), step("s")];
        const deployment = new RecordedDeployment(graph, { concurrency: 10, items: { m: 8 }, execute: slowly });
        assert.equal(await deployment.runOn(orchestrator), "completed");
        assert.equal(deployment.executed.length, 25);
        assert.ok(
          deployment.itemsAtATime("m") <= concurrency,
          `${deployment.itemsAtATime("m")} items ran at a time, allowed were ${concurrency}`,
        );
      }
    },
  },
];
