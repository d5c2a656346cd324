import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { json } from "../artifact/materializer.ts";
import type { ResolvedBinding } from "../metadata/record.ts";
import { equals } from "./compare.ts";
import { map } from "./map.ts";
import { pipelineDefinition, type AnyPipeline } from "./definition.ts";
import { pipeline } from "./pipeline.ts";
import { secret } from "./secret.ts";
import type { PipelineSpec } from "./spec.ts";
import { step } from "./step.ts";
import type { Artifact, Handle } from "./types.ts";
import { when } from "./when.ts";

const schema = JSON.parse(readFileSync(new URL("../../schemas/pipeline-spec.schema.json", import.meta.url), "utf8"));
// Not strictTypes and strictRequired: a kind is told in one place, and its shape in another.
const validate = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allowUnionTypes: true,
  allErrors: true,
}).compile<PipelineSpec>(schema);

const load = step("load", { outputs: { rows: json<{ x: number }[]>(), n: json<number>() } }, () => ({ rows: [], n: 0 }));
const fit = step(
  "fit",
  {
    retries: { limit: 2, delay: "1s", factor: 2, when: () => true },
    timeout: "1.5h",
    cache: false,
    tags: ["t"],
    description: "fits",
    settings: { "orchestrator.local": { deep: [1, null] } },
  },
  ({ v }: { v: unknown }) => ({ url: "u", v }),
);

const everything = pipeline(
  "everything",
  { description: "all there is", tags: ["a"], settings: { "orchestrator.local": {} } },
  ({ at, data }: { at: Date; data: Handle<unknown[]> }) => {
    const { rows, n } = load();
    const swept = map(
      rows,
      (row, index) =>
        when(
          equals(n, 3),
          () => fit({ v: [row.x, index, { at }] }),
          () => ({ url: "none", v: 1 }),
        ),
      { as: "sweep", concurrency: 3, key: (row) => String(row.x), onError: "settle" },
    );
    const inner = pipeline("inner", () =>
      fit.with({ retries: 1, after: [swept] })({ v: { key: secret("a", "b"), all: secret("a"), data } }),
    )();
    return { swept, list: [inner.url, 1], nothing: undefined, data };
  },
);
const parts: ResolvedBinding = {
  kind: "list",
  items: [
    { kind: "artifact", id: "1", path: ["x", 0] },
    { kind: "object", fields: { a: { kind: "value", json: null } } },
  ],
};
const data: Artifact<unknown[]> = {
  "~zen": { kind: "artifact", contract: 1, binding: parts } as never,
  id: "",
  uri: "",
  read: async () => [],
};
const recorded = pipelineDefinition(everything as unknown as AnyPipeline).record({ at: new Date(0), data }, { export: "everything" }).spec;

const problems = (spec: unknown): string[] =>
  validate(spec) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);

describe("the published schema of a spec", () => {
  it("accepts what is recorded", () => {
    expect(problems(recorded)).toEqual([]);
    expect(problems(pipeline("empty", () => {})().spec)).toEqual([]);
    expect(problems(pipeline("plain", () => 3)().spec)).toEqual([]);
  });

  const kinds = new Set(JSON.stringify(recorded).match(/"kind":"\w+"/g));
  it("is tried with every kind of node and binding there is", () => {
    expect([...kinds].map((kind) => kind.slice(8, -1)).toSorted()).toEqual([
      "artifact",
      "compare",
      "index",
      "item",
      "list",
      "map",
      "object",
      "output",
      "secret",
      "step",
      "value",
      "when",
    ]);
  });

  it.each<[string, (spec: any) => void]>([
    [
      "another version",
      (spec) => {
        spec.version = 2;
      },
    ],
    [
      "no digest",
      (spec) => {
        delete spec.digest;
      },
    ],
    [
      "a short digest",
      (spec) => {
        spec.digest = "sha256:12";
      },
    ],
    [
      "something unknown",
      (spec) => {
        spec.modul = "x";
      },
    ],
    [
      "no nodes",
      (spec) => {
        delete spec.nodes;
      },
    ],
    [
      "a node of no kind",
      (spec) => {
        delete spec.nodes[0].kind;
      },
    ],
    [
      "a node of an unknown kind",
      (spec) => {
        spec.nodes[0].kind = "loop";
      },
    ],
    [
      "a node with a key in its id",
      (spec) => {
        spec.nodes[0].id = "sweep[1]";
      },
    ],
    [
      "a step without inputs",
      (spec) => {
        delete spec.nodes[0].inputs;
      },
    ],
    [
      "an unknown materializer",
      (spec) => {
        spec.nodes[0].outputs.rows = "parquet";
      },
    ],
    [
      "an unknown option",
      (spec) => {
        spec.nodes[0].options.resources = {};
      },
    ],
    [
      "a bad duration",
      (spec) => {
        spec.nodes.at(-1).options.timeout = "5";
      },
    ],
    [
      "a function that is not true",
      (spec) => {
        spec.nodes[1].key = "x";
      },
    ],
    [
      "a map that runs nothing at a time",
      (spec) => {
        spec.nodes[1].concurrency = 0;
      },
    ],
    [
      "a when with one result",
      (spec) => {
        spec.nodes[1].body[0].results.pop();
      },
    ],
    [
      "a deep binding of an unknown kind",
      (spec) => {
        spec.nodes[1].body[0].then[0].inputs.fields.v.items[0].kind = "ref";
      },
    ],
    [
      "a value without a value",
      (spec) => {
        spec.parameters.at = { kind: "value" };
      },
    ],
    [
      "a value of two kinds",
      (spec) => {
        spec.parameters.at = { kind: "value", json: 1, rich: "x" };
      },
    ],
    [
      "an output without a node",
      (spec) => {
        delete spec.nodes[1].items.node;
      },
    ],
    [
      "an empty path",
      (spec) => {
        spec.nodes[1].items.path = [];
      },
    ],
    [
      "an unknown comparison",
      (spec) => {
        spec.nodes[1].body[0].condition.op = "!=";
      },
    ],
    [
      "a list that is partly whole",
      (spec) => {
        spec.outputs.fields.data.whole = false;
      },
    ],
  ])("refuses %s", (_, change) => {
    const spec = structuredClone(recorded);
    change(spec);
    expect(problems(spec)).not.toEqual([]);
  });
});
