import { describe, expect, it } from "vitest";
import { said } from "../../tests/authoring/said.ts";
import { file, json, text } from "../artifact/materializer.ts";
import { atLeast, equals } from "./compare.ts";
import { pipelineDefinition } from "./definition.ts";
import { map } from "./map.ts";
import { pipeline } from "./pipeline.ts";
import { currentRecording } from "./recording.ts";
import type { Binding, Node, PipelineSpec } from "./spec.ts";
import { step } from "./step.ts";
import { when } from "./when.ts";
import { toGraph } from "./graph.ts";

type Row = { x: number; y: number };
const load = step("load", async ({ path }: { path: string }): Promise<Row[]> => [{ x: path.length, y: 2 }]);
const split = step("split", { outputs: { train: json<Row[]>(), test: json<Row[]>() }, retries: 2 }, ({ rows }: { rows: Row[] }) => ({
  train: rows,
  test: rows,
}));
const fit = step("fit", ({ rate }: { rate: number; rows?: Row[] }) => ({ rate, accuracy: rate }));
const deploy = step("deploy", { cache: false }, ({ model }: { model: unknown }) => `http://${String(model)}`);
const show = step("show", ({ v }: { v: unknown }): void => void v);

/** A binding as one would write it, and a node on one line, to keep expectations readable. */
function brief(binding: Binding): string {
  switch (binding.kind) {
    case "value":
      return "json" in binding ? JSON.stringify(binding.json) : "rich";
    case "output":
      return [`${binding.node}.${binding.output}`, ...(binding.path ?? [])].join(".");
    case "item":
      return [`${binding.map}.item`, ...(binding.path ?? [])].join(".");
    case "index":
      return `${binding.map}.index`;
    case "compare":
      return `(${brief(binding.left)} ${binding.op} ${brief(binding.right)})`;
    case "list":
      return `[${binding.items.map(brief).join(", ")}]`;
    case "object":
      return `{ ${Object.entries(binding.fields)
        .map(([key, field]) => `${key}: ${brief(field)}`)
        .join(", ")} }`;
    default:
      return binding.kind;
  }
}
function lines(nodes: readonly Node[], indent = ""): string[] {
  return nodes.flatMap((node) => {
    const after = node.after.length > 0 ? ` after ${node.after.join(", ")}` : "";
    if (node.kind === "step") return [`${indent}${node.id} ${brief(node.inputs)}${after}`];
    if (node.kind === "map")
      return [`${indent}${node.id} over ${brief(node.items)}`, ...lines(node.body, `${indent}  `), `${indent}  = ${brief(node.result)}`];
    return [
      `${indent}${node.id} if ${brief(node.condition)}`,
      ...lines(node.then, `${indent}  `),
      `${indent}  = ${brief(node.results[0])}`,
      `${indent}  else`,
      ...lines(node.otherwise, `${indent}  `),
      `${indent}  = ${brief(node.results[1])}`,
    ];
  });
}
const told = ({ nodes, outputs }: PipelineSpec): string => [...lines(nodes), brief(outputs)].join("\n");

