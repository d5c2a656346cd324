import { execFile } from "node:child_process";
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { ComponentType } from "../component/component-type.ts";
import type { Json } from "../pipeline/types.ts";
import { FileStackStore } from "./file-stack-store.ts";
import type { ComponentRecord, StackChange } from "./stack-store.ts";

function store(): FileStackStore {
  const configFolder = mkdtempSync(join(tmpdir(), "zen-store-"));
  onTestFinished(() => rmSync(configFolder, { recursive: true }));
  const folder = join(configFolder, "profiles", "default");
  mkdirSync(folder, { recursive: true });
  return new FileStackStore({ profile: "default", folder, configFolder });
}

function component(type: ComponentType, name: string, config: ComponentRecord["config"] = {}): ComponentRecord {
  return { type, name, flavor: "local", uuid: `uuid-of-${name}`, config, package: "@zen/integration-local", version: "0.1.0", contract: 1 };
}

const create = (type: ComponentType, name: string, config?: ComponentRecord["config"]): StackChange => ({
  kind: "create_component",
  component: component(type, name, config),
});
const PARTS = { orchestrator: "o", metadata_store: "m", artifact_store: "a" };
const BASICS: readonly StackChange[] = [
  create("orchestrator", "o"),
  create("metadata_store", "m", { uri: "/data/zen.db" }),
  create("artifact_store", "a", { path: "/data" }),
  { kind: "create_stack", stack: { name: "s", components: PARTS } },
];

const read = (at: FileStackStore, file: string): string => readFileSync(join(at.folder, file), "utf8");

test("stacks and components are stored in the documented files, and read back by another store", async () => {
  const it = store();
  await it.commit(BASICS);
  expect(read(it, "stacks.yaml")).toBe(`stack_components:
  artifact_store:
    a: local
  metadata_store:
    m: local
  orchestrator:
    o: local
stacks:
  s:
    artifact_store: a
    metadata_store: m
    orchestrator: o
`);
  expect(read(it, "artifact_stores/a.yaml")).toBe("name: a\npath: /data\nuuid: uuid-of-a\n");
  expect(read(it, "zen.yaml")).toContain(
    '  artifact_store:\n    a:\n      package: "@zen/integration-local"\n      version: 0.1.0\n      contract: 1\n',
  );
  expect(read(it, "zen.yaml")).toMatch(/^format: 1$/m);
  const other = new FileStackStore({ profile: "default", folder: it.folder, configFolder: it.folder });
  expect(await other.listStacks()).toEqual([{ name: "s", components: PARTS }]);
  expect(await other.getStack("s")).toEqual({ name: "s", components: PARTS });
  expect(await other.getComponent("artifact_store", "a")).toEqual(component("artifact_store", "a", { path: "/data" }));
  expect(await other.listComponents("alerter")).toEqual([]);
  expect(await other.getComponent("alerter", "constructor")).toBeUndefined();
});

test("a change that can't be made changes nothing of the others in its batch", async () => {
  const it = store();
  await it.commit(BASICS);
  await expect(
    it.commit([
      create("orchestrator", "new"),
      { kind: "create_stack", stack: { name: "t", components: { ...PARTS, orchestrator: "neww" } } },
    ]),
  ).rejects.toMatchObject({
    code: "component_not_found",
    message: 'There is no orchestrator "neww" in the profile "default". Did you mean "new"?',
    hint: "See all: zen orchestrator list",
  });
  expect(await it.getComponent("orchestrator", "new")).toBeUndefined();
  expect(existsSync(join(it.folder, "orchestrators/new.yaml"))).toBe(false);
});

