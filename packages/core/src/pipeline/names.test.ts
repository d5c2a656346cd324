import { describe, expect, it } from "vitest";
import { said } from "../../tests/authoring/said.ts";
import { map } from "./map.ts";
import { NodeNames } from "./names.ts";
import { pipeline } from "./pipeline.ts";
import { step } from "./step.ts";

const rows = step("rows", () => [1]);

describe("the name of a node", () => {
  it("is the step's, then numbered, and numbers that are pinned are left out", () => {
    const { nodes } = pipeline("p", () => {
      rows.with({ as: "rows-2" })();
      for (let n = 0; n < 4; n++) rows();
    })().spec;
    expect(nodes.map(({ id }) => id)).toEqual(["rows-2", "rows", "rows-3", "rows-4", "rows-5"]);
  });

  it("is counted within each body and pipeline on its own", () => {
    const { nodes } = pipeline("p", () => {
      rows();
      map([1], () => {
        rows();
        rows();
      });
      pipeline("inner", () => {
        rows();
        rows();
      })();
    })().spec;
    expect(nodes.flatMap((node) => [node.id, ...(node.kind === "map" ? node.body.map(({ id }) => id) : [])])).toEqual([
      "rows",
      "map",
      "map/rows",
      "map/rows-2",
      "inner/rows",
      "inner/rows-2",
    ]);
  });

  it("is found in constant time, however often it is taken", () => {
    const names = new NodeNames("p", "");
    const started = performance.now();
    for (let n = 0; n < 100_000; n++) names.claim("fit");
    expect(names.claim("fit")).toBe("fit-100001");
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it("stands once", () => {
    expect(
      said(
        pipeline("p", () => {
          rows.with({ as: "a" })();
          rows.with({ as: "a" })();
        }),
      ),
    ).toMatchInlineSnapshot(`
      "duplicate_node, exit 2
      Two nodes of pipeline "p" are called "a".
      Give one of them another name: .with({ as: "…" }). Without "as", zen numbers them itself."
    `);
    expect(
      said(
        pipeline("p", () => {
          map([1], () => {
            rows.with({ as: "a" })();
            rows.with({ as: "a" })();
          });
        }),
      ),
    ).toContain(`Two nodes of pipeline "p" are called "map/a".`);
    expect(
      said(
        pipeline("p", () => {
          rows.with({ as: "a" })();
          pipeline("a", () => void rows())();
        }),
      ),
    ).toBe("nothing: it was accepted");
  });

  it("has letters, digits, - and _, 200 in all", () => {
    expect(said(() => rows.with({ as: "a b" }))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      "a b" can't name a node: letters, digits, - and _ only.
      Take another name, such as "train-model"."
    `);
    expect(said(() => step("a/b", () => 1))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      "a/b" can't name a step: letters, digits, - and _ only.
      Take another name, such as "train-model"."
    `);
    expect(said(() => pipeline("", () => {}))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      "" can't name a pipeline: letters, digits, - and _ only.
      Take another name, such as "train-model"."
    `);
    expect(said(() => step("é", () => 1))).toContain(`"é" can't name a step`);
    expect(said(() => step(undefined as never, () => 1))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      undefined can't name a step: a name is a text.
      Take another name, such as "train-model"."
    `);
    expect(said(() => step("x".repeat(201), () => 1))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" can't name a step: it has 201 characters, and 200 is the most.
      Take another name, such as "train-model"."
    `);
    const long = "x".repeat(120);
    expect(said(pipeline("p", () => void map([1], () => void rows.with({ as: long })(), { as: long })))).toMatchInlineSnapshot(`
      "bad_name, exit 2
      The node "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" of pipeline "p" has an id of 241 characters, and 200 is the most.
      Give it, or what is around it, a shorter name: .with({ as: "…" })."
    `);
  });
});
