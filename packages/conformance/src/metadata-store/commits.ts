import assert from "node:assert/strict";
import type { Change, RunRecord } from "@zen/core";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { refused } from "../refused.ts";
import {
  artifact,
  at,
  attempt,
  create,
  id,
  inputs,
  leaseOf,
  ofArtifact,
  putArtifact,
  putAttempt,
  putRun,
  putStep,
  run,
  step,
} from "./records.ts";

const ODD = `"quotes" 'n' \\ back\nline\ttab\u0000 \ud800 é e\u0301 😀 \u2028 {{env.X}} %s $1 -- ; DROP`;
const ODD_JSON = JSON.parse(
  `{"__proto__": {"a": [1e300, -0.5, true, null, "x"]}, "constructor": 1, "": "empty", ${JSON.stringify(ODD)}: ${JSON.stringify(ODD)}}`,
) as { [key: string]: string };
const FAILURE = { name: "TypeError", message: ODD, stack: `at train (${ODD})`, hint: ODD };

/** A run in which every field has a value, and an odd one where there is a choice. */
const FULL: RunRecord = run(1, {
  name: 'a "name" — 名前 😀',
  stack: "é stack",
  spec: {
    version: 1,
    pipeline: "training",
    module: null,
    export: null,
    parameters: { odd: { kind: "value", json: ODD_JSON } },
    nodes: [
      {
        kind: "step",
        id: "load",
        step: "load",
        inputs: { kind: "value", json: ODD },
        outputs: { output: "json" },
        options: { odd: ODD_JSON },
        after: [],
      },
    ],
    outputs: { kind: "output", node: "load", output: "output", path: ["a", 0] },
    digest: "sha256:1",
  },
  root: null,
  components: { artifact_store: { name: ODD, flavor: "local", uuid: "1" } },
  runtimeConfiguration: ODD_JSON,
});