test.each<[StackChange, string, string]>([
  [create("orchestrator", "o"), "component_exists", 'The profile "default" already has the orchestrator "o".'],
  [create("orchestrator", "O"), "bad_name", '"O" differs from the orchestrator "o" only in case.'],
  [create("orchestrator", "../o"), "bad_name", '"../o" can\'t be the name of a new orchestrator: it contains a path separator.'],
  [
    { kind: "create_component", component: { ...component("orchestrator", "o"), uuid: "another" }, unlessSame: true },
    "component_exists",
    'The profile "default" already has the orchestrator "o", with another uuid.',
  ],
  [
    { kind: "create_component", component: component("orchestrator", "o", { workers: 2 }), unlessSame: true },
    "component_exists",
    'The profile "default" already has the orchestrator "o", with another configuration.',
  ],
  [{ kind: "create_stack", stack: { name: "s", components: PARTS } }, "stack_exists", 'The profile "default" already has the stack "s".'],
  [{ kind: "create_stack", stack: { name: "S", components: PARTS } }, "bad_name", '"S" differs from the stack "s" only in case.'],
  [
    { kind: "update_stack", stack: { name: "ss", components: PARTS } },
    "stack_not_found",
    'There is no stack "ss" in the profile "default". Did you mean "s"?',
  ],
  [{ kind: "delete_stack", name: "nope" }, "stack_not_found", 'There is no stack "nope" in the profile "default".'],
  [
    { kind: "delete_component", type: "alerter", name: "slack" },
    "component_not_found",
    'There is no alerter "slack" in the profile "default".',
  ],
  [{ kind: "delete_component", type: "artifact_store", name: "a" }, "component_in_use", 'The artifact store "a" is part of the stack "s".'],
  [
    { kind: "update_component", component: component("orchestrator", "oo") },
    "component_not_found",
    'There is no orchestrator "oo" in the profile "default". Did you mean "o"?',
  ],
])("%j is refused with %s", async (change, code, message) => {
  const it = store();
  await it.commit(BASICS);
  const before = read(it, "stacks.yaml");
  await expect(it.commit([change])).rejects.toMatchObject({ code, message });
  expect(read(it, "stacks.yaml")).toBe(before);
});

test("the same component again is no change where that is asked for", async () => {
  const it = store();
  await it.commit(BASICS);
  await it.commit([{ kind: "create_component", component: component("artifact_store", "a", { path: "/data" }), unlessSame: true }]);
  expect(await it.listComponents("artifact_store")).toHaveLength(1);
});

test("a component that several stacks use names them all, and can go once they have gone", async () => {
  const it = store();
  await it.commit([...BASICS, { kind: "create_stack", stack: { name: "t", components: PARTS } }]);
  await expect(it.commit([{ kind: "delete_component", type: "orchestrator", name: "o" }])).rejects.toMatchObject({
    message: 'The orchestrator "o" is part of the stacks "s", "t".',
    hint: "Give those stacks another orchestrator, or delete them first.",
    details: { stacks: ["s", "t"] },
  });
  await it.commit([
    { kind: "delete_stack", name: "s" },
    { kind: "delete_stack", name: "t" },
    { kind: "delete_component", type: "orchestrator", name: "o" },
  ]);
  expect(await it.listComponents("orchestrator")).toEqual([]);
  expect(existsSync(join(it.folder, "orchestrators/o.yaml"))).toBe(false);
  expect(read(it, "zen.yaml")).not.toContain("      o:");
});

