import { describe, expect, it } from "vitest";
import * as z from "zod";
import { said } from "../../tests/authoring/said.ts";
import type { ResolvedBinding } from "../metadata/record.ts";
import { pipelineDefinition, type AnyPipeline } from "./definition.ts";
import { pipeline } from "./pipeline.ts";
import { secret } from "./secret.ts";
import type { Binding } from "./spec.ts";
import { step } from "./step.ts";
import type { Artifact, Handle, Schema } from "./types.ts";

const show = step("show", ({ v }: { v: unknown }): void => void v);
const artifact = (binding: ResolvedBinding): Artifact<any> => ({
  "~zen": { kind: "artifact", contract: 1, binding } as never,
  id: "",
  uri: "",
  read: async () => undefined,
});
const definition = (made: unknown) => pipelineDefinition(made as AnyPipeline);

describe("parameters without a schema", () => {
  const odds = pipeline("odds", ({ fast = false, name }: { fast?: boolean; name: string }) => show({ v: [fast, name] }));

  it("are those that the builder reads", () => {
    expect(odds({ name: "n" }).spec.parameters).toEqual({ name: { kind: "value", json: "n" } });
    expect(said(() => odds({ name: "n", fats: true } as never))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "odds" has no parameter "fats". It reads fast, name. Did you mean "fast"?"
    `);
    expect(said(() => pipeline("none", () => {})({ a: 1 } as never))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "none" has no parameter "a". It reads none."
    `);
  });

  it("may be read with a rest, or handed on whole", () => {
    expect(said(() => pipeline("p", ({ a, ...rest }: { a: number; b: number }) => show({ v: { a, rest } }))({ a: 1, b: 2 }))).toBe(
      "nothing: it was accepted",
    );
    expect(said(() => pipeline("p", (params: { v: number }) => show(params))({ v: 2 }))).toBe("nothing: it was accepted");
  });

  it("that are misspelt are blamed for what the builder throws without them", () => {
    const needy = pipeline("needy", ({ path }: { path: string }) => show({ v: path.split("/") }));
    expect(said(() => needy({ paht: "a" } as never))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "needy" has no parameter "paht". It reads path. Did you mean "path"?"
    `);
    expect(() => needy({ path: 5, other: 1 } as never)).toThrow(TypeError);
  });

  it("come named", () => {
    expect(said(() => odds("n" as never))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "odds" takes a record of named parameters, not "n".
      Name them: odds({ … })."
    `);
    expect(said(() => odds(["n"] as never))).toContain("not a list.");
    expect(said(() => odds(new Date(0) as never))).toContain("not an instance of Date.");
    expect(said(() => odds(artifact({ kind: "artifact", id: "a" }) as never))).toContain("not an artifact.");
    expect(said(() => pipeline("p", () => void odds(show({ v: 1 }) as never))())).toContain("not a handle.");
  });

  it("are stored, so they must be plain data; undefined is none", () => {
    expect(odds({ name: "n", fast: undefined } as never).spec.parameters).toEqual({ name: { kind: "value", json: "n" } });
    expect(said(() => odds({ name: "n", fast: (() => true) as never }))).toMatchInlineSnapshot(`
      "bad_input, exit 2
      Parameter "fast" of pipeline "odds" is a function; a parameter must be a value or a handle. (A step passed without calling it?)"
    `);
  });

  it("may be changed by the builder without a trace", () => {
    const given = { list: [1] };
    const { spec } = pipeline("p", ({ list }: { list: number[] }) => {
      list.push(2);
    })(given);
    expect(spec.parameters).toEqual({ list: { kind: "value", json: [1] } });
  });
});

