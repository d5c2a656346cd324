// Breaks one file of a configuration in thousands of ways, and uses zen on each. Prints a line of JSON for every hundred
// cases, and for each case that went wrong. Its arguments: the file, the seed, the first case and the number of cases.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { COMPONENT_TYPES } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import { createProfileLocked } from "../profile/create-profile.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import { deleteStack, renameStack } from "./change-stack.ts";
import { openContext, type Context } from "./context.ts";
import { generator, mutate, type Random } from "./mutations.fixture.ts";
import { createProfile, deleteProfile, renameProfile, viewProfiles } from "./profiles.ts";

const SLOW_MS = 3_000;
/** What a person is told of a configuration that can be read, and doesn't have what is asked for. */
const OF_THE_CONTENT = new Set(
  [
    ["profile_not_found", "stack_not_found", "component_not_found", "no_active_stack", "no_active_component", "other_profile"],
    ["stack_exists", "component_exists", "profile_exists", "flavor_exists", "bad_name", "flavor_not_found"],
    ["stack_active", "profile_active", "component_in_use", "flavor_in_use", "profile_folder_missing", "store_type_unknown"],
    ["component_file_missing"],
    ["folder_in_the_way", "config_locked"],
  ].flat(),
);

const [target = "", seed = "0", first = "0", count = "0"] = process.argv.slice(2);
const root = realpathSync(mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "zen-mutated-")));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));
const config = join(root, "config");
const repository = join(root, "repository");
/** The repository that is opened: one that ZenML 0.6 left has its stacks in `.zen/config.yaml`, and is migrated by it. */
const folder = target.includes("legacy") ? join(repository, "legacy") : repository;
const open = (): Promise<Context> => openContext({ folder, env: { ZENML_CONFIG_PATH: config }, notice: () => {} });

const whole = await makeFiles();
const mutated = join(root, target);
const source = whole.get(mutated)!;
/** What is on the disk. Only what goes well may change it. */
let disk = whole;
const clean = Reflect.ownKeys(Object.prototype).length;
const tally = { cases: 0, opened: 0, changed: 0, slowestMs: 0 };
for (let index = Number(first); index < Number(first) + Number(count); index++) {
  const random = generator(Number(seed) + index);
  const text = index < source.length ? source.subarray(0, index) : mutate(source.toString("utf8"), random);
  restore();
  writeFileSync(mutated, text);
  disk = new Map(whole).set(mutated, text);
  const start = performance.now();
  const problems = await use(random);
  const took = performance.now() - start;
  tally.cases++;
  tally.slowestMs = Math.max(tally.slowestMs, Math.round(took));
  if (took > SLOW_MS) problems.push(`it took ${took.toFixed()} ms`);
  if (Reflect.ownKeys(Object.prototype).length !== clean) problems.push("Object.prototype has been changed");
  for (const problem of problems) console.log(JSON.stringify({ index, problem, text: text.toString("utf8").slice(0, 2_000) }));
  if (index % 100 === 99) console.log(JSON.stringify({ done: index + 1 }));
}
console.log(JSON.stringify({ tally }));