test("a profile of ZenML's works, and a change touches only what it is about", async () => {
  const it = store();
  const stacks = `# by hand
projects: []
stack_component_flavors:
- integration: ''
  name: custom
  source: my.Store
  type: artifact_store
stack_components:
  annotator:
    label: x
  artifact_store:
    default: local
  metadata_store:
    default: sqlite
  orchestrator:
    default: local
stacks:
  default:
    annotator: label
    artifact_store: default
    metadata_store: default
    orchestrator: default
  old:
    artifact_store: default
    container_registry: null
    metadata_store: default
    orchestrator: default
users:
- creation_date: '2022-06-01T12:00:00.000000'
  name: default
`;
  writeFileSync(join(it.folder, "stacks.yaml"), stacks);
  for (const [type, config] of [
    ["artifact_stores", "path: /x"],
    ["metadata_stores", "upgrade_migration_enabled: true\nuri: /x.db"],
    ["orchestrators", "custom: null"],
  ]) {
    mkdirSync(join(it.folder, type!));
    writeFileSync(join(it.folder, type!, "default.yaml"), `name: default\n${config}\nuuid: 1e39dd60-0d79-4653-924e-6fed0e1d638c\n`);
  }
  const before = read(it, "orchestrators/default.yaml");
  expect((await it.listStacks()).map((stack) => stack.name)).toEqual(["default", "old"]);
  expect((await it.getStack("old"))?.components).toEqual({ artifact_store: "default", metadata_store: "default", orchestrator: "default" });
  expect(await it.getComponent("metadata_store", "default")).toMatchObject({
    flavor: "sqlite",
    config: { upgrade_migration_enabled: true, uri: "/x.db" },
    package: undefined,
  });
  await it.commit([
    create("artifact_store", "mine", { path: "/y" }),
    {
      kind: "update_stack",
      stack: { name: "default", components: { artifact_store: "mine", metadata_store: "default", orchestrator: "default" } },
    },
  ]);
  expect(read(it, "stacks.yaml")).toBe(
    stacks
      .replace("    default: local\n  metadata", "    default: local\n    mine: local\n  metadata")
      .replace("annotator: label\n    artifact_store: default", "annotator: label\n    artifact_store: mine"),
  );
  expect(read(it, "orchestrators/default.yaml")).toBe(before);
});

test("updating a component keeps comments and untouched values", async () => {
  const it = store();
  await it.commit(BASICS);
  writeFileSync(join(it.folder, "artifact_stores/a.yaml"), "# the big disk\nname: a\npath: /data\nsize: 1.0\nunused: x\nuuid: uuid-of-a\n");
  await it.commit([{ kind: "update_component", component: component("artifact_store", "a", { path: "/new", size: 1 }) }]);
  expect(read(it, "artifact_stores/a.yaml")).toBe("# the big disk\nname: a\npath: /new\nsize: 1.0\nuuid: uuid-of-a\n");
});

test("a component file that nobody names does not exist, and its leftovers don't come back", async () => {
  const it = store();
  mkdirSync(join(it.folder, "artifact_stores"));
  writeFileSync(join(it.folder, "artifact_stores/a.yaml"), "secret: x\nname: a\nuuid: old\n");
  expect(await it.listComponents("artifact_store")).toEqual([]);
  await it.commit([create("artifact_store", "a", { path: "/data" })]);
  expect(read(it, "artifact_stores/a.yaml")).toBe("name: a\npath: /data\nuuid: uuid-of-a\n");
});

test("broken files say where, and are left as they are", async () => {
  const it = store();
  await it.commit(BASICS);
  const file = join(it.folder, "artifact_stores/a.yaml");
  writeFileSync(file, "name: a\npath: [\n");
  await expect(it.getComponent("artifact_store", "a")).rejects.toMatchObject({
    code: "broken_file",
    message: expect.stringContaining(`The file ${file} is broken at line 3, column 1: `),
  });
  expect(await it.listStacks()).toHaveLength(1);
  rmSync(file);
  await expect(it.getComponent("artifact_store", "a")).rejects.toMatchObject({
    code: "component_file_missing",
    message: `The file of the artifact store "a", ${file}, does not exist.`,
  });

  const index = join(it.folder, "stacks.yaml");
  for (const [text, message] of [
    ["stacks: 7\n", '"stacks" is 7 and should be a mapping (key: value)'],
    ["stack_components:\n  orchestrator:\n    o: [x]\n", '"stack_components.orchestrator.o" is a list and should be text'],
    ["stack_components:\n  orchestrator:\n    ../../evil: local\n", '"../../evil" can\'t be the name of a component'],
  ] as const) {
    writeFileSync(index, text);
    await expect(it.commit(BASICS)).rejects.toMatchObject({ code: "broken_file", message: `The file ${index} is broken: ${message}.` });
    expect(read(it, "stacks.yaml")).toBe(text);
  }
});