describe("an artifact among the parameters", () => {
  it("is a handle in the builder, at any depth, and a reference in the spec", () => {
    const p = pipeline("p", ({ data, limit }: { data: Handle<{ rows: { a: number }; tag: string }>; limit: number }) => {
      show({ v: [(data.rows as any).a ?? data.rows, limit] });
    });
    const { parameters, nodes } = p({ data: { rows: artifact({ kind: "artifact", id: "r", path: ["x"] }), tag: "t" }, limit: 2 }).spec;
    expect(parameters["data"]).toEqual({
      kind: "object",
      fields: { rows: { kind: "artifact", id: "r", path: ["x"] }, tag: { kind: "value", json: "t" } },
    });
    expect(nodes[0]).toMatchObject({
      inputs: { fields: { v: { items: [{ kind: "artifact", id: "r", path: ["x", "a"] }, { json: 2 }] } } },
    });
  });

  it("in parts is one value, whose properties are found in its parts", () => {
    const parts: ResolvedBinding = { kind: "object", fields: { a: { kind: "artifact", id: "1" }, b: { kind: "value", json: { c: 3 } } } };
    const p = pipeline("p", ({ m }: { m: Handle<{ a: number; b: { c: number }; d: number }> }) => ({ m, a: m.a, c: m.b.c, d: m.d }));
    expect(p({ m: artifact(parts) }).spec.outputs).toMatchObject({
      fields: {
        m: { ...parts, whole: true },
        a: { kind: "artifact", id: "1" },
        c: { kind: "value", json: 3 },
        d: { kind: "value", rich: expect.any(String) },
      },
    });
  });
});

describe("parameters with a schema", () => {
  const training = pipeline(
    "training",
    { params: z.object({ path: z.string(), rates: z.array(z.number()).default([1]), limit: z.coerce.number().optional() }) },
    ({ path, rates, limit }) => {
      show({ v: [path, rates.length, limit] });
    },
  );

  it("are what the schema makes of them", () => {
    const { parameters, nodes } = training({ path: "a", limit: "0.5" }).spec;
    expect(parameters).toEqual({
      path: { kind: "value", json: "a" },
      rates: { kind: "value", json: [1] },
      limit: { kind: "value", json: 0.5 },
    });
    expect(nodes[0]).toMatchObject({ inputs: { fields: { v: { json: ["a", 1, 0.5] } } } });
  });

  it("are refused with their names", () => {
    expect(said(() => training({} as never))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "training" can't take these parameters: "path" is missing.
      Its parameters are path, rates, limit."
    `);
    expect(said(() => training({ path: 1, rates: [1, "x"] } as never))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "training" can't take these parameters: "path": Invalid input: expected string, received number; "rates.1": Invalid input: expected number, received string.
      Its parameters are path, rates, limit."
    `);
    expect(said(() => training({ path: "a", ratez: [] } as never))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "training" has no parameter "ratez". It takes path, rates, limit. Did you mean "rates"?"
    `);
    const open = pipeline("open", { params: z.looseObject({ a: z.number() }) }, () => {});
    expect(open({ a: 1, b: 2 }).spec.parameters).toHaveProperty("b");
    const refined = pipeline(
      "refined",
      { params: z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a < b, "a must be below b") },
      () => {},
    );
    expect(said(() => refined({ a: 2, b: 1 }))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "refined" can't take these parameters: a must be below b.
      Its parameters are a, b."
    `);
  });

  it("must be known at once, and have names", () => {
    const later = pipeline("later", { params: z.object({ a: z.string().refine(async () => true) }) }, () => {});
    expect(said(() => later({ a: "" }))).toMatchInlineSnapshot(`
      "async_schema, exit 2
      The params of pipeline "later" are validated asynchronously, and a pipeline is recorded at once.
      Leave the asynchronous check out of the schema, and do it in a step."
    `);
    expect(said(() => pipeline("text", { params: z.string() }, () => {})({} as never))).toContain("Invalid input");
    const odd: Schema<object, string> = { "~standard": { version: 1, vendor: "mine", validate: () => ({ value: "text" }) } };
    expect(said(() => pipeline("odd", { params: odd }, () => {})({}))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      The params of pipeline "odd" give no record of named parameters.
      Give it the schema of an object: params: z.object({ … })."
    `);
  });

  it("of any library report what that library says", () => {
    const mine = (result: unknown): Schema => ({ "~standard": { version: 1, vendor: "mine", validate: () => result } });
    const issues = [{ message: "too small", path: [{ key: "a" }, 0] }, { message: "no good" }];
    expect(said(() => pipeline("p", { params: mine({ issues }) }, () => {})({}))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "p" can't take these parameters: "a.0": too small; no good."
    `);
    expect(said(() => pipeline("p", { params: mine(Promise.reject(new Error())) }, () => {})({}))).toContain("async_schema");
    expect(pipeline("p", { params: mine({ value: { a: 1 } }) }, () => {})({ whatever: 1 }).spec.parameters).toEqual({
      a: { kind: "value", json: 1 },
    });
  });

  it("take wires where the schema has no type for them", () => {
    const p = pipeline(
      "p",
      { params: z.object({ rows: z.custom<Handle<number[]>>(), n: z.number() }) },
      ({ rows, n }) => void show({ v: [rows, n] }),
    );
    expect(p({ rows: artifact({ kind: "artifact", id: "r" }) as never, n: 1 }).spec.nodes[0]).toMatchObject({
      inputs: { fields: { v: { items: [{ kind: "artifact", id: "r" }, { json: 1 }] } } },
    });
    expect(said(() => p({ rows: 1, m: 1 } as never))).toContain(`has no parameter "m". It takes rows, n.`);
  });
});

