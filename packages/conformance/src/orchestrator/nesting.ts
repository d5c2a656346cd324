import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { map, RecordedDeployment, step, when } from "./recorded-deployment.ts";

export const nestingChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "runs a map's body for each of its items, and collects the outcomes in their order",
    async run(given) {
      const graph = [
        step("load"),
        map("sweep", [step("sweep/fit"), step("sweep/score", "sweep/fit")], { dependsOn: ["load"] }),
        step("best", "sweep"),
      ];
      const deployment = new RecordedDeployment(graph);
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      assert.deepEqual(
        [...deployment.executed].sort(),
        ["best", "load", ...[0, 1, 2].flatMap((n) => [`sweep/fit[k${n}]`, `sweep/score[k${n}]`])].sort(),
      );
      assert.deepEqual(deployment.calls, ["expand sweep", "collect sweep completed completed completed"]);
      assert.equal(deployment.executed.at(-1), "best");
    },
  },
  {
    promise: "collects a map of no items",
    async run(given) {
      const deployment = new RecordedDeployment([map("sweep", [step("sweep/fit")]), step("best", "sweep")], { items: { sweep: 0 } });
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      assert.deepEqual(deployment.calls, ["expand sweep", "collect sweep"]);
      assert.deepEqual(deployment.executed, ["best"]);
    },
  },
  {
    promise: "runs the branch that is taken, and joins it",
    async run(given) {
      const orchestrator = await given.orchestrator();
      const graph = [
        step("load"),
        when("good", [step("good/deploy"), step("good/tell", "good/deploy")], [step("good/warn")], "load"),
        step("end", "good"),
      ];
      const taken = new RecordedDeployment(graph);
      assert.equal(await taken.runOn(orchestrator), "completed");
      assert.deepEqual(taken.executed, ["load", "good/deploy", "good/tell", "end"]);
      assert.deepEqual(taken.calls, ["decide good", "join good completed"]);
      const other = new RecordedDeployment(graph, { otherwise: ["good"] });
      assert.equal(await other.runOn(orchestrator), "completed");
      assert.deepEqual(other.executed, ["load", "good/warn", "end"]);
    },
  },
  {
    promise: "joins a branch in which there is nothing",
    async run(given) {
      const deployment = new RecordedDeployment([when("good", [step("good/deploy")], []), step("end", "good")], { otherwise: ["good"] });
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      assert.deepEqual(deployment.executed, ["end"]);
      assert.deepEqual(deployment.calls, ["decide good", "join good completed"]);
    },
  },
  {
    promise: "runs maps and whens within one another, the outermost item first",
    async run(given) {
      const inner = map("a/b", [step("a/b/c"), when("a/b/w", [step("a/b/w/x")], [], "a/b/c")], { dependsOn: ["a/first"] });
      const graph = [map("a", [step("a/first"), inner, step("a/last", "a/b")]), step("end", "a")];
      const deployment = new RecordedDeployment(graph, { items: { a: 2, "a/b": 2 } });
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      const expected = [0, 1].flatMap((n) => [
        `a/first[k${n}]`,
        `a/last[k${n}]`,
        ...[0, 1].flatMap((m) => [`a/b/c[k${n}][k${m}]`, `a/b/w/x[k${n}][k${m}]`]),
      ]);
      assert.deepEqual([...deployment.executed].sort(), ["end", ...expected].sort());
      assert.deepEqual(deployment.calls.filter((call) => call.startsWith("collect")).sort(), [
        "collect a completed completed",
        "collect a/b[k0] completed completed",
        "collect a/b[k1] completed completed",
      ]);
    },
  },
];
