import { describe, expect, it } from "vitest";
import { said } from "../../tests/authoring/said.ts";
import { json } from "../artifact/materializer.ts";
import { map } from "./map.ts";
import { applyRunOptions, mergeOptions } from "./options.ts";
import { pipelineDefinition, type AnyPipeline } from "./definition.ts";
import { pipeline } from "./pipeline.ts";
import type { RecordedPipeline } from "./recorded.ts";
import { secret } from "./secret.ts";
import type { Node } from "./spec.ts";
import { step } from "./step.ts";

const fit = step(
  "fit",
  { retries: 1, timeout: "1s", settings: { "orchestrator.local": { a: 1, b: 1 } } },
  ({ rate }: { rate: number }) => rate,
);
const record = (made: unknown): RecordedPipeline => pipelineDefinition(made as AnyPipeline).record(undefined);
const optionsOf = ({ spec }: RecordedPipeline, id: string): unknown =>
  (spec.nodes.find((node) => node.id === id) as Extract<Node, { kind: "step" }>).options;

describe("options", () => {
  it("of the run beat those of the call, the step and the pipeline", () => {
    const recorded = record(
      pipeline(
        "p",
        { steps: { retries: 9, timeout: "9s", cache: false, description: "pipeline" }, settings: { "orchestrator.local": { a: 9, c: 9 } } },
        () => {
          fit.with({ timeout: "2s", description: "call" }).with({ settings: { "orchestrator.local": { b: 2 } } })({ rate: 1 });
        },
      ),
    );
    expect(optionsOf(recorded, "fit")).toEqual({
      retries: 1,
      timeout: "2s",
      cache: false,
      description: "call",
      settings: { "orchestrator.local": { a: 1, b: 2, c: 9 } },
    });
    const run = applyRunOptions(recorded, { fit: { timeout: "3s", settings: { "orchestrator.local": { c: 3 } } } });
    expect(optionsOf(run, "fit")).toEqual({
      retries: 1,
      timeout: "3s",
      cache: false,
      description: "call",
      settings: { "orchestrator.local": { a: 1, b: 2, c: 3 } },
    });
    expect(run.steps.get("fit")!.options.timeout).toBe("3s");
    expect(run.spec.digest).not.toBe(recorded.spec.digest);
    expect(optionsOf(recorded, "fit")).toMatchObject({ timeout: "2s" });
    expect(recorded.steps.get("fit")!.options.timeout).toBe("2s");
  });

  it("of a pipeline inside beat those of the one around", () => {
    const inner = pipeline("inner", { steps: { cache: false } }, () => void step("bare", () => 1)());
    const recorded = record(
      pipeline("outer", { steps: { cache: true, retries: 2 } }, () => void inner.with({ steps: { description: "with" } })()),
    );
    expect(optionsOf(recorded, "inner/bare")).toEqual({ cache: false, retries: 2, description: "with" });
  });

  it("with undefined say nothing", () => {
    expect(mergeOptions({ cache: false, retries: 2 }, { cache: undefined, timeout: "1s" } as never)).toEqual({
      cache: false,
      retries: 2,
      timeout: "1s",
    });
  });

  it("stay functions beside the spec, which says that they are there", () => {
    const stop = (): boolean => false;
    const recorded = record(pipeline("p", () => void fit.with({ retries: { limit: 2, delay: "10ms", when: stop } })({ rate: 1 })));
    expect(optionsOf(recorded, "fit")).toMatchObject({ retries: { limit: 2, delay: "10ms", when: true } });
    expect(recorded.steps.get("fit")!.options.retries).toEqual({ limit: 2, delay: "10ms", when: stop });
  });

  it("reach steps in bodies, and name nodes that exist", () => {
    const recorded = record(pipeline("p", () => void map([1], (rate) => fit({ rate }), { as: "sweep" })));
    const run = applyRunOptions(recorded, { "sweep/fit": { retries: 5 } });
    expect(run.spec.nodes[0]).toMatchObject({ body: [{ id: "sweep/fit", options: { retries: 5 } }] });
    expect(said(() => applyRunOptions(recorded, { "sweep/fiz": {} }))).toMatchInlineSnapshot(`
      "no_such_node, exit 2
      Pipeline "p" has no step "sweep/fiz", which "steps" of the run names. Did you mean "sweep/fit"?
      Its steps are sweep/fit."
    `);
    expect(said(() => applyRunOptions(recorded, { sweep: {} }))).toMatchInlineSnapshot(`
      "no_such_node, exit 2
      "sweep" in "steps" of the run is a map in pipeline "p", not a step.
      Name a step in it: sweep/fit."
    `);
    expect(said(() => applyRunOptions(recorded, { "sweep/fit": { retrys: 1 } as never }))).toMatchInlineSnapshot(`
      "unknown_option, exit 2
      Step "sweep/fit" in "steps" of the run has no option "retrys". Did you mean "retries"?
      The options here are description, cache, retries, timeout, settings, tags."
    `);
    expect(said(() => applyRunOptions(recorded, { "sweep/fit": { as: "x" } as never }))).toContain(`has no option "as"`);
    expect(applyRunOptions(recorded, undefined)).toBe(recorded);
    expect(applyRunOptions(recorded, {})).toBe(recorded);
    const nested = record(pipeline("outer", () => void pipeline("inner", () => void fit({ rate: 1 }))()));
    expect(said(() => applyRunOptions(nested, { inner: {} }))).toMatchInlineSnapshot(`
      "no_such_node, exit 2
      "inner" in "steps" of the run is a pipeline in pipeline "outer", not a step.
      Name a step in it: inner/fit."
    `);
    expect(said(() => applyRunOptions(record(pipeline("p", () => {})), { fit: {} }))).toMatchInlineSnapshot(`
      "no_such_node, exit 2
      Pipeline "p" has no step "fit", which "steps" of the run names.
      It has no steps."
    `);
  });
});

