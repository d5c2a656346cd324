import { describe, expect, it } from "vitest";
import { said } from "../../tests/authoring/said.ts";
import { decodeValue } from "../artifact/encode.ts";
import type { ResolvedBinding } from "../metadata/record.ts";
import { map } from "./map.ts";
import { pipeline } from "./pipeline.ts";
import { secret } from "./secret.ts";
import type { Binding, Node } from "./spec.ts";
import { step } from "./step.ts";
import type { Artifact, Handle } from "./types.ts";
import { when } from "./when.ts";

const rows = step("rows", () => [{ x: 1 }]);
const either = step("either", ({ a }: { a: string | number }) => a);
const show = step("show", ({ v }: { v: unknown }): void => void v);

const artifact = (binding: ResolvedBinding): Artifact<any> => ({
  "~zen": { kind: "artifact", contract: 1, binding } as never,
  id: "",
  uri: "",
  read: async () => undefined,
});

/** What the input `v` of one step is recorded as. */
function bound(value: () => unknown): Binding {
  const { nodes } = pipeline("p", () => void show({ v: value() }))().spec;
  const { inputs } = nodes.at(-1) as Extract<Node, { kind: "step" }>;
  return (inputs as Extract<Binding, { kind: "object" }>).fields["v"]!;
}

const refused = (value: () => unknown): string => said(() => bound(value));

