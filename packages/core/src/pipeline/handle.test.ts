import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { said, saidLater } from "../../tests/authoring/said.ts";
import { atLeast } from "./compare.ts";
import { isHandle } from "./handle.ts";
import { map } from "./map.ts";
import { pipeline } from "./pipeline.ts";
import { step } from "./step.ts";
import { when } from "./when.ts";

const rows = step("rows", () => [{ x: 1, y: 2 }]);
const fit = step("fit", ({ rate }: { rate: number }) => ({ rate, nested: { a: { b: "deep" } } }));

/** Uses a handle while it is recorded, as plain JavaScript may. */
const using = (use: (handle: any) => unknown): (() => unknown) => pipeline("p", () => void use(rows()));

describe("a handle while the pipeline is recorded", () => {
  it.each([
    ["as text", (h: any) => `${h}`],
    ["added", (h: any) => h + 1],
    ["in arithmetic", (h: any) => h * 2],
    ["compared", (h: any) => h > 1],
    ["as a key", (h: any) => ({} as any)[h]],
    ["String()", (h: any) => String(h)],
    ["toString()", (h: any) => h.toString()],
    ["JSON.stringify", (h: any) => JSON.stringify({ deep: [h] })],
    ["a Date of it", (h: any) => new Date(h)],
  ])("is refused as a value: %s", (_, use) => {
    expect(said(using(use))).toBe(
      "handle_used_as_value, exit 2\nrows.output was used as text or in arithmetic, but it has no value while the pipeline is recorded.\nDo that in a step, or branch with when().",
    );
  });

  it("is refused in a spread, and where its properties are listed", () => {
    expect(said(using((h) => ({ ...h })))).toMatchInlineSnapshot(`
      "handle_spread, exit 2
      rows.output was spread, or its properties were listed, but it has no value while the pipeline is recorded.
      Name the properties: ({ a: h.a })."
    `);
    expect(said(using((h) => Object.keys(h)))).toContain("Name the properties");
    expect(
      said(
        using((h) => {
          for (const key in h) void key;
        }),
      ),
    ).toContain("Name the properties");
    expect(said(using((h) => Object.hasOwn(h, "x")))).toMatchInlineSnapshot(`
      "handle_spread, exit 2
      rows.output was asked which properties it has, but it has no value while the pipeline is recorded.
      Name the properties: ({ a: h.a })."
    `);
  });

  it("is refused as a list", () => {
    expect(
      said(
        using((h) => {
          for (const row of h) void row;
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_iterated, exit 2
      rows.output was iterated, but it has no value while the pipeline is recorded.
      Use map(handle, (item) => …), or loop in a step."
    `);
    expect(said(using((h) => [...h]))).toContain("was iterated");
    expect(
      said(
        using((h) => {
          const [first] = h;
          return first;
        }),
      ),
    ).toContain("was iterated");
    expect(said(using((h) => h.map((row: unknown) => row)))).toMatchInlineSnapshot(`
      "handle_called, exit 2
      rows.output.map was called, but it has no value while the pipeline is recorded.
      To go over a list, use map(handle, (item) => …); anything else that needs the value, do in a step."
    `);
  });

  it("is refused by await", async () => {
    let refused: Promise<string> | undefined;
    pipeline("p", () => {
      const handle = rows();
      refused = saidLater(() => Promise.resolve(handle));
    })();
    expect(await refused).toMatchInlineSnapshot(`
      "handle_awaited, exit 2
      rows.output was awaited, but it has no value: its pipeline has been recorded, not run.
      Run the pipeline, const run = await call.run(), and read what it returned: await run.outputs.….read()."
    `);
  });

  it("can't be asked with in, nor changed", () => {
    expect(said(using((h) => "x" in h))).toMatchInlineSnapshot(`
      "handle_used_as_value, exit 2
      rows.output was asked with "in" whether it has x, but it has no value while the pipeline is recorded.
      Do that in a step, or branch with when()."
    `);
    expect(
      said(
        using((h) => {
          h.x = 1;
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_changed, exit 2
      rows.output was given a new x, but it has no value while the pipeline is recorded.
      Make a changed copy in a step."
    `);
    expect(
      said(
        using((h) => {
          delete h.x;
        }),
      ),
    ).toMatchInlineSnapshot(`
      "handle_changed, exit 2
      rows.output was to lose its x, but it has no value while the pipeline is recorded.
      Make a changed copy in a step."
    `);
  });

  it("says which part it is", () => {
    const call = pipeline("p", () => {
      const { nested } = fit({ rate: 1 });
      const each = map(rows(), (row, index) => ({ x: row.x, index }));
      const list: string[] = [nested.a.b, each.x, atLeast(fit({ rate: 2 }).rate, 0.5), (nested as any)["two words"]].map((handle) =>
        inspect(handle),
      );
      map(rows(), (row, index) => void list.push(inspect(row.x), inspect(index)));
      expect(list).toEqual([
        "Handle<fit.output.nested.a.b>",
        "Handle<map.output.x>",
        "Handle<fit-2.output.rate >= 0.5>",
        'Handle<fit.output.nested["two words"]>',
        "Handle<map-2.item.x>",
        "Handle<map-2.index>",
      ]);
    });
    call();
  });

  it("is known as a handle, and nothing else is", () => {
    pipeline("p", () => {
      expect(isHandle(rows())).toBe(true);
      expect(isHandle(fit({ rate: 1 }).nested.a)).toBe(true);
      expect(isHandle(when(true, () => rows()))).toBe(true);
    })();
    for (const other of [undefined, null, 1, "text", {}, [], rows, () => {}, { "~zen": 1 }]) expect(isHandle(other)).toBe(false);
  });
});

describe("a handle where nothing is recorded", () => {
  const call: any = pipeline("p", () => ({ model: fit({ rate: 1 }) }))();

  it("says that its pipeline has to be run", () => {
    expect(said(() => `${call.model.rate}`)).toMatchInlineSnapshot(`
      "handle_used_as_value, exit 2
      fit.output.rate was used as text or in arithmetic, but it has no value: its pipeline has been recorded, not run.
      Run the pipeline, const run = await call.run(), and read what it returned: await run.outputs.….read()."
    `);
  });

  it("says, in a step that has captured it, that it has to be an input", async () => {
    const bad = step("bad", () => call.model.rate + 1);
    expect(await saidLater(() => bad.fn({}))).toMatchInlineSnapshot(`
      "handle_captured, exit 2
      Step "bad" uses fit.output.rate, a handle from the pipeline around it.
      Give it as an input: bad({ x: … })."
    `);
    const returned = step("bad", () => call.model);
    expect(await saidLater(() => returned.fn({}))).toContain(`Step "bad" uses fit.output, a handle from the pipeline around it.`);
  });
});