describe("a recorded pipeline", () => {
  it("is a plain JSON document", () => {
    const training = pipeline(
      "training",
      { description: "Trains.", tags: ["a"], settings: { "orchestrator.local": { quiet: true } } },
      ({ path }: { path: string }) => {
        const { train } = split({ rows: load({ path }) });
        return fit.with({ as: "final", timeout: "5s" })({ rate: 0.1, rows: train });
      },
    );
    const { module: _, digest, ...spec } = training({ path: "a.csv" }).spec;
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec).toMatchInlineSnapshot(`
      {
        "description": "Trains.",
        "export": null,
        "nodes": [
          {
            "after": [],
            "id": "load",
            "inputs": {
              "fields": {
                "path": {
                  "json": "a.csv",
                  "kind": "value",
                },
              },
              "kind": "object",
            },
            "kind": "step",
            "options": {
              "settings": {
                "orchestrator.local": {
                  "quiet": true,
                },
              },
            },
            "outputs": {
              "output": "auto",
            },
            "step": "load",
          },
          {
            "after": [],
            "id": "split",
            "inputs": {
              "fields": {
                "rows": {
                  "kind": "output",
                  "node": "load",
                  "output": "output",
                },
              },
              "kind": "object",
            },
            "kind": "step",
            "options": {
              "retries": 2,
              "settings": {
                "orchestrator.local": {
                  "quiet": true,
                },
              },
            },
            "outputs": {
              "test": "auto",
              "train": "auto",
            },
            "step": "split",
          },
          {
            "after": [],
            "id": "final",
            "inputs": {
              "fields": {
                "rate": {
                  "json": 0.1,
                  "kind": "value",
                },
                "rows": {
                  "kind": "output",
                  "node": "split",
                  "output": "train",
                },
              },
              "kind": "object",
            },
            "kind": "step",
            "options": {
              "settings": {
                "orchestrator.local": {
                  "quiet": true,
                },
              },
              "timeout": "5s",
            },
            "outputs": {
              "output": "auto",
            },
            "step": "fit",
          },
        ],
        "outputs": {
          "kind": "output",
          "node": "final",
          "output": "output",
        },
        "parameters": {
          "path": {
            "json": "a.csv",
            "kind": "value",
          },
        },
        "pipeline": "training",
        "settings": {
          "orchestrator.local": {
            "quiet": true,
          },
        },
        "tags": [
          "a",
        ],
        "version": 1,
      }
    `);
  });

  it("has the same digest when recorded again, and another when anything differs", () => {
    const make = (rate: number): string => pipeline("p", () => fit({ rate }))().spec.digest;
    expect(make(1)).toBe(make(1));
    expect(make(1)).not.toBe(make(2));
  });

  it("returns nothing, handles, records, lists, plain values and calls of others", () => {
    const outputs = (build: () => any): string => brief(pipeline("p", build)().spec.outputs);
    const inner = pipeline("inner", () => ({ m: fit({ rate: 1 }), n: 2 }));
    expect(outputs(() => {})).toBe("{  }");
    expect(outputs(() => fit({ rate: 1 }))).toBe("fit.output");
    expect(outputs(() => [fit({ rate: 1 }).rate, [1, 2], null])).toBe("[fit.output.rate, [1, 2], null]");
    expect(outputs(() => ({ a: { b: fit({ rate: 1 }) }, c: { d: 1 }, u: undefined }))).toBe(
      "{ a: { b: fit.output }, c: { d: 1 }, u: rich }",
    );
    expect(outputs(() => inner())).toBe("{ m: inner/fit.output, n: 2 }");
    expect(outputs(() => ({ ...inner(), again: inner() }))).toBe("{ m: inner/fit.output, n: 2, again: { m: inner-2/fit.output, n: 2 } }");
    expect(outputs(() => new Date(0))).toBe("rich");
  });

  it("records named outputs with their materializers", () => {
    const made = step("made", { outputs: { a: json(), b: text(), c: file() } }, () => ({ a: 1, b: "", c: "" }));
    const { nodes } = pipeline("p", () => {
      const { a, b, c } = made();
      show({ v: [a, b, c] });
    })().spec;
    expect(nodes[0]).toMatchObject({ outputs: { a: "auto", b: "text", c: "file" } });
    expect(brief((nodes[1] as Extract<Node, { kind: "step" }>).inputs)).toBe("{ v: [made.a, made.b, made.c] }");
  });

  it("refuses what a call has already, and what is async", () => {
    expect(said(pipeline("p", () => ({ run: fit({ rate: 1 }) })))).toMatchInlineSnapshot(`
      "bad_output, exit 2
      Pipeline "p" returns an output called "run", and that is what its call has already.
      Give the output another name."
    `);
    expect(said(pipeline("p", () => ({ spec: 1 })))).toContain(`an output called "spec"`);
    expect(said(pipeline("p", (async () => ({ m: await (fit({ rate: 1 }) as any) })) as any))).toMatchInlineSnapshot(`
      "async_pipeline, exit 2
      Pipeline "p" is async. It is recorded, not run: drop async and await.
      What has to wait for something belongs in a step."
    `);
    expect(said(pipeline("p", () => void map([1], async () => {})))).toMatchInlineSnapshot(`
      "async_pipeline, exit 2
      The body of "map" is async. It is recorded, not run: drop async and await.
      What has to wait for something belongs in a step."
    `);
    expect(said(pipeline("p", () => ({ f: () => 1 }) as never))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      Output "f" of pipeline "p" is a function; an output must be a value or a handle. (A step passed without calling it?)"
    `);
  });

  it("leaves nothing open when something throws", () => {
    expect(() =>
      pipeline("p", () => {
        map([1], () => {
          throw new Error("mine");
        });
      })(),
    ).toThrow("mine");
    expect(currentRecording()).toBeUndefined();
    const survived = pipeline("p", () => {
      try {
        pipeline("inner", () => {
          fit({ rate: 0 });
          when(true, () => {
            throw new Error("mine");
          });
        })();
      } catch {}
      return fit({ rate: 1 });
    });
    const recorded = pipelineDefinition(survived as never).record(undefined);
    expect(told(recorded.spec)).toBe("fit { rate: 1 }\nfit.output");
    expect([...recorded.steps.keys()]).toEqual(["fit"]);
  });
});

describe("map()", () => {
  it("records a body, nested, with a handle for each leaf of what it gives", () => {
    const call = pipeline("p", () => {
      const rows = load({ path: "a" });
      const swept = map([0.1, 1], (rate, index) => ({ model: fit({ rate, rows }), index, label: "x", all: [rate] }), {
        as: "sweep",
        concurrency: 2,
        key: (rate) => `rate=${rate}`,
        onError: "settle",
      });
      const nested = map(
        map([1, 2], (i) => load({ path: i as never })),
        (rs) => map(rs, (row) => fit({ rate: row.x })),
      );
      const nothing = map(rows, (row) => void show({ v: row }));
      show.with({ after: [nothing] })({ v: swept });
      return { models: swept.model, labels: swept.label, first: (swept.all as any)[0], nested };
    });
    expect(told(call().spec)).toMatchInlineSnapshot(`
      "load { path: "a" }
      sweep over [0.1,1]
        sweep/fit { rate: sweep.item, rows: load.output }
        = { model: sweep/fit.output, index: sweep.index, label: "x", all: [sweep.item] }
      map over [1,2]
        map/load { path: map.item }
        = map/load.output
      map-2 over map.output
        map-2/map over map-2.item
          map-2/map/fit { rate: map-2/map.item.x }
          = map-2/map/fit.output
        = map-2/map.output
      map-3 over load.output
        map-3/show { v: map-3.item }
        = rich
      show { v: { model: sweep.output.model, index: sweep.output.index, label: sweep.output.label, all: [sweep.output.all.0] } } after map-3
      { models: sweep.output.model, labels: sweep.output.label, first: sweep.output.all.0, nested: map-2.output }"
    `);
    expect(call().spec.nodes[1]).toMatchObject({ kind: "map", concurrency: 2, key: true, onError: "settle" });
  });

  it("takes a list, or something that will be one", () => {
    expect(said(pipeline("p", () => void map(5 as never, () => {})))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      Map "map" was given 5 to go over; it takes a list, or the handle of one."
    `);
    expect(said(pipeline("p", () => void map({ a: 1 } as never, () => {})))).toContain("was given a record");
    expect(said(pipeline("p", () => void map(new Set([1]) as never, () => {})))).toContain("was given an instance of Set");
    expect(said(() => map([1], () => {}))).toMatchInlineSnapshot(`
      "outside_pipeline, exit 2
      map() was called outside a pipeline.
      Call it inside pipeline(…)."
    `);
  });

  it("checks its options", () => {
    const refused = (options: object): string => said(pipeline("p", () => void map([1], () => {}, options)));
    expect(refused({ concurency: 2 })).toMatchInlineSnapshot(`
      "unknown_option, exit 2
      map() has no option "concurency". Did you mean "concurrency"?
      Its options are as, concurrency, key, onError."
    `);
    expect(refused({ concurrency: 0 })).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "concurrency" of map() is 0; it takes a whole number, 1 or more."
    `);
    expect(refused({ onError: "ignore" })).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "onError" of map() is "ignore"; it takes "fail" or "settle"."
    `);
    expect(refused({ key: "id" })).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "key" of map() takes a function: (item, index) => text."
    `);
    expect(refused({ as: "a b" })).toMatchInlineSnapshot(`
      "bad_name, exit 2
      "a b" can't name a node: letters, digits, - and _ only.
      Take another name, such as "train-model"."
    `);
  });
});

describe("when()", () => {
  it("records both branches, the second in the shape of the first", () => {
    const call = pipeline("p", () => {
      const model = fit({ rate: 1 });
      const both = when(
        atLeast(model.accuracy, 0.9),
        () => ({ url: deploy({ model }), n: 1 }),
        () => ({ url: deploy({ model: 0 }), other: 2 }),
      );
      const one = when(equals(model.rate, 1), () => ({ m: model }));
      const whole = when(
        true,
        () => model,
        () => ({ rate: 0, accuracy: 0 }),
      );
      return { url: both.url, n: both.n, m: one.m, whole };
    });
    expect(told(call().spec)).toMatchInlineSnapshot(`
      "fit { rate: 1 }
      when if (fit.output.accuracy >= 0.9)
        when/deploy { model: fit.output }
        = { url: when/deploy.output, n: 1 }
        else
        when/deploy-2 { model: 0 }
        = { url: when/deploy-2.output, n: rich }
      when-2 if (fit.output.rate == 1)
        = { m: fit.output }
        else
        = { m: rich }
      when-3 if true
        = fit.output
        else
        = { rate: 0, accuracy: 0 }
      { url: when.output.url, n: when.output.n, m: when-2.output.m, whole: when-3.output }"
    `);
  });

  it("takes a boolean to come", () => {
    expect(said(pipeline("p", () => void when(1 as never, () => {})))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      The condition of "when" is 1; it takes true or false, a handle of one, or a comparison.
      Compare with atLeast, atMost or equals, or let a step return a boolean."
    `);
    expect(said(pipeline("p", () => void when(true, "then" as never)))).toMatchInlineSnapshot(`
      "bad_option, exit 2
      when() takes functions as its branches.
      Write when(condition, () => …, () => …)."
    `);
    expect(said(pipeline("p", () => void atLeast("3" as never, 1)))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      atLeast() was given "3"; it compares numbers, and handles of them.
      Anything else, compare in a step that returns a boolean."
    `);
    expect(said(pipeline("p", () => void equals({} as never, 1)))).toContain("equals() was given a record");
  });
});

describe("a pipeline in a pipeline", () => {
  const summary = pipeline("describe", ({ rows, shout = false }: { rows: any; shout?: boolean }) => {
    const stats = fit({ rate: shout ? 2 : 1, rows });
    return { stats, text: map([1], (n) => show({ v: [stats, n] })) };
  });

  it("stands inline, under its name", () => {
    const outer = pipeline("outer", () => {
      const rows = load({ path: "a" });
      const one = summary({ rows, shout: true });
      const two = summary.with({ as: "quiet" })({ rows });
      const three = summary({ rows: one.stats });
      show.with({ after: [three, pipeline("empty", () => void load({ path: "b" }))()] })({ v: two });
      return { a: one.text, b: two.text };
    });
    expect(told(outer().spec)).toMatchInlineSnapshot(`
      "load { path: "a" }
      describe/fit { rate: 2, rows: load.output }
      describe/map over [1]
        describe/map/show { v: [describe/fit.output, describe/map.item] }
        = describe/map/show.output
      quiet/fit { rate: 1, rows: load.output }
      quiet/map over [1]
        quiet/map/show { v: [quiet/fit.output, quiet/map.item] }
        = quiet/map/show.output
      describe-2/fit { rate: 1, rows: describe/fit.output }
      describe-2/map over [1]
        describe-2/map/show { v: [describe-2/fit.output, describe-2/map.item] }
        = describe-2/map/show.output
      empty/load { path: "b" }
      show { v: { stats: quiet/fit.output, text: quiet/map.output } } after describe-2/fit, describe-2/map, empty/load
      { a: describe/map.output, b: quiet/map.output }"
    `);
  });

  it("gives plain values as they are, and has no run of its own", () => {
    pipeline("p", () => {
      expect(pipeline("inner", () => 3)()).toBe(3);
      expect(pipeline("inner", () => null)()).toBe(null);
      expect({ ...summary({ rows: [] }) }).toEqual({ stats: expect.anything(), text: expect.anything() });
      expect(said(() => summary({ rows: [] }).run())).toMatchInlineSnapshot(`
        "nested_run, exit 2
        Pipeline "describe" was called inside pipeline "p" and is a part of it: it has no run() of its own.
        Use its outputs here, and run p."
      `);
      expect(said(() => summary({ rows: [] }).spec)).toMatchInlineSnapshot(`
        "nested_run, exit 2
        Pipeline "describe" was called inside pipeline "p" and is a part of it: it has no spec of its own.
        Use its outputs here, and run p."
      `);
    })();
  });

  it("refuses a misspelt parameter there, too", () => {
    expect(said(pipeline("p", () => void summary({ rows: [], shuot: true } as never)))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "describe" has no parameter "shuot". It reads rows, shout. Did you mean "shout"?"
    `);
  });
});