export const commitChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "finds nothing in a store that nobody has written to",
    async run(given) {
      const store = await given.store();
      const nothing = { entries: [], cursor: undefined };
      assert.equal(await store.getRun(id(1)), undefined);
      assert.deepEqual(await store.listRuns({}), nothing);
      assert.deepEqual(await store.listPipelines(), nothing);
      assert.deepEqual(await store.listSteps(id(1)), nothing);
      assert.deepEqual(await store.listAttempts(id(1)), nothing);
      assert.deepEqual(await store.listArtifacts({}), nothing);
      assert.deepEqual(await store.listConsumers(id(1)), nothing);
      assert.deepEqual(await store.findCached("key"), []);
      await store.deleteRun(id(1));
    },
  },
  {
    promise: "keeps every field of every record as it was given",
    async run(given) {
      const store = await given.store();
      const aStep = step(1, "load", {
        cached: true,
        reason: ODD,
        cacheKey: "key",
        cachedFrom: id(9),
        inputs: inputs({
          odd: { kind: "value", json: ODD_JSON },
          list: { kind: "list", items: [{ kind: "artifact", id: id(8), path: ["a", 0] }] },
        }),
        outputs: { output: id(3) },
        attempts: 3,
        metadata: ODD_JSON,
        failure: FAILURE,
      });
      const anAttempt = attempt(2, 1, "load", { number: 3, status: "failed", logs: 2, failure: FAILURE });
      const anArtifact = artifact(3, 1, "load", { size: 2 ** 40, materializer: "file", fileName: ODD, metadata: ODD_JSON });
      await store.commit([putRun(FULL), putStep(aStep), putAttempt(anAttempt), putArtifact(anArtifact)], FULL.lease);
      assert.deepEqual(await store.getRun(id(1)), FULL);
      assert.deepEqual((await store.listSteps(id(1))).entries, [aStep]);
      assert.deepEqual((await store.listAttempts(id(1))).entries, [anAttempt]);
      assert.deepEqual((await store.listArtifacts({})).entries, [anArtifact]);
      const {
        spec: _,
        root: _root,
        components: _components,
        runtimeConfiguration: _runtime,
        outputs: _outputs,
        zenVersion: _version,
        ...summary
      } = FULL;
      assert.deepEqual((await store.listRuns({})).entries, [summary], "a listing shows runs without spec and outputs");
    },
  },
  {
    promise: "applies all changes of a commit or none",
    async run(given) {
      const store = await given.store();
      await create(store, run(1), run(2));
      const changes: Change[] = [
        { kind: "heartbeat", runId: id(1), at: at(500) },
        putStep(step(1, "load", { inputs: inputs({ x: ofArtifact(9) }) })),
        putAttempt(attempt(3, 1, "load")),
        putArtifact(artifact(4, 1, "load")),
        { kind: "run_finished", runId: id(1), status: "completed", outputs: null, failure: null, finishedAt: at(600) },
        // Not this lease's run.
        putStep(step(2, "load")),
      ];
      await refused("lease_lost", store.commit(changes, leaseOf(1)));
      assert.deepEqual(await store.getRun(id(1)), run(1));
      for (const { entries } of [
        await store.listSteps(id(1)),
        await store.listAttempts(id(1)),
        await store.listArtifacts({}),
        await store.listConsumers(id(9)),
      ])
        assert.deepEqual(entries, []);
    },
  },
  {
    promise: "changes nothing more when a commit comes again",
    async run(given) {
      const store = await given.store();
      const changes = [
        putRun(run(1)),
        putStep(step(1, "load", { cacheKey: "key", inputs: inputs({ x: ofArtifact(9) }), outputs: { output: id(4) } })),
        putAttempt(attempt(3, 1, "load")),
        putArtifact(artifact(4, 1, "load")),
      ];
      await store.commit(changes, leaseOf(1));
      const look = async () => [
        await store.getRun(id(1)),
        await store.listRuns({}),
        await store.listPipelines(),
        await store.listSteps(id(1)),
        await store.listAttempts(id(1)),
        await store.listArtifacts({}),
        await store.listConsumers(id(9)),
        await store.findCached("key"),
      ];
      const before = await look();
      await store.commit(changes, leaseOf(1));
      await store.commit([...changes, ...changes], leaseOf(1));
      assert.deepEqual(await look(), before);
    },
  },
  {
    promise: "puts a whole record in the place of the one with its id",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      await store.commit(
        [
          putStep(step(1, "load", { status: "running", finishedAt: null, metadata: { a: 1 } })),
          putAttempt(attempt(2, 1, "load", { status: "running" })),
          putArtifact(artifact(3, 1, "load")),
        ],
        leaseOf(1),
      );
      const after = [
        step(1, "load", { metadata: { b: 2 } }),
        attempt(2, 1, "load", { logs: 4 }),
        artifact(3, 1, "load", { name: "other", metadata: { b: 2 } }),
      ] as const;
      const whole = run(1, { name: "renamed", status: "failed", failure: FAILURE, heartbeatAt: at(9), finishedAt: at(10), root: "/other" });
      await store.commit([putStep(after[0]), putAttempt(after[1]), putArtifact(after[2]), putRun(whole)], leaseOf(1));
      assert.deepEqual((await store.listSteps(id(1))).entries, [after[0]]);
      assert.deepEqual((await store.listAttempts(id(1))).entries, [after[1]]);
      assert.deepEqual((await store.listArtifacts({})).entries, [after[2]]);
      assert.deepEqual((await store.listArtifacts({ name: "load.output" })).entries, [], "the artifact is still found by its old name");
      assert.deepEqual(await store.getRun(id(1)), whole);
      assert.deepEqual((await store.listRuns({ status: "running" })).entries, [], "the run is still found by its old status");
    },
  },
  {
    promise: "ends a run, and notes its heartbeat, without a new record",
    async run(given) {
      const store = await given.store();
      await create(store, FULL);
      await store.commit([{ kind: "heartbeat", runId: id(1), at: at(50) }], leaseOf(1));
      assert.deepEqual(await store.getRun(id(1)), { ...FULL, heartbeatAt: at(50) });
      const outputs = inputs({ model: { kind: "artifact", id: id(7), path: ["weights", 0] }, url: { kind: "value", json: null } });
      await store.commit(
        [{ kind: "run_finished", runId: id(1), status: "failed", outputs, failure: FAILURE, finishedAt: at(60) }],
        leaseOf(1),
      );
      assert.deepEqual(await store.getRun(id(1)), {
        ...FULL,
        heartbeatAt: at(50),
        status: "failed",
        outputs,
        failure: FAILURE,
        finishedAt: at(60),
      });
    },
  },
  {
    promise: "shows a commit to other components as soon as it has resolved",
    async run(given) {
      const [one, other] = [await given.store(), await given.store()];
      for (let n = 1; n <= 20; n++) {
        await create(one, run(n));
        assert.deepEqual(await other.getRun(id(n)), run(n));
      }
    },
  },
];