test.each([
  ["package", "x; rm -rf ~", "the name of a package"],
  ["package", "-g", "the name of a package"],
  ["version", "1.0.0; rm -rf ~", "a version"],
])("what could be a command is no %s of a component: %s", async (key, value, what) => {
  const it = store();
  await it.commit(BASICS);
  const file = join(it.folder, "zen.yaml");
  writeFileSync(file, read(it, "zen.yaml").replace(new RegExp(`${key}: .*`), `${key}: ${JSON.stringify(value)}`));
  await expect(it.getComponent("artifact_store", "a")).rejects.toMatchObject({
    code: "broken_file",
    message: `The file ${file} is broken: "components.artifact_store.a.${key}" is ${JSON.stringify(value)}, and should be ${what}.`,
  });
});

test("a profile of a newer zen, and one whose folder has gone, are refused", async () => {
  const it = store();
  await it.commit(BASICS);
  writeFileSync(join(it.folder, "zen.yaml"), "format: 2\nnew: things\n");
  const again = new FileStackStore({ profile: "default", folder: it.folder, configFolder: it.folder });
  await expect(again.listStacks()).rejects.toMatchObject({
    code: "profile_too_new",
    message: expect.stringContaining("has the format 2, and this zen knows 1."),
  });
  await expect(again.commit([{ kind: "delete_stack", name: "s" }])).rejects.toMatchObject({ code: "profile_too_new" });
  expect(read(it, "zen.yaml")).toBe("format: 2\nnew: things\n");
  const gone = new FileStackStore({ profile: "p", folder: join(it.folder, "gone"), configFolder: it.folder });
  await expect(gone.listStacks()).rejects.toMatchObject({ code: "profile_folder_missing" });
});

test("a store sees at once what another one changed", async () => {
  const it = store();
  const other = new FileStackStore({ profile: "default", folder: it.folder, configFolder: it.folder });
  for (const name of ["x", "y", "z"]) {
    await it.commit([create("alerter", name)]);
    expect((await other.listComponents("alerter")).map((one) => one.name)).toContain(name);
  }
});

test("32 processes that register at once lose nothing", { timeout: 120_000 }, async () => {
  const it = store();
  await it.commit(BASICS);
  const script = (id: number): string => `
    const { FileStackStore } = await import(${JSON.stringify(new URL("./file-stack-store.ts", import.meta.url).href)});
    const store = new FileStackStore({ profile: "default", folder: ${JSON.stringify(it.folder)}, configFolder: ${JSON.stringify(join(it.folder, "../.."))} });
    for (let i = 0; i < 4; i++) {
      const component = { type: "alerter", name: "n${id}-" + i, flavor: "x", uuid: "u", config: { i }, package: "p", version: "1", contract: 0 };
      await store.commit([{ kind: "create_component", component }, { kind: "create_stack", stack: { name: "s${id}-" + i, components: { ...${JSON.stringify(PARTS)}, alerter: component.name } } }]);
    }`;
  await Promise.all(
    Array.from({ length: 32 }, (_, id) => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script(id)])),
  );
  expect(await it.listStacks()).toHaveLength(32 * 4 + 1);
  const alerters = await it.listComponents("alerter");
  expect(alerters).toHaveLength(32 * 4);
  expect(alerters.every((one) => one.package === "p")).toBe(true);
});

