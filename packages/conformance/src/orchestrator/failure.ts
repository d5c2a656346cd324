import assert from "node:assert/strict";
import type { Outcome } from "@zen/core";
import type { Check } from "../check.ts";
import type { OrchestratorCase } from "../orchestrator.ts";
import { failure } from "../refused.ts";
import { map, moment, RecordedDeployment, step, when } from "./recorded-deployment.ts";

/** Steps fail whose name matches; the others take a while. */
const failing =
  (names: RegExp, outcome: Outcome = "failed") =>
  async (instance: string): Promise<Outcome> => {
    if (names.test(instance)) return outcome;
    for (let n = 0; n < 5; n++) await moment();
    return "completed";
  };

export const failureChecks: readonly Check<OrchestratorCase>[] = [
  {
    promise: "starts nothing new after a failure, lets finish what runs, and has failed",
    async run(given) {
      const graph = [
        step("bad"),
        step("runs"),
        step("after-bad", "bad"),
        step("after-runs", "runs"),
        step("end", "after-bad", "after-runs"),
      ];
      const deployment = new RecordedDeployment(graph, { concurrency: 2, execute: failing(/^bad$/) });
      assert.equal(await deployment.runOn(await given.orchestrator()), "failed");
      assert.deepEqual(
        deployment.executed.filter((id) => id !== "runs"),
        ["bad"],
      );
    },
  },
  {
    promise: "starts none of the steps that wait for their turn after a failure",
    async run(given) {
      const graph = Array.from({ length: 20 }, (_, n) => step(`s${n}`));
      let started = 0;
      const deployment = new RecordedDeployment(graph, { concurrency: 1, execute: () => (++started === 3 ? "failed" : moment()) });
      assert.equal(await deployment.runOn(await given.orchestrator()), "failed");
      assert.equal(deployment.executed.length, 3);
    },
  },
  {
    promise: "fails a map with its first failed item, starts no other item, and says which never ran",
    async run(given) {
      const graph = [map("m", [step("m/a"), step("m/b", "m/a")], { concurrency: 1 }), step("end", "m")];
      const deployment = new RecordedDeployment(graph, { items: { m: 4 }, execute: failing(/^m\/a\[k1\]$/) });
      assert.equal(await deployment.runOn(await given.orchestrator()), "failed");
      assert.deepEqual(deployment.executed, ["m/a[k0]", "m/b[k0]", "m/a[k1]"]);
      assert.deepEqual(deployment.calls, ["expand m", "collect m completed failed cancelled cancelled"]);
    },
  },
  {
    promise: "goes on with the other items of a map that settles, and with what comes after it",
    async run(given) {
      const graph = [
        map("m", [step("m/a"), step("m/b", "m/a")], { onError: "settle" }),
        step("beside"),
        step("after-beside", "beside"),
        step("end", "m"),
      ];
      const deployment = new RecordedDeployment(graph, { items: { m: 4 }, execute: failing(/^m\/a\[k[02]\]$/) });
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      assert.deepEqual(
        [...deployment.executed].sort(),
        ["after-beside", "beside", "end", ...[0, 1, 2, 3].map((n) => `m/a[k${n}]`), "m/b[k1]", "m/b[k3]"].sort(),
      );
      assert.deepEqual(deployment.calls, ["expand m", "collect m failed completed failed completed"]);
    },
  },
  {
    promise: "contains a failure in the innermost map that settles",
    async run(given) {
      const inner = map("o/m", [step("o/m/x"), when("o/m/w", [step("o/m/w/y")], [], "o/m/x")]);
      const graph = [map("o", [step("o/first"), inner], { onError: "settle", concurrency: 1 }), step("end", "o")];
      const deployment = new RecordedDeployment(graph, {
        items: { o: 3, "o/m": 2 },
        concurrency: 1,
        execute: failing(/^o\/m\/w\/y\[k1\]/),
      });
      assert.equal(await deployment.runOn(await given.orchestrator()), "completed");
      assert.ok(deployment.calls.includes("collect o completed failed completed"), deployment.calls.join(", "));
      assert.ok(
        deployment.calls.some((call) => call.startsWith("join o/m/w[k1]") && call.endsWith("failed")),
        "the branch that failed was joined",
      );
      assert.equal(deployment.executed.at(-1), "end");
    },
  },
  {
    promise: "starts no further items of a map that settles when something else fails",
    async run(given) {
      const graph = [step("bad"), map("m", [step("m/a")], { onError: "settle", concurrency: 1 })];
      const deployment = new RecordedDeployment(graph, {
        items: { m: 50 },
        concurrency: 2,
        execute: async (instance): Promise<Outcome> => {
          for (let n = 0; n < (instance === "bad" ? 12 : 3); n++) await moment();
          return instance === "bad" ? "failed" : "completed";
        },
      });
      assert.equal(await deployment.runOn(await given.orchestrator()), "failed");
      assert.ok(deployment.executed.length < 25, `${deployment.executed.length} steps were started`);
    },
  },
  {
    promise: "fails when a map's items or a when's condition can't be read",
    async run(given) {
      const orchestrator = await given.orchestrator();
      for (const graph of [
        [map("x", [step("x/a")]), step("end", "x")],
        [when("x", [step("x/a")], []), step("end", "x")],
      ]) {
        const deployment = new RecordedDeployment(graph, { unreadable: ["x"] });
        assert.equal(await deployment.runOn(orchestrator), "failed");
        assert.deepEqual(deployment.executed, []);
        assert.equal(deployment.calls.length, 1);
      }
    },
  },
  {
    promise: "rejects with what the deployment rejected with, once what runs has ended, and starts nothing new",
    async run(given) {
      const reason = new Error("the store is gone");
      const graph = [step("lost"), step("runs"), step("after", "runs"), map("m", [step("m/a")], { dependsOn: ["runs"] })];
      const deployment = new RecordedDeployment(graph, {
        concurrency: 2,
        execute: async (instance): Promise<Outcome> => {
          if (instance === "lost") throw reason;
          for (let n = 0; n < 5; n++) await moment();
          return "completed";
        },
      });
      assert.equal(await failure(deployment.runOn(await given.orchestrator())), reason);
      assert.deepEqual(
        deployment.executed.filter((id) => id !== "runs"),
        ["lost"],
      );
      assert.deepEqual([...deployment.running], [], "it rejected while a step was running");
    },
  },
];
