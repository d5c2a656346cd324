import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { load } from "js-yaml";
import { afterAll, expect, test } from "vitest";
import { COMPONENT_TYPES, type ComponentType } from "../component/component-type.ts";
import { isZenError } from "../error/zen-error.ts";
import type { Json } from "../pipeline/types.ts";
import type { Context } from "../repository/context.ts";
import { assertName } from "../store/name.ts";
import type { ComponentRecord, StackChange } from "../store/stack-store.ts";
import { applyStacks } from "./apply-stacks.ts";
import { exportStack } from "./export-stack.ts";
import { Machine } from "./flavors.fixture.ts";
import { formatStackFile } from "./format-stack-file.ts";
import { importStacks } from "./import-stacks.ts";
import { parseStackFiles } from "./merge-stack-files.ts";
import { planStacks } from "./plan-stacks.ts";
import type { StackFileText } from "./stack-file.ts";

const RUNS = { numRuns: 15 };
const machine = new Machine(afterAll);
const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(new URL("../../schemas/stacks.schema.json", import.meta.url), "utf8")),
);

const isName = (name: string): boolean => {
  try {
    assertName("stack", name);
    return true;
  } catch {
    return false;
  }
};
const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/).filter(isName),
  fc.constantFrom("true", "null", "007", "1e3", "y", "0x1f", "1.0", "2020-01-01", "default.x"),
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom(
    "a=b",
    "two\nlines\n",
    " x ",
    "yes",
    "007",
    "~",
    "- a",
    "#",
    "a: b",
    "{{env.NAME}}",
    "'",
    '"',
    "\t",
    "\r\n",
    "é\u0301",
    "😀",
    "1:20",
    "|",
    ">-\n x",
    "\u2028",
    "\ufeffx",
  ),
  fc.constantFrom("/data/a", "/data/a/b", "/data", "C:\\x\\y", "file:///data/a/c", "/srv/x y", "/"),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0 || 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => !/passw|secret|token|key|credential/i.test(key)),
      tie("value"),
      { maxKeys: 3 },
    ),
  ),
})).value;

interface Part {
  readonly name: string;
  readonly flavor: string;
  readonly package: string | undefined;
  readonly config: Record<string, Json>;
}

/** Components of flavors that are installed, with settings that their classes keep as they are. */
const parts = fc.record({
  orchestrator: fc.record({
    name,
    flavor: fc.constant("local"),
    package: fc.constant("@zen/integration-local"),
    config: fc
      .option(json.filter((value) => value !== null))
      .map((settings): Record<string, Json> => (settings === null ? {} : { settings })),
  }),
  metadata_store: fc.record({
    name,
    flavor: fc.constant("sqlite"),
    package: fc.constant("@zen/integration-local"),
    config: fc.record({ uri: text }),
  }),
  artifact_store: fc.oneof(
    fc.record({
      name,
      flavor: fc.constantFrom("s3", "bucket"),
      package: fc.constant("@zen/integration-s3"),
      config: fc.record(
        {
          path: text.map((end) => `s3://${end}`),
          region: text,
          secret_access_key: fc.constantFrom("{{env.A_B}}", "{{ env.X }}"),
          endpoint: text,
        },
        { requiredKeys: ["path", "region"] },
      ),
    }),
    fc.record({
      name,
      flavor: fc.constantFrom("local", "files"),
      package: fc.constant("@zen/integration-local"),
      config: fc.record({ path: fc.constantFrom("/data/a", "/mnt/x", "/data/a/b/") }),
    }),
  ),
});
const stack = fc.tuple(name, parts);

let folders = 0;

/** A profile that has no more than these stacks; of components of one name the first counts. */
async function profileOf(stacks: readonly (readonly [string, Partial<Record<ComponentType, Part>>])[]): Promise<Context> {
  const context = await machine.open(join(machine.root, `config-${++folders}`));
  const { store } = context;
  const before: StackChange[] = [];
  for (const { name: old } of await store.listStacks()) before.push({ kind: "delete_stack", name: old });
  for (const { type } of COMPONENT_TYPES)
    for (const { name: old } of await store.listComponents(type)) before.push({ kind: "delete_component", type, name: old });
  const components = new Map<string, ComponentRecord>();
  const changes: StackChange[] = [];
  for (const [stackName, own] of stacks) {
    for (const [type, part] of Object.entries(own) as [ComponentType, Part][]) {
      const key = `${type}/${part.name}`;
      if (!components.has(key)) components.set(key, { ...part, type, uuid: crypto.randomUUID(), version: "1.0.0", contract: 1 });
    }
    const named = Object.entries(own).map(([type, part]) => [type, components.get(`${type}/${part.name}`)!.name]);
    changes.push({ kind: "create_stack", stack: { name: stackName, components: Object.fromEntries(named) } });
  }
  const made = [...components.values()].map((component): StackChange => ({ kind: "create_component", component }));
  await store.commit([...before, ...made, ...changes]);
  return context;
}