describe("an input", () => {
  it("is one binding if nothing in it is wired, whatever its size and kind", () => {
    expect(bound(() => ({ a: [1, { b: null }], c: "text" }))).toEqual({ kind: "value", json: { a: [1, { b: null }], c: "text" } });
    const exact = new Map<string, unknown>([
      ["at", new Date(0)],
      ["n", 5n],
      ["u", undefined],
    ]);
    const rich = bound(() => exact) as { rich: string };
    expect(decodeValue("rich", rich.rich)).toEqual(exact);
  });

  it("is a tree where handles stand in literals", () => {
    expect(bound(() => ({ data: { rows: rows(), tag: "x" }, list: [either({ a: 1 }), [2, 3]] }))).toEqual({
      kind: "object",
      fields: {
        data: { kind: "object", fields: { rows: { kind: "output", node: "rows", output: "output" }, tag: { kind: "value", json: "x" } } },
        list: {
          kind: "list",
          items: [
            { kind: "output", node: "either", output: "output" },
            { kind: "value", json: [2, 3] },
          ],
        },
      },
    });
  });

  it("keeps a key called __proto__, and holes in lists", () => {
    const literal = Object.fromEntries([["__proto__", 1]]);
    expect(bound(() => ({ literal, h: rows() }))).toMatchObject({ fields: { literal: { kind: "value" } } });
    expect(Object.keys((bound(() => Object.fromEntries([["__proto__", rows()]])) as Extract<Binding, { kind: "object" }>).fields)).toEqual([
      "__proto__",
    ]);
  });

  it("is a copy: a change after the call doesn't count", () => {
    const list = [1];
    const call = pipeline("p", () => {
      show({ v: list });
      list.push(2);
    })();
    expect(call.spec.nodes[0]).toMatchObject({ inputs: { fields: { v: { json: [1] } } } });
  });

  it("takes artifacts, in parts too, and secrets", () => {
    expect(bound(() => [artifact({ kind: "artifact", id: "a1", path: ["x"] })])).toEqual({
      kind: "list",
      items: [{ kind: "artifact", id: "a1", path: ["x"] }],
    });
    const parts: ResolvedBinding = {
      kind: "list",
      items: [
        { kind: "artifact", id: "a1" },
        { kind: "value", json: 2 },
      ],
    };
    expect(bound(() => artifact(parts))).toEqual({ ...parts, whole: true });
    expect(bound(() => ({ key: secret("openai", "api_key"), all: secret("openai") }))).toEqual({
      kind: "object",
      fields: { key: { kind: "secret", name: "openai", key: "api_key" }, all: { kind: "secret", name: "openai" } },
    });
  });

  it("takes the handle of a record for all inputs at once", () => {
    const { nodes } = pipeline("p", () => void either(step("make", () => ({ a: 1 }))() as never))().spec;
    expect(nodes[1]).toMatchObject({ inputs: { kind: "output", node: "make", output: "output" } });
  });

  it("may stand in several places, and a large one is looked at once", () => {
    let shared: object = { leaf: 1 };
    for (let depth = 0; depth < 60; depth++) shared = { left: shared, right: shared };
    // Only the walk: storing it writes each place out.
    expect(refused(() => ({ shared, f: () => 1 }))).toContain("show.v.f is a function");
  });

  it("is refused if it is no plain data, with its place", () => {
    expect(refused(() => rows)).toMatchInlineSnapshot(`
      "bad_input, exit 2
      show.v is a function; a step's input must be a value or a handle. (A step passed without calling it?)"
    `);
    expect(refused(() => ({ deep: [{ f: () => 1 }] }))).toContain(
      "show.v.deep[0].f is a function; a step's input must be a value or a handle.",
    );
    expect(refused(() => Promise.reject(new Error("x")))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      show.v is a promise; a step's input must be a value or a handle. (A pipeline is recorded, not run: await belongs in a step.)"
    `);
    class Model {}
    expect(refused(() => ({ list: [new Model()] }))).toMatchInlineSnapshot(`
      "not_storable, exit 2
      show.v.list[0] is an instance of the class Model; a step's input must be plain data or a handle.
      Plain data is what JSON has, and Date, Map, Set, bigint, RegExp, URL, bytes and typed arrays. Handles may stand in objects and lists."
    `);
    expect(refused(() => Symbol("s"))).toContain("show.v is a symbol");
    expect(
      refused(() => ({
        get lazy() {
          throw new Error("was read");
        },
      })),
    ).toContain("show.v.lazy");
  });

  it("is refused if it nests too deep to be stored", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(refused(() => deep)).toContain("is nested more than 1000 levels deep; a step's input must be plain data or a handle.");
  });

  it("is refused if a handle stands where none can be found again", () => {
    expect(refused(() => new Map([["k", { h: rows() }]]))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      show.v.get("k").h is a handle; handles, artifacts and secrets may stand in plain objects and lists only, and in none that contains itself."
    `);
    expect(refused(() => new Set([rows()]))).toContain("is a handle");
    const cyclic: Record<string, unknown> = { h: rows };
    expect(
      refused(() => {
        cyclic["h"] = rows();
        cyclic["self"] = cyclic;
        return cyclic;
      }),
    ).toContain("none that contains itself");
    expect(
      bound(() => {
        const plain: Record<string, unknown> = {};
        plain["self"] = plain;
        return plain;
      }),
    ).toHaveProperty("rich");
  });

  it("has a name", () => {
    expect(said(pipeline("p", () => void (show as any)("text")))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      Step "show" was given "text" as its inputs; they are a record.
      Name them: show({ … })."
    `);
    expect(said(pipeline("p", () => void (show as any)([1])))).toContain("was given a list as its inputs");
    expect(said(pipeline("p", () => void (show as any)(null)))).toContain("was given null as its inputs; they are a record.");
  });
});

describe("a handle", () => {
  it("may be used in bodies inside, and not outside of its body", () => {
    let leaked: any;
    expect(
      said(
        pipeline("p", () => {
          map(rows(), (row) => {
            leaked = either({ a: row.x });
          });
          either({ a: leaked });
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_leaked, exit 2
      either.a is wired to map/either.output, which was made inside another map(), when() or pipeline.
      Return it from that body and use what map() or when() gives back."
    `);
    expect(
      said(
        pipeline("p", () => {
          when(
            true,
            () => {
              leaked = rows();
            },
            () => {
              show({ v: { deep: [leaked] } });
            },
          );
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_leaked, exit 2
      when/show.v.deep[0] is wired to when/rows.output, which was made inside another map(), when() or pipeline.
      Return it from that body and use what map() or when() gives back."
    `);
    expect(
      said(
        pipeline("p", () => {
          pipeline("inner", () => {
            leaked = rows();
          })();
          return { x: leaked };
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_leaked, exit 2
      Output "x" of pipeline "p" is wired to inner/rows.output, which was made inside another map(), when() or pipeline.
      Return it from that body and use what map() or when() gives back."
    `);
    expect(
      said(
        pipeline("p", () => {
          map(rows(), () => {
            leaked = pipeline("inner", () => void rows())();
          });
          show.with({ after: [leaked] })({ v: 1 });
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_leaked, exit 2
      "after" of step "show" is wired to the call of a pipeline, which was made inside another map(), when() or pipeline.
      Return it from that body and use what map() or when() gives back."
    `);
    expect(
      said(
        pipeline("p", () => {
          const outside = rows();
          return map([1], () => map([2], (item) => ({ item, outside, inside: show({ v: [outside, item] }) })));
        }),
      ),
    ).toBe("nothing: it was accepted");
  });

  it("belongs to its own recording", () => {
    const other = pipeline("other", () => ({ rows: rows() }))();
    expect(said(pipeline("p", () => void show({ v: [other.rows] })))).toMatchInlineSnapshot(`
      "handle_of_another_pipeline, exit 2
      show.v[0] is wired to rows.output of another pipeline's recording.
      Run that pipeline and pass run.outputs.…, or call it inside this one."
    `);
    expect(said(pipeline("p", () => void map(other.rows, () => {})))).toContain(
      "map.items is wired to rows.output of another pipeline's recording.",
    );
    expect(said(pipeline("p", () => void when(other.rows as never, () => {})))).toContain(
      "when.condition is wired to rows.output of another",
    );
    expect(said(pipeline("p", () => ({ x: other.rows })))).toContain(`Output "x" of pipeline "p" is wired to rows.output of another`);
    expect(said(() => pipeline("p", ({ r }: { r: Handle<{ x: number }[]> }) => void show({ v: r }))({ r: other.rows }))).toContain(
      `Parameter "r" of pipeline "p" is wired to rows.output of another`,
    );
  });
});
