import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { said, saidLater } from "../../tests/authoring/said.ts";
import { file } from "../artifact/materializer.ts";
import { BaseExperimentTracker } from "../component/experiment-tracker.ts";
import { map } from "./map.ts";
import { pipeline } from "./pipeline.ts";
import { context } from "./running-step.ts";
import { step } from "./step.ts";

describe("step.fn", () => {
  it("is the function, which gives a promise", async () => {
    expect(await step("sum", ({ a, b }: { a: number; b: number }) => a + b).fn({ a: 1, b: 2 })).toBe(3);
    await expect(
      step("bad", (): never => {
        throw new Error("mine");
      }).fn({}),
    ).rejects.toThrow("mine");
    expect(await step("none", () => "no inputs").fn(undefined as never)).toBe("no inputs");
  });

  it("fills in the context, for deeper code as well", async () => {
    const deep = async (): Promise<string> => {
      await Promise.resolve();
      return context().step.name;
    };
    const all = step("all", async (_, ctx) => {
      ctx.log.info("quiet");
      ctx.progress(1, 2);
      ctx.metadata({ rows: 1 });
      ctx.signal.throwIfAborted();
      writeFileSync(join(ctx.scratch, "a.txt"), "a");
      return {
        deep: await deep(),
        attempt: ctx.step.attempt,
        runtime: ctx.run.runtime,
        same: ctx === context(),
        files: readdirSync(ctx.scratch),
      };
    });
    expect(await all.fn({})).toEqual({ deep: "all", attempt: 1, runtime: {}, same: true, files: ["a.txt"] });
  });

  it("takes what the test gives", async () => {
    const lines: string[] = [];
    const given = step("given", async (_, { log, run, secret }) => {
      log.warn("w");
      return [run.runtime["n"], await secret("s")];
    });
    const log = { debug() {}, info() {}, warn: (line: string) => void lines.push(line), error() {} };
    expect(
      await given.fn({}, { log, run: { id: "1", name: "r", pipeline: "p", runtime: { n: 5 } }, secret: async () => ({ key: "k" }) }),
    ).toEqual([5, { key: "k" }]);
    expect(lines).toEqual(["w"]);
  });

  it("writes files that the test can read", async () => {
    const write = step("write", { output: file() }, async (_, ctx) => {
      const out = ctx.file("a.bin");
      const writer = out.writable().getWriter();
      await writer.write(new Uint8Array([1, 2]));
      await writer.close();
      return out;
    });
    const out = (await write.fn({})) as unknown as { path: string };
    expect([...readFileSync(out.path)]).toEqual([1, 2]);
    expect(await saidLater(() => step("bad", (_, ctx) => ctx.file("../up")).fn({}))).toContain("can't be the name of an output file");
  });

  it("says what it can't fill in", async () => {
    expect(await saidLater(() => step("s", (_, ctx) => ctx.secret("openai")).fn({}))).toMatchInlineSnapshot(`
      "no_context, exit 2
      Step "s" asked for the secret "openai", and s.fn() runs it without a stack.
      Give it one: s.fn(inputs, { secret: async (name) => ({ … }) })."
    `);
    expect(await saidLater(() => step("s", (_, ctx) => ctx.component(BaseExperimentTracker)).fn({}))).toMatchInlineSnapshot(`
      "no_context, exit 2
      Step "s" asked for a component (BaseExperimentTracker), and s.fn() runs it without a stack.
      Give it one: s.fn(inputs, { component: () => component })."
    `);
    expect(await saidLater(() => step("s", (_, ctx) => ctx.uri()).fn({}))).toMatchInlineSnapshot(`
      "not_yet, exit 1
      Step "s" called ctx.uri(): this version of zen does not have it yet.
      Write to ctx.file(name).path and return the file; declare its output with file()."
    `);
  });

  it("runs the function, and no step in it, even while a pipeline is recorded", async () => {
    const inner = step("inner", () => 1);
    const outer = step("outer", () => inner());
    let result: Promise<string> | undefined;
    const call = pipeline("p", () => {
      result = saidLater(() => outer.fn({}));
    })();
    expect(await result).toContain(`Step "inner" was called inside the running step "outer".`);
    expect(call.spec.nodes).toEqual([]);
    expect(await saidLater(() => step("maps", () => map([1], () => {})).fn({}))).toMatchInlineSnapshot(`
      "outside_pipeline, exit 2
      map() was called inside the running step "maps".
      It belongs in pipeline(…). In a step, values are plain: use the language itself."
    `);
  });
});

describe("context()", () => {
  it("is there while a step runs", () => {
    expect(said(() => context())).toMatchInlineSnapshot(`
      "no_context, exit 2
      context() was called where no step is running.
      Call it in a step's function, or in code that the function calls; not while a module loads, nor in pipeline(…). In a unit test, start from step.fn(inputs, context)."
    `);
    expect(said(pipeline("p", () => void context()))).toContain("where no step is running");
  });
});