/** Everything that a command might do, and one change. @returns what is wrong */
async function use(random: Random): Promise<string[]> {
  const problems: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      const size = JSON.stringify(await work())?.length ?? 0;
      if (size > 1_000_000) problems.push(`${what}: a result of ${size} characters`);
      return true;
    } catch (error) {
      const refusal = problemOf(error);
      if (refusal !== undefined) problems.push(`${what}: ${refusal}`);
      return false;
    }
  };
  const expectSame = (what: string): void => {
    const now = snapshot();
    const changed = difference(disk, now);
    if (changed !== "") problems.push(`${what} changed ${changed}`);
    disk = now;
  };

  let context: Context | undefined;
  await attempt("open", async () => void (context = await open()));
  if (!context) expectSame("open, which was refused,");
  if (!context) return problems;
  tally.opened++;
  const readable = new Set<string>();
  await attempt("active stack", () => context!.activeStack());
  // What has gone was replaced, and an old repository migrated.
  disk = snapshot();
  for (const [what, read] of readings(context)) if (await attempt(what, read)) readable.add(what);
  const [change, work] = random.of(changes(context));
  if (!(await attempt(change, work))) {
    expectSame(`reading, or ${change}, which was refused,`);
    return problems;
  }
  tally.changed++;
  // What could be read can still be read, but for what the change has taken away.
  await attempt(`open after ${change}`, async () => void (context = await open()));
  await attempt(`active stack after ${change}`, () => context!.activeStack());
  for (const [what, read] of readings(context)) {
    if (!readable.has(what) || what.startsWith("get ")) continue;
    if (!(await attempt(`${what} after ${change}`, read))) problems.push(`${what} worked before ${change}, and doesn't any more`);
  }
  disk = snapshot();
  return problems;
}

function readings(context: Context): readonly (readonly [string, () => Promise<unknown>])[] {
  const { store } = context;
  return [
    ["list stacks", () => store.listStacks()],
    ["get stack", () => store.getStack("custom")],
    ["get component", () => store.getComponent("artifact_store", "default")],
    ...COMPONENT_TYPES.map(({ type }) => [`list ${type}`, () => store.listComponents(type)] as const),
    ["list flavors", () => store.listFlavors()],
    ["list profiles", () => viewProfiles(context)],
  ];
}

function changes(context: Context): readonly (readonly [string, () => Promise<unknown>])[] {
  const { store } = context;
  const type = "artifact_store";
  const fresh: ComponentRecord = {
    type,
    name: "fresh",
    flavor: "local",
    uuid: "11111111-1111-4111-8111-111111111111",
    config: { path: "/x", "a b": ["1e3", 1] },
    package: "@zen/integration-local",
    version: "0.1.0",
    contract: 1,
  };
  const components = { orchestrator: "default", metadata_store: "default", artifact_store: "default" };
  return [
    ["stack set", () => context.setActiveStack("custom")],
    ["stack set --global", () => context.setActiveStack("custom", { global: true })],
    ["profile set", () => context.setActiveProfile("team")],
    ["register component", () => store.commit([{ kind: "create_component", component: fresh }])],
    [
      "update component",
      async () => {
        const from = await store.requireComponent(type, "spare");
        await store.commit([{ kind: "update_component", component: { ...from, config: { ...from.config, path: "/y" } }, from }]);
      },
    ],
    ["rename component", () => store.commit([{ kind: "rename_component", type, name: "default", to: "renamed" }])],
    ["delete component", () => store.commit([{ kind: "delete_component", type, name: "spare" }])],
    ["register stack", () => store.commit([{ kind: "create_stack", stack: { name: "fresh", components } }])],
    ["update stack", () => store.commit([{ kind: "update_stack", stack: { name: "custom", components } }])],
    ["rename stack", () => renameStack(context, "default", "renamed")],
    ["delete stack", () => deleteStack(context, "custom", { recursive: true })],
    ["delete flavor", () => store.commit([{ kind: "delete_flavor", type, flavor: "unused" }])],
    [
      "register flavor",
      () =>
        store.commit([
          {
            kind: "create_flavor",
            flavor: { type, flavor: "fresh", source: { kind: "custom", root: "/r", module: "./f.ts", export: "F" } },
          },
        ]),
    ],
    ["profile create", () => createProfile(context, "fresh")],
    ["profile delete", () => deleteProfile(context, "team")],
    ["profile rename", () => renameProfile(context, "team", "crew")],
  ];
}

/** What is wrong with an error; undefined for one that a person can use. */
function problemOf(error: unknown): string | undefined {
  if (!(error instanceof ZenError)) return `not an error of zen's: ${(error as Error)?.stack ?? String(error)}`;
  if (OF_THE_CONTENT.has(error.code)) return undefined;
  if (!`${error.message} ${error.hint ?? ""}`.includes(mutated)) return `${error.code} doesn't name the file: ${error.message}`;
  return error.hint === undefined ? `${error.code} has no hint` : undefined;
}

