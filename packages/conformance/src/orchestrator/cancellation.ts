import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { map, moment, RecordedDeployment, step } from "./recorded-deployment.ts";

export const cancellationChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "starts nothing new once the signal is aborted, and resolves when what runs has ended",
    async run(given) {
      const aborter = new AbortController();
      const graph = [map("m", [step("m/a"), step("m/b", "m/a")], { onError: "settle" }), step("end", "m")];
      let ended = false;
      const deployment = new RecordedDeployment(graph, {
        concurrency: 1,
        signal: aborter.signal,
        items: { m: 10 },
        execute: async (instance) => {
          if (instance !== "m/a[k0]") return moment();
          aborter.abort();
          for (let n = 0; n < 5; n++) await moment();
          ended = true;
          return "cancelled";
        },
      });
      assert.equal(await deployment.runOn(await given.orchestrator()), "cancelled");
      assert.ok(ended);
      assert.deepEqual(deployment.executed, ["m/a[k0]"]);
    },
  },
  {
    promise: "is cancelled also when the steps that ran have completed",
    async run(given) {
      const aborter = new AbortController();
      const deployment = new RecordedDeployment([step("a"), step("b", "a")], {
        signal: aborter.signal,
        execute: () => {
          aborter.abort();
          return "completed";
        },
      });
      assert.equal(await deployment.runOn(await given.orchestrator()), "cancelled");
      assert.deepEqual(deployment.executed, ["a"]);
    },
  },
  {
    promise: "starts nothing at all when the signal was aborted before",
    async run(given) {
      const deployment = new RecordedDeployment([step("a"), map("m", [step("m/a")])], { signal: AbortSignal.abort() });
      assert.equal(await deployment.runOn(await given.orchestrator()), "cancelled");
      assert.deepEqual([deployment.executed, deployment.calls], [[], []]);
    },
  },
  {
    promise: "has failed, not been cancelled, when a step failed before",
    async run(given) {
      const aborter = new AbortController();
      const deployment = new RecordedDeployment([step("a"), step("b", "a")], {
        signal: aborter.signal,
        execute: () => {
          setImmediate(() => aborter.abort());
          return "failed";
        },
      });
      assert.equal(await deployment.runOn(await given.orchestrator()), "failed");
    },
  },
];