describe("an option", () => {
  const define = (options: object): string => said(() => step("x", options as never, () => 1));

  it.each([
    { retries: -1 },
    { retries: 1.5 },
    { retries: "2" },
    { retries: {} },
    { retries: { limit: 1, dely: "1s" } },
    { retries: { limit: 1, delay: 5 } },
    { retries: { limit: 1, factor: 0.5 } },
    { retries: { limit: 1, jitter: 1 } },
    { retries: { limit: 1, when: true } },
    { timeout: "5 s" },
    { timeout: "0s" },
    { timeout: 5 },
    { cache: "no" },
    { description: 1 },
    { tags: "a" },
    { settings: { local: {} } },
    { settings: { "orchestrater.local": {} } },
    { settings: { "orchestrator.local": 5 } },
    { settings: { "orchestrator.local": { f: () => 1 } } },
    { retrys: 2 },
    { as: "y" },
    { outputs: [] },
    { outputs: { a: json } },
    { outputs: { "a b": json() } },
    { outputs: {}, output: json() },
  ])("is checked where it stands: %j", (options) => {
    expect(define(options)).toMatchSnapshot();
  });

  it.each([
    { retries: 0 },
    { retries: { limit: 0, delay: "0ms", factor: 1, maxDelay: "1.5h", jitter: true, when: () => true } },
    { timeout: "0.5d" },
    { cache: true, tags: [], description: "", timeout: undefined },
  ])("is accepted: %j", (options) => {
    expect(define(options)).toBe("nothing: it was accepted");
  });

  it.each([
    { resources: { cpu: 1 } },
    { stepOperator: true },
    { experimentTracker: "mlflow" },
    { env: { KEY: secret("a") } },
    { cache: { ttl: "1d" } },
    { outputs: { a: { name: "parquet" } } },
    { output: { name: "parquet", write() {} } },
  ])("that waits for a later version is refused by name: %j", (options) => {
    expect(define(options)).toMatchSnapshot();
  });

  it("to have none of what comes later is accepted", () => {
    expect(define({ stepOperator: false, experimentTracker: false })).toBe("nothing: it was accepted");
  });

  it("of a call is checked there", () => {
    expect(said(() => fit.with({ after: "load" as never }))).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "after" of step "fit" is "load"; it takes a list of handles.
      Write after: [handle]."
    `);
    expect(said(() => fit.with({ outputs: {} } as never))).toMatchInlineSnapshot(`
      "unknown_option, exit 2
      Step "fit" has no option "outputs".
      The options here are as, after, description, cache, retries, timeout, settings, tags."
    `);
    expect(said(() => fit.with({ resources: {} }))).toContain("not_yet");
    expect(said(() => fit.with(null as never))).toMatchInlineSnapshot(`
      "bad_option, exit 2
      Step "fit" was given null as its options; they are a record.
      Write { retries: 2, … }."
    `);
    expect(said(pipeline("p", () => void fit.with({ after: [fit as never] })({ rate: 1 })))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      "after" of step "fit" has a function in it; it takes handles. (A step passed without calling it?)"
    `);
  });

  it("of a pipeline is checked there", () => {
    expect(said(() => pipeline("p", { schedule: { cron: "* * * * *" } }, () => {}))).toMatchInlineSnapshot(`
      "not_yet, exit 2
      Pipeline "p" asks for the option "schedule": this version of zen does not have that yet.
      Leave it out for now."
    `);
    expect(said(() => pipeline("p", { step: {} } as never, () => {}))).toMatchInlineSnapshot(`
      "unknown_option, exit 2
      Pipeline "p" has no option "step". Did you mean "steps"?
      The options here are description, params, as, steps, settings, tags."
    `);
    expect(said(() => pipeline("p", { steps: { timeout: "soon" as never } }, () => {}))).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "timeout" of "steps" of pipeline "p" is "soon"; it takes a duration longer than nothing, such as "500ms", "30s", "5m", "2h" or "1d"."
    `);
    expect(said(() => pipeline("p", { params: { a: 1 } } as never, () => {}))).toMatchInlineSnapshot(`
      "bad_option, exit 2
      "params" of pipeline "p" is not a schema.
      Give it a schema of zod, valibot, arktype or any library with Standard Schema: params: z.object({ … })."
    `);
    expect(said(() => pipeline("p", () => {}).with({ params: {} } as never))).toContain(`has no option "params"`);
    expect(said(() => pipeline("p", undefined as never))).toMatchInlineSnapshot(`
      "bad_pipeline, exit 2
      Pipeline "p" has no function.
      Write pipeline("p", (params) => …), with options between the two if there are any."
    `);
    expect(said(() => step("x", {}, undefined as never))).toMatchInlineSnapshot(`
      "bad_step, exit 2
      Step "x" has no function.
      Write step("x", async (inputs) => …), with options between the two if there are any."
    `);
  });
});