test("a file that can't be changed stops the change before any other file is written", async () => {
  const it = store();
  await it.commit([...BASICS, create("artifact_store", "b", { path: "/b" })]);
  // What the entry of b is needed for can't go, and the library that writes says so only when all is put together.
  const index = read(it, "stacks.yaml").replace("    a: local\n    b: local\n", "    b: &flavor local\n    a: *flavor\n");
  writeFileSync(join(it.folder, "stacks.yaml"), index);
  const before = [index, read(it, "zen.yaml"), read(it, "artifact_stores/b.yaml")];
  await expect(it.commit([{ kind: "rename_component", type: "artifact_store", name: "b", to: "c" }])).rejects.toMatchObject({
    code: "broken_file",
    message: `The file ${join(it.folder, "stacks.yaml")} is broken: Unresolved alias (the anchor must be set before the alias): flavor.`,
  });
  expect([read(it, "stacks.yaml"), read(it, "zen.yaml"), read(it, "artifact_stores/b.yaml")]).toEqual(before);
  expect(existsSync(join(it.folder, "artifact_stores/c.yaml"))).toBe(false);
});

test("a folder whose name no system takes is said in words", async () => {
  const folder = join(tmpdir(), "x".repeat(300));
  const it = new FileStackStore({ profile: "default", folder, configFolder: tmpdir() });
  await expect(it.listStacks()).rejects.toMatchObject({
    code: "name_too_long",
    message: `zen can't look at ${join(folder, "stacks.yaml")}: its name is longer than the system allows.`,
  });
  await expect(it.assertReadable()).rejects.toMatchObject({
    code: "name_too_long",
    message: `zen can't look at ${folder}: its name is longer than the system allows.`,
  });
});

test("every name and every setting that is accepted comes back from the files as it was, and what is refused changes nothing", async () => {
  const name = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/),
    fc.constantFrom("null", "true", "1e3", "0x10", "1.0", "on", "constructor", "toString", "O", "con", "", "a/b", "é", "two words"),
  );
  const value: fc.Arbitrary<Json> = fc.oneof(
    fc.string({ unit: fc.constantFrom(..."ab :#-'\"\\\n\t{}[]&*!|>%@`,=~0.é🚀"), maxLength: 12 }),
    fc.constantFrom<Json>(
      "null",
      "yes",
      "1e3",
      "007",
      "0o7",
      "2020-01-01",
      "12:30",
      "{{env.X}}",
      " x ",
      "",
      "two\nlines\n",
      "\r\n",
      "<<",
      "=",
    ),
    fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  );
  const config = fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((key) => key !== "name" && key !== "uuid"),
    value,
    { maxKeys: 4 },
  );
  const it = store();
  await it.commit(BASICS);
  const expected = new Map((await it.listComponents("artifact_store")).map((record) => [record.name, record]));
  await fc.assert(
    fc.asyncProperty(name, name, config, config, async (one, other, first, second) => {
      const attempt = async (changes: readonly StackChange[], then: () => void): Promise<void> => {
        const before = ["stacks.yaml", "zen.yaml"].map((file) => read(it, file));
        const refusal = await it.commit(changes).then(
          () => undefined,
          (error: unknown) => error as Error & { code: string },
        );
        if (!refusal) return then();
        expect(refusal.code, refusal.stack).toMatch(/^(bad_name|component_(exists|not_found|in_use))$/);
        expect(["stacks.yaml", "zen.yaml"].map((file) => read(it, file))).toEqual(before);
      };
      const record = component("artifact_store", one, plain(first));
      await attempt([{ kind: "create_component", component: record }], () => expected.set(one, record));
      const there = expected.get(one);
      if (there)
        await attempt([{ kind: "update_component", component: { ...there, config: plain(second) } }], () =>
          expected.set(one, { ...there, config: plain(second) }),
        );
      await attempt([{ kind: "rename_component", type: "artifact_store", name: one, to: other }], () => {
        const renamed = expected.get(one)!;
        expected.delete(one);
        expected.set(other, { ...renamed, name: other });
      });
      const fresh = new FileStackStore({ profile: "default", folder: it.folder, configFolder: it.folder });
      expect(new Map((await fresh.listComponents("artifact_store")).map((found) => [found.name, found]))).toEqual(expected);
      if (expected.size > 20) {
        const gone = [...expected.keys()].filter((key) => key !== "a" && expected.get(key)!.uuid !== "uuid-of-a");
        await it.commit(gone.map((key) => ({ kind: "delete_component", type: "artifact_store", name: key })));
        for (const key of gone) expected.delete(key);
      }
    }),
    { numRuns: 150 },
  );
});