describe("parameters of a command line", () => {
  it("are coerced as the schema says", () => {
    const p = pipeline(
      "p",
      { params: z.object({ zip: z.string(), n: z.number(), on: z.boolean().default(false), list: z.array(z.number()).optional() }) },
      () => {},
    );
    expect(definition(p).recordFromText({ zip: "007", n: "3", on: "true", list: "[1, 2]" }).spec.parameters).toEqual({
      zip: { kind: "value", json: "007" },
      n: { kind: "value", json: 3 },
      on: { kind: "value", json: true },
      list: { kind: "value", json: [1, 2] },
    });
    expect(said(() => definition(p).recordFromText({ zip: "007", n: "three" }))).toMatchInlineSnapshot(`
      "bad_parameters, exit 2
      Pipeline "p" can't take these parameters: "n": Invalid input: expected number, received string.
      Its parameters are zip, n, on, list."
    `);
    expect(said(() => definition(p).recordFromText({ zap: "007" }))).toMatchInlineSnapshot(`
      "unknown_parameter, exit 2
      Pipeline "p" has no parameter "zap". It takes zip, n, on, list. Did you mean "zip"?"
    `);
    expect(definition(p).parametersSchema()).toMatchObject({ type: "object", required: ["zip", "n"] });
  });

  it("are JSON where they read back so, without a schema", () => {
    const p = pipeline("p", ({ a, b }: { a?: unknown; b?: unknown }) => void show({ v: [a, b] }));
    expect(definition(p).recordFromText({ a: "007", b: "1.5" }).spec.parameters).toEqual({
      a: { kind: "value", json: "007" },
      b: { kind: "value", json: 1.5 },
    });
    expect(said(() => definition(p).recordFromText({ c: "1" }))).toContain(`Pipeline "p" has no parameter "c". It reads a, b.`);
    expect(definition(p).parametersSchema()).toBeUndefined();
  });

  it("go with the export's name", () => {
    const { spec } = definition(pipeline("p", () => {})).recordFromText({}, { export: "training" });
    expect(spec.export).toBe("training");
    expect(spec.digest).not.toBe(pipeline("p", () => {})().spec.digest);
  });
});

describe("parameters of a stored spec", () => {
  it("record the same again, past the schema", () => {
    let validated = 0;
    const once = z.object({ at: z.date(), n: z.string().transform((text) => (validated++, text.length)) });
    const p = pipeline("p", { params: once }, ({ at, n }) => void show({ v: [at, n] }));
    const first = definition(p).record({ at: new Date(5), n: "four" });
    const again = definition(p).recordFromStored(JSON.parse(JSON.stringify(first.spec.parameters)) as Record<string, Binding>);
    expect(validated).toBe(1);
    expect(again.spec).toEqual(first.spec);
    expect([...again.steps.keys()]).toEqual(["show"]);
  });

  it("come with their artifacts and secrets", () => {
    const p = pipeline("p", ({ a, b, key }: { a: Handle<unknown>; b: Handle<unknown[]>; key: unknown }) => void show({ v: { a, b, key } }));
    const parts: ResolvedBinding = { kind: "list", items: [{ kind: "artifact", id: "1" }] };
    const first = definition(p).record({ a: [artifact({ kind: "artifact", id: "2" })], b: artifact(parts), key: { k: secret("s", "k") } });
    expect(definition(p).recordFromStored(first.spec.parameters).spec).toEqual(first.spec);
  });
});