describe("a graph", () => {
  it("has a body's needs as those of its map or when", () => {
    const call = pipeline("p", () => {
      const rows = load({ path: "a" });
      const other = load({ path: "b" });
      const flag = fit({ rate: 1 });
      const each = map([1, 2], () => when(atLeast(flag.accuracy, 1), () => show.with({ after: [other] })({ v: rows })));
      return show({ v: each });
    });
    expect(toGraph(call().spec.nodes)).toEqual([
      { kind: "step", id: "load", dependsOn: [] },
      { kind: "step", id: "load-2", dependsOn: [] },
      { kind: "step", id: "fit", dependsOn: [] },
      {
        kind: "map",
        id: "map",
        dependsOn: ["load", "load-2", "fit"],
        onError: "fail",
        body: [
          { kind: "when", id: "map/when", dependsOn: [], then: [{ kind: "step", id: "map/when/show", dependsOn: [] }], otherwise: [] },
        ],
      },
      { kind: "step", id: "show", dependsOn: ["map"] },
    ]);
  });

  it("waits for what a body only hands through", () => {
    const call = pipeline("p", () => {
      const rows = load({ path: "a" });
      return map([1], () => rows);
    });
    expect(toGraph(call().spec.nodes)[1]).toMatchObject({ id: "map", dependsOn: ["load"] });
  });
});

describe("ten thousand steps", () => {
  it("are recorded in time that grows with their number only", () => {
    const record = (count: number): number => {
      const started = performance.now();
      const { nodes } = pipeline("p", () => {
        let last: any = 0;
        for (let n = 0; n < count; n++) last = fit({ rate: last.rate ?? 0 });
      })().spec;
      const graph = toGraph(nodes);
      expect(graph.at(-1)).toEqual({ kind: "step", id: `fit-${count}`, dependsOn: [`fit-${count - 1}`] });
      return performance.now() - started;
    };
    record(1_000);
    const [small, large] = [record(1_000), record(10_000)];
    expect(large).toBeLessThan(Math.max(small, 5) * 40);
  });
});