/** JSON has no minus zero, and no keys of a prototype. */
function plain(config: Record<string, Json>): Record<string, Json> {
  return JSON.parse(JSON.stringify(config)) as Record<string, Json>;
}

test("a reader never sees a component with one flavor and the configuration of another", { timeout: 60_000 }, async () => {
  const it = store();
  await it.commit([create("artifact_store", "a", { path: "/local" })]);
  const script = `
    import { FileStackStore } from ${JSON.stringify(new URL("./file-stack-store.ts", import.meta.url).href)};
    const it = new FileStackStore({ profile: "default", folder: ${JSON.stringify(it.folder)}, configFolder: ${JSON.stringify(it.folder)} });
    for (let i = 0; i < 100; i++) {
      const [flavor, path] = i % 2 === 0 ? ["s3", "s3://b"] : ["local", "/local"];
      const from = await it.getComponent("artifact_store", "a");
      await it.commit([{ kind: "update_component", component: { ...from, flavor, config: { path }, package: "@zen/integration-" + flavor } }]);
    }`;
  let ended = false;
  const writer = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]).finally(() => (ended = true));
  const seen = new Set<string>();
  while (!ended) {
    const reader = new FileStackStore({ profile: "default", folder: it.folder, configFolder: it.folder });
    const component = await reader.getComponent("artifact_store", "a");
    seen.add(`${component!.flavor} ${component!.package} ${JSON.stringify(component!.config)}`);
    for (const one of await reader.listComponents("artifact_store")) seen.add(`${one.flavor} ${one.package} ${JSON.stringify(one.config)}`);
    await new Promise(setImmediate);
  }
  await writer;
  expect([...seen].sort()).toEqual(['local @zen/integration-local {"path":"/local"}', 's3 @zen/integration-s3 {"path":"s3://b"}']);
  expect(existsSync(join(it.folder, ".changing"))).toBe(false);
});

test("a mark that a killed process left holds nobody up", async () => {
  const it = store();
  await it.commit(BASICS);
  writeFileSync(join(it.folder, ".changing"), "999999999\n");
  expect((await it.getComponent("artifact_store", "a"))?.name).toBe("a");
});

test("of several files none is written unless all can be", async () => {
  const it = store();
  await it.commit(BASICS);
  const before = read(it, "artifact_stores/a.yaml");
  // Where the second file would be written there is no folder that could be made.
  rmSync(join(it.folder, "metadata_stores"), { recursive: true });
  writeFileSync(join(it.folder, "metadata_stores"), "");
  await expect(
    it.commit([
      { kind: "update_component", component: component("artifact_store", "a", { path: "/other" }) },
      create("metadata_store", "new", { uri: "/x" }),
    ]),
  ).rejects.toMatchObject({ code: "not_a_folder" });
  expect(read(it, "artifact_stores/a.yaml")).toBe(before);
  expect(readdirSync(it.folder).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a component that is renamed in case only keeps its file, also where a file system knows no case", async () => {
  const it = store();
  await it.commit(BASICS);
  // As such a file system has it: the new name leads to the same file.
  linkSync(join(it.folder, "artifact_stores/a.yaml"), join(it.folder, "artifact_stores/A.yaml"));
  await it.commit([{ kind: "rename_component", type: "artifact_store", name: "a", to: "A" }]);
  expect((await it.getComponent("artifact_store", "A"))?.config).toEqual({ path: "/data" });
  expect((await it.getStack("s"))?.components.artifact_store).toBe("A");
});