/** Two profiles, a repository, components of ours, of ZenML's, and of the user's own code. */
async function makeFiles(): Promise<Map<string, Buffer>> {
  mkdirSync(join(repository, ".zen"), { recursive: true });
  writeFileSync(join(repository, ".zen/config.yaml"), "# ours\nactive_profile_name: default\nactive_stack_name: default\nproject: x\n");
  const { store, configFolder } = await open();
  await createProfileLocked("team", { configFolder, notice: () => {} });
  const spare = (await store.requireComponent("artifact_store", "default")).config;
  await store.commit([
    {
      kind: "create_component",
      component: {
        type: "artifact_store",
        name: "spare",
        flavor: "mine",
        uuid: "22222222-2222-4222-8222-222222222222",
        custom: true,
        config: { ...spare, labels: { a: ["1e3", 1.5, null] }, text: "two\nlines\n" },
        package: undefined,
        version: undefined,
        contract: 1,
      },
    },
    ...["mine", "unused"].map((flavor) => ({
      kind: "create_flavor" as const,
      flavor: {
        type: "artifact_store" as const,
        flavor,
        source: { kind: "custom" as const, root: repository, module: "./s.ts", export: "S" },
      },
    })),
    {
      kind: "create_stack",
      stack: { name: "custom", components: { orchestrator: "default", metadata_store: "default", artifact_store: "spare" } },
    },
  ]);
  const index = join(config, "profiles/default/stacks.yaml");
  const python = "stack_component_flavors:\n- integration: ''\n  name: theirs\n  source: pkg.module.Class\n  type: artifact_store\n";
  writeFileSync(index, `${readFileSync(index, "utf8")}${python}version: 1.0\n`);
  const global = join(config, "config.yaml");
  writeFileSync(
    global,
    `analytics_opt_in: true\n${readFileSync(global, "utf8")}user_id: 90af3772-7fa0-4c1f-be73-c78257c7eb55\nversion: 0.8.1\n`,
  );
  if (target.includes("legacy")) {
    const legacy = join(root, target);
    mkdirSync(join(dirname(legacy), "orchestrators"), { recursive: true });
    for (const [folder, flavor] of [
      ["orchestrators", "local"],
      ["artifact_stores", "local"],
      ["metadata_stores", "sqlite"],
    ] as const) {
      mkdirSync(join(dirname(legacy), folder), { recursive: true });
      writeFileSync(join(dirname(legacy), folder, "old.yaml"), `name: old\nuuid: 33333333-3333-4333-8333-33333333333${flavor.length}\n`);
    }
    const parts = "    artifact_store: old\n    metadata_store: old\n    orchestrator: old\n    step_operator: null\n";
    writeFileSync(
      legacy,
      `active_stack_name: old\nstack_components:\n  artifact_store:\n    old: local\n  metadata_store:\n    old: sqlite\n  orchestrator:\n    old: local\n  step_operator: {}\nstacks:\n  old:\n${parts}  second:\n${parts}version: 0.6.3\n`,
    );
  }
  return snapshot();
}

function snapshot(): Map<string, Buffer> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== "lock.db");
  return new Map(files.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name))]));
}

function restore(): void {
  for (const path of disk.keys()) if (!whole.has(path)) rmSync(path);
  for (const [path, content] of whole) {
    if (disk.get(path)?.equals(content) === true) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  for (const name of ["fresh", "crew"]) rmSync(join(config, "profiles", name), { recursive: true, force: true });
}

function difference(before: Map<string, Buffer>, after: Map<string, Buffer>): string {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path)?.equals(after.get(path) ?? Buffer.of()) !== true)
    .map((path) => relative(root, path))
    .join(", ");
}
