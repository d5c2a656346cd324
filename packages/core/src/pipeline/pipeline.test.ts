import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { said, saidLater } from "../../tests/authoring/said.ts";
import { isHandle } from "./handle.ts";
import { isPipeline } from "./definition.ts";
import { pipeline } from "./pipeline.ts";
import { secret } from "./secret.ts";
import { step } from "./step.ts";

const fit = step("fit", ({ rate }: { rate: number }) => ({ rate, spec: "lifted" }));

describe("a call of a pipeline", () => {
  it("is its outputs, with run and spec that a spread leaves out", () => {
    const call = pipeline("p", () => ({ model: fit({ rate: 1 }), n: 2 }))();
    expect(Object.keys({ ...call })).toEqual(["model", "n"]);
    expect(isHandle(call.model)).toBe(true);
    expect(call.run).toBeTypeOf("function");
    expect(call.spec.pipeline).toBe("p");
    expect(inspect(call)).toBe("{ model: Handle<fit.output>, n: 2 }");
  });

  it("is a list, a handle or nothing if that is what it returns", () => {
    const list = pipeline("p", () => [fit({ rate: 1 }), 2] as const)();
    expect(list).toHaveLength(2);
    expect(isHandle(list[0])).toBe(true);
    expect(list.spec.nodes).toHaveLength(1);
    const one = pipeline("p", () => fit({ rate: 1 }))();
    expect(inspect(one)).toBe("Handle<fit.output>");
    expect(inspect(one.rate)).toBe("Handle<fit.output.rate>");
    expect(one.spec.nodes).toHaveLength(1);
    expect(Object.keys(pipeline("p", () => {})())).toEqual([]);
    expect(pipeline("p", () => 3)().spec.outputs).toEqual({ kind: "value", json: 3 });
  });

  it("is recorded at once: what is wrong is said there", () => {
    expect(() =>
      pipeline("p", () => {
        throw new Error("mine");
      })(),
    ).toThrow("mine");
  });

  it("checks what run is given", async () => {
    const call = pipeline("p", () => {})() as { run(...args: unknown[]): Promise<unknown> };
    const refused = (...args: unknown[]): Promise<string> => saidLater(() => call.run(...args));
    expect(await refused({ stack: "prod" })).toMatchInlineSnapshot(`
      "bad_runtime_configuration, exit 2
      "stack" is an option of the run, not runtime configuration.
      It goes in the second argument: run({}, { stack: … })."
    `);
    expect(await refused({}, { stak: "prod" })).toMatchInlineSnapshot(`
      "unknown_option, exit 2
      A run has no option "stak". Did you mean "stack"?
      Its options are name, stack, profile, cache, signal, concurrency, onEvent, steps. Runtime configuration goes in the first argument: run({ stak: … })."
    `);
    expect(await refused({}, { concurrency: 0 })).toMatchInlineSnapshot(`
      "bad_option, exit 2
      The option "concurrency" of a run is 0; it takes a whole number, 1 or more.
      Write run({}, { concurrency: … })."
    `);
    expect(await refused({}, { name: "" })).toMatchInlineSnapshot(`
      "bad_option, exit 2
      The option "name" of a run is ""; it takes a text that isn't empty.
      Write run({}, { name: … })."
    `);
    expect(await refused({}, { signal: 1 })).toContain("takes an AbortSignal");
    expect(await refused({}, { steps: [] })).toContain("takes a record of options by node name");
    expect(await refused("prod")).toMatchInlineSnapshot(`
      "bad_option, exit 2
      run(…) takes a record as its runtime configuration, not "prod".
      Write run({ runtimeParam: 3 }, { name: … })."
    `);
    expect(await refused({}, null)).toContain("run(…) takes a record as its options, not null.");
  });
});

describe("a pipeline", () => {
  const p = pipeline("p", { description: "one", settings: { "orchestrator.local": { a: 1 } } }, () => {});

  it("has a name, and other options with with()", () => {
    expect([p.pipelineName, p.name]).toEqual(["p", "p"]);
    const other = p.with({ description: "two", tags: ["x"], settings: { "orchestrator.local": { b: 2 } } });
    expect(other().spec).toMatchObject({ description: "two", tags: ["x"], settings: { "orchestrator.local": { a: 1, b: 2 } } });
    expect(p().spec.description).toBe("one");
  });

  it("is recognised", () => {
    expect(isPipeline(p)).toBe(true);
    expect(isPipeline(p.with({}))).toBe(true);
    for (const other of [fit, p(), () => {}, {}, null]) expect(isPipeline(other)).toBe(false);
  });
});

describe("a step", () => {
  it("is called inside a pipeline only", async () => {
    expect([fit.stepName, fit.name]).toEqual(["fit", "fit"]);
    expect(said(() => fit({ rate: 1 }))).toMatchInlineSnapshot(`
      "step_outside_pipeline, exit 2
      Step "fit" was called outside a pipeline.
      Call it inside pipeline(…), or use fit.fn(inputs) to run the function itself, in a test for example."
    `);
    const outer = step("outer", () => fit({ rate: 1 }));
    expect(await saidLater(() => outer.fn({}))).toMatchInlineSnapshot(`
      "step_inside_step, exit 2
      Step "fit" was called inside the running step "outer".
      Call fit.fn(inputs) for its function, or wire both in the pipeline."
    `);
  });
});

describe("secret()", () => {
  it("takes names", () => {
    expect(said(() => secret(""))).toMatchInlineSnapshot(`
      "bad_secret, exit 2
      secret() takes the name of a secret and, perhaps, one of its keys: texts that aren't empty.
      Write secret("openai", "api_key")."
    `);
    expect(said(() => secret("a", 1 as never))).toContain("bad_secret");
  });
});
