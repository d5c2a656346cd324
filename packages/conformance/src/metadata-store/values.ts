import assert from "node:assert/strict";
import type { Json } from "@zen/core";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { allOf, artifact, attempt, create, id, leaseOf, putArtifact, putAttempt, putRun, putStep, run, step } from "./records.ts";

const MEBIBYTE = 1024 * 1024;
/** Text whose characters take one to four bytes, and which no index or packet of a careless store holds. */
const LARGE_TEXT = "é\"'\\😀\n名 x".repeat(MEBIBYTE / 16);
const MANY_KEYS: Json = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key-${n}`, n]));
const NUMBERS: Json = [
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 31,
  2 ** 32,
  2 ** 64,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
  0.1 + 0.2,
  1e21,
  123_456_789.123_456_78,
];
const DEPTH = 500;

/** A value within arrays and objects by turns. */
function nested(depth: number): Json {
  let value: Json = "the innermost";
  for (let n = 0; n < depth; n++) value = n % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Labels of runs, which people choose, and keys of a map's items: texts that a careless store takes for one another. */
const LABELS: readonly string[] = [
  "a",
  "A",
  "a ",
  " a",
  "a%",
  "a_",
  "ab",
  "%",
  "_",
  "é",
  "e\u0301",
  "e",
  "ß",
  "ss",
  "İ",
  "i",
  "a'b",
  "a''b",
  'a"b',
  "a\\b",
  "a\\\\b",
  "a/b",
  "a;b -- c",
  "$1",
  "?",
  "*",
  "null",
  "0",
  "00",
  "1e3",
  "1000",
  "__proto__",
  "constructor",
  "名前",
  "😀",
  "\u{10ffff}",
  "\ufb01",
  "fi",
  "\u00a0a",
  "a\u200bb",
  "x".repeat(199),
  "x".repeat(200),
  "名".repeat(200),
];
/** What only a run's name may have. */
const LINES = ["a\nb", "a\r\nb", "a\tb", "a\n"];
/** Letters, digits, `-` and `_`. */
const PIPELINES = ["a", "A", "a_b", "a-b", "axb", "a_", "_", "-", "0", "00", "__proto__", "constructor", "x".repeat(199), "x".repeat(200)];

export const valueChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "keeps records of several MiB, deep ones, and numbers at their limits",
    async run(given) {
      const store = await given.store();
      const odd = { text: LARGE_TEXT, keys: MANY_KEYS, deep: nested(DEPTH), numbers: NUMBERS } satisfies Json;
      const failure = { name: "Error", message: LARGE_TEXT, stack: LARGE_TEXT };
      const whole = run(1, {
        spec: { ...run(1).spec, parameters: { odd: { kind: "value", json: odd } } },
        runtimeConfiguration: odd,
        failure,
        status: "failed",
      });
      const records = {
        step: step(1, "fit", { reason: LARGE_TEXT, inputs: { kind: "value", json: odd }, metadata: odd, failure }),
        attempt: attempt(2, 1, "fit", { failure, number: 2 ** 31 - 1, logs: 2 ** 31 - 1 }),
        artifact: artifact(3, 1, "fit", { size: Number.MAX_SAFE_INTEGER, metadata: odd }),
      };
      await store.commit([putRun(whole), putStep(records.step), putAttempt(records.attempt), putArtifact(records.artifact)], whole.lease);
      const other = await given.store();
      // Not deepEqual, which would print all of it.
      const same = (found: unknown, expected: unknown, what: string): void =>
        assert.ok(JSON.stringify(found) === JSON.stringify(expected), `the large ${what} isn't what was committed`);
      for (const one of [store, other]) {
        same((await one.getRun(id(1)))?.spec, whole.spec, "spec");
        same((await one.getRun(id(1)))?.runtimeConfiguration, odd, "runtime configuration");
        same((await one.listRuns({})).entries[0]?.failure, failure, "failure of a run");
        same((await one.listSteps(id(1))).entries[0]?.metadata, odd, "metadata of a step");
        same((await one.listSteps(id(1))).entries[0]?.inputs, records.step.inputs, "inputs");
        same((await one.listAttempts(id(1))).entries, [records.attempt], "attempt");
        same((await one.listArtifacts({})).entries[0]?.metadata, odd, "metadata of an artifact");
        assert.equal((await one.listArtifacts({})).entries[0]?.size, Number.MAX_SAFE_INTEGER);
      }
    },
  },
  {
    promise: "keeps apart the names of runs, pipelines, nodes and artifacts, and cache keys, whatever is in them",
    async run(given) {
      const store = await given.store();
      const labels = [...LABELS, ...LINES];
      for (const [n, name] of labels.entries()) await create(store, run(n + 1, { name }));
      for (const [n, name] of labels.entries()) {
        const { entries } = await store.listRuns({ name });
        assert.deepEqual(
          entries.map((entry) => [entry.id, entry.name]),
          [[id(n + 1), name]],
          `the runs called ${JSON.stringify(name)}`,
        );
      }

      for (const [n, pipeline] of PIPELINES.entries()) await create(store, run(1000 + n, { pipeline }));
      for (const [n, pipeline] of PIPELINES.entries()) {
        await store.commit([putArtifact(artifact(2000 + n, 1000 + n, "fit"))], leaseOf(1000 + n));
        const of = { runs: await store.listRuns({ pipeline }), artifacts: await store.listArtifacts({ pipeline }) };
        assert.deepEqual(
          [of.runs.entries.map((entry) => entry.id), of.artifacts.entries.map((entry) => entry.id)],
          [[id(1000 + n)], [id(2000 + n)]],
          `the runs and artifacts of the pipeline ${pipeline}`,
        );
      }
      for (const limit of [3, undefined]) {
        const pipelines = await allOf((page) => store.listPipelines(page), limit);
        assert.deepEqual(pipelines.map(({ name }) => name).sort(), [...PIPELINES, "training"].sort());
      }

      const nodes = LABELS.flatMap((key) => [`sweep/fit[${key}]`, `sweep/fit[${key}][${key}]`]);
      await store.commit(
        nodes.flatMap((node, n) => [
          putStep(step(1, node, { cacheKey: node, outputs: { output: id(3000 + n) } })),
          putAttempt(attempt(4000 + n, 1, node)),
          putArtifact(artifact(3000 + n, 1, node)),
        ]),
        leaseOf(1),
      );
      assert.deepEqual(new Set((await store.listSteps(id(1))).entries.map(({ node }) => node)), new Set(nodes));
      for (const [n, node] of nodes.entries()) {
        const attempts = await store.listAttempts(id(1), node);
        const named = await store.listArtifacts({ name: `${node}.output` });
        const cached = await store.findCached(node);
        assert.deepEqual(
          [attempts.entries.map((entry) => entry.id), named.entries.map((entry) => entry.id), cached.map((entry) => entry.node)],
          [[id(4000 + n)], [id(3000 + n)], [node]],
          `the attempts, artifacts and cached steps of ${node}`,
        );
      }
    },
  },
];