const sourceOf = (exported: string, n = 1): StackFileText => ({ source: `the file ${n}.yaml`, text: exported });
const unlessNamesakes = (stacks: readonly (readonly [string, unknown])[]): boolean =>
  new Set(stacks.map(([stackName]) => stackName)).size === stacks.length;
const someStacks = fc.array(stack, { minLength: 1, maxLength: 3 }).filter(unlessNamesakes);

test("an export that is imported elsewhere gives the same export, and its schema holds", async () => {
  await fc.assert(
    fc.asyncProperty(stack, async ([stackName, own]) => {
      const here = await profileOf([[stackName, own]]);
      const { text: exported } = await exportStack(here, stackName);
      expect(validate(load(exported)), JSON.stringify(validate.errors)).toBe(true);
      const there = await profileOf([]);
      await importStacks(there, await parseStackFiles([sourceOf(exported)]), {});
      expect((await exportStack(there, stackName)).text).toBe(exported);
      expect(exported).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    }),
    RUNS,
  );
}, 120_000);

test("an export differs in nothing from the profile that it came from, with classes and without", async () => {
  const bare = new Machine(afterAll, []);
  await fc.assert(
    fc.asyncProperty(someStacks, fc.boolean(), async (stacks, keepPaths) => {
      const context = await profileOf(stacks);
      const files: StackFileText[] = [];
      for (const [stackName] of stacks) files.push(sourceOf((await exportStack(context, stackName, { keepPaths })).text, files.length));
      const declared = await parseStackFiles(files);
      const nothing = { create: 0, update: 0, delete: 0, changes: [] };
      expect((await planStacks(context, declared, { prune: true, onlyCompare: true })).plan).toMatchObject(nothing);
      const without = await bare.open(context.configFolder);
      expect((await planStacks(without, declared, { prune: true, onlyCompare: true })).plan).toMatchObject(nothing);
    }),
    RUNS,
  );
}, 120_000);

test("applying twice is applying once, in whatever order the files are", async () => {
  await fc.assert(
    fc.asyncProperty(someStacks, someStacks, async (stacks, others) => {
      const here = await profileOf(stacks);
      const files: StackFileText[] = [];
      for (const [stackName] of stacks) files.push(sourceOf((await exportStack(here, stackName)).text, files.length));
      // A profile that has other things under some of the names.
      const exports = async (order: readonly StackFileText[]): Promise<string[]> => {
        const there = await profileOf(others);
        const declared = await parseStackFiles(order);
        await applyStacks(there, declared, { prune: false, onPlan: async () => true });
        const again = await applyStacks(there, declared, { prune: false, onPlan: async () => true });
        expect(again).toMatchObject({ applied: false, plan: { changes: [] } });
        return Promise.all(stacks.map(async ([stackName]) => (await exportStack(there, stackName)).text));
      };
      expect(await exports(files)).toEqual(await exports(files.toReversed()));
    }),
    RUNS,
  );
}, 120_000);

test("a mutated file works, or is refused with a reason", async () => {
  const whole = await formatStackFile(
    await parseStackFiles([
      sourceOf(
        "format: 1\nstacks: { a: { orchestrator: a, metadata_store: b, artifact_store: c } }\ncomponents: { alerter: { d: { flavor: e, config: { f: [1, x] } } } }",
      ),
    ]),
  );
  const mutation = fc.record({
    at: fc.nat(whole.length),
    cut: fc.nat(12),
    put: fc.oneof(
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.constantFrom("\n", ": ", "- ", "&a ", "*a ", "{", "[", "'", '"', "  ", "#", "? ", "!!set ", "<<: ", "---\n", "\t"),
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      const text = mutations.reduce((before, { at, cut, put }) => before.slice(0, at) + put + before.slice(at + cut), whole);
      const outcome: unknown = await parseStackFiles([{ source: "the file x.yaml", text }]).catch((error: unknown) => error);
      expect(isZenError(outcome) ? outcome.message : "The file x.yaml can't be used").toContain("The file x.yaml can't be used");
      expect(outcome instanceof Error).toBe(isZenError(outcome));
    }),
    { numRuns: 5_000 },
  );
}, 120_000);
