import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { ended, Project } from "../src/project.ts";

const [PROCESSES, READERS, KILLS] = [32, 2, 12];

/** An artifact store with a setting for each process. */
const FLAVOR = `import { BaseArtifactStore } from "@zen/core";
import * as z from "zod";
const keys = Array.from({ length: ${PROCESSES} }, (_, n) => ["k" + n, z.number().int().optional()]);
export class Many extends BaseArtifactStore {
  static FLAVOR = "many";
  static SUPPORTED_SCHEMES = [""];
  static configSchema = BaseArtifactStore.configSchema.extend(Object.fromEntries(keys) as any);
}
`;

/** Twenty changes of one process, as a program and the command make them. */
const CHANGES = `import { Repository } from "@zen/core";
import { copyStack, createProfile, deleteProfile, deleteStack, openContext, renameStack } from "@zen/core/light";
const me = process.argv[2]!;
const notices: string[] = [];
const notice = (line: string) => void notices.push(line);
const repo = new Repository({ notice });
const context = () => openContext({ folder: process.cwd(), notice });
const type = "artifact_store";
const register = (name: string) => repo.registerFromText({ type, name, flavor: "local", config: { path: "/data/" + name } });
const stack = (store: string) => ({ orchestrator: "default", metadata_store: "default", artifact_store: store });
const shared = (value: number) => repo.editComponent({ type, name: "shared" }, { set: { ["k" + me]: String(value) } });
const commit = async (change: any) => (await repo.store).commit([change]);
const changes = [
  () => register("a" + me),
  () => register("b" + me),
  () => register("c" + me),
  () => repo.registerStackOf("s" + me, stack("a" + me)),
  () => shared(1),
  () => repo.editStack("s" + me, { set: { artifact_store: "b" + me } }),
  () => repo.editComponent({ type, name: "a" + me }, { set: { path: "/edited/" + me } }),
  () => commit({ kind: "rename_component", type, name: "b" + me, to: "renamed" + me }),
  () => shared(2),
  () => repo.registerStackOf("t" + me, stack("shared")),
  async () => renameStack(await context(), "t" + me, "u" + me),
  () => repo.deregisterStackComponent(type, "c" + me),
  async () => (await context()).setActiveStack("s" + me, { global: true }),
  async () => copyStack(await context(), "u" + me, "copy" + me),
  async () => deleteStack(await context(), "copy" + me),
  // Counts with all the others.
  async () => {
    for (;;) {
      const store = await repo.store;
      const from = await store.requireComponent("orchestrator", "counter");
      const component = { ...from, config: { ...from.config, concurrency: Number(from.config.concurrency) + 1 } };
      try {
        return await store.commit([{ kind: "update_component", component, from }]);
      } catch (error: any) {
        if (error.code !== "component_changed") throw error;
      }
    }
  },
  async () => (Number(me) % 4 === 0 ? createProfile(await context(), "p" + me) : register("d" + me)),
  async () => (Number(me) % 8 === 0 ? deleteProfile(await context(), "p" + me) : commit({ kind: "rename_component", type, name: "shared" + me, to: "own" + me })),
  () => shared(3),
  () => register("last" + me),
];
for (const change of changes) await change();
console.log(JSON.stringify({ changes: changes.length, notices: notices.filter((line) => line.includes("not found")) }));
`;

/** Reads all the time until told to stop. What is wrong with anything that it sees is printed. */
const READING = `import { existsSync } from "node:fs";
import { Repository } from "@zen/core";
import { openContext } from "@zen/core/light";
const notices: string[] = [];
const notice = (line: string) => void notices.push(line);
const repo = new Repository({ notice });
const problems: string[] = [];
const last = new Map<string, number>();
let [rounds, seen] = [0, 0];
for (; existsSync("reading.ts") && !existsSync(process.argv[2]!); rounds++) {
  try {
    const context = await openContext({ folder: process.cwd(), notice });
    await context.activeStack();
    const { config, custom } = await context.store.requireComponent("artifact_store", "shared");
    if (config.path !== "/shared" || custom !== true) problems.push("shared is " + JSON.stringify(config));
    for (const [key, value] of Object.entries(config)) {
      if (key !== "path" && Number(value) < (last.get(key) ?? 0)) problems.push(key + " went back to " + value);
      last.set(key, Number(value));
    }
    for (const record of await context.store.listComponents("artifact_store")) if (typeof record.config.path !== "string") problems.push(record.name + " has no path");
    const active = await repo.activeStack;
    if (!/^\\/(data|shared|edited)|local_stores/.test(active.artifactStore.path)) problems.push(active.name + " is at " + active.artifactStore.path);
    seen = Math.max(seen, (await repo.stacks).length);
  } catch (error: any) {
    problems.push(error.stack);
  }
  await new Promise((done) => setTimeout(done, 100));
}
console.log(JSON.stringify({ rounds, seen, problems: problems.slice(0, 5), notices }));
`;

/** Every file of the configuration that is no database: each can be parsed, and none is half of another. */
function filesIn(project: Project): string[] {
  return readdirSync(project.configFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(lock|zen)\.db/.test(entry.name))
    .map((entry) => path.relative(project.configFolder, path.join(entry.parentPath, entry.name)));
}

test(`${PROCESSES} processes that make twenty changes each lose nothing, and nobody sees half of one`, { timeout: 300_000 }, async () => {
  const project = new Project({ "flavor.ts": FLAVOR, "changes.ts": CHANGES, "reading.ts": READING });
  for (const line of [
    "artifact-store flavor register ./flavor.ts#Many",
    "artifact-store register shared --flavor=many --path=/shared",
    "orchestrator register counter --flavor=local --concurrency=1",
  ])
    expect(await project.zen(...line.split(" "))).toMatchObject({ code: 0, stderr: expect.not.stringContaining("Error") });
  const all = Array.from({ length: PROCESSES }, (_, n) => n);
  // Each has one to rename, registered by somebody else.
  for (const n of all.filter((one) => one % 8 !== 0)) {
    const file = path.join(project.configFolder, "profiles/default");
    writeFileSync(path.join(file, `artifact_stores/shared${n}.yaml`), `name: shared${n}\npath: /shared/${n}\nuuid: uuid-${n}\n`);
    const index = path.join(file, "stacks.yaml");
    writeFileSync(index, readFileSync(index, "utf8").replace("    shared: many\n", `    shared: many\n    shared${n}: local\n`));
  }
  const stop = path.join(project.root, "stop");
  onTestFinished(() => writeFileSync(stop, ""));
  const readers = Array.from({ length: READERS }, () => ended(project.start(["reading.ts", stop])));
  const ends = await Promise.all(all.map((n) => ended(project.start(["changes.ts", String(n)]))));
  writeFileSync(stop, "");
  for (const { stdout, stderr } of ends) {
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ changes: 20, notices: [] });
  }
  for (const { stdout, stderr } of await Promise.all(readers)) {
    expect(stderr).toBe("");
    const { rounds, seen, problems, notices } = JSON.parse(stdout) as {
      rounds: number;
      seen: number;
      problems: string[];
      notices: string[];
    };
    expect(problems).toEqual([]);
    expect(notices).toEqual([]);
    // Otherwise it looked away.
    expect(rounds).toBeGreaterThan(3);
    expect(seen).toBeGreaterThan(PROCESSES / 2);
  }

  const names = (of: (n: number) => string[]): string[] => all.flatMap(of).toSorted();
  const stacks = await project.json<{ name: string; artifact_store: string }[]>("stack", "list");
  expect(stacks.map(({ name, artifact_store }) => `${name}: ${artifact_store}`).toSorted()).toEqual(
    names((n) => [`s${n}: renamed${n}`, `u${n}: shared`])
      .concat("default: default")
      .toSorted(),
  );
  const stores = await project.json<{ name: string; config: Record<string, unknown> }[]>("artifact-store", "list");
  const expected = names((n) => [
    `a${n}`,
    `renamed${n}`,
    `last${n}`,
    ...(n % 4 === 0 ? [] : [`d${n}`]),
    ...(n % 8 === 0 ? [] : [`own${n}`]),
  ]);
  expect(stores.map(({ name }) => name).toSorted()).toEqual([...expected, "default", "shared"].toSorted());
  const configOf = (name: string): unknown => stores.find((store) => store.name === name)?.config;
  expect(configOf("shared")).toEqual({ path: "/shared", ...Object.fromEntries(all.map((n) => [`k${n}`, 3])) });
  for (const n of all) {
    expect(configOf(`a${n}`)).toEqual({ path: `/edited/${n}` });
    expect(configOf(`renamed${n}`)).toEqual({ path: `/data/b${n}` });
  }
  expect(await project.json("orchestrator", "describe", "counter")).toMatchObject({ config: { concurrency: 1 + PROCESSES } });
  expect((await project.json<{ name: string }[]>("profile", "list")).map(({ name }) => name).toSorted()).toEqual(
    names((n) => (n % 4 === 0 && n % 8 !== 0 ? [`p${n}`] : []))
      .concat("default")
      .toSorted(),
  );
  expect(stacks.map(({ name }) => name)).toContain((await project.json<{ name: string }>("stack", "get")).name);
  const files = filesIn(project).filter((file) => file.startsWith("profiles/default/"));
  expect(files.toSorted()).toEqual(
    [
      ...[...expected, "default", "shared"].map((name) => `artifact_stores/${name}.yaml`),
      "metadata_stores/default.yaml",
      "orchestrators/counter.yaml",
      "orchestrators/default.yaml",
      "stacks.yaml",
      "zen.yaml",
    ]
      .map((file) => `profiles/default/${file}`)
      .toSorted(),
  );
  expect(filesIn(project).filter((file) => !file.endsWith(".yaml"))).toEqual([]);
});

/** Takes the lock of the configuration folder as any zen does, and keeps it. */
const HOLDER = `import { DatabaseSync } from "node:sqlite";
const database = new DatabaseSync(process.argv[2]!);
database.exec("BEGIN IMMEDIATE");
console.log("held");
setInterval(() => database.isOpen, 1_000);
`;

test.each([
  ["is killed", false],
  ["is stopped, and then killed,", true],
] as const)("a process that %s while it has the lock delays another one by less than ten seconds", async (_, stopped) => {
  const project = new Project({ "holder.ts": HOLDER });
  expect(await project.zen("stack", "list")).toMatchObject({ code: 0 });
  const holder = project.start(["holder.ts", path.join(project.configFolder, "lock.db")]);
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout!, "data");
  if (stopped) holder.kill("SIGSTOP");
  let over = false;
  const change = project.zen("artifact-store", "register", "x", "--flavor=local", "--path=/x").finally(() => (over = true));
  // Reading waits for nobody.
  expect(await project.json("stack", "list")).toHaveLength(1);
  await sleep(2_000);
  expect(over).toBe(false);
  const killed = performance.now();
  holder.kill("SIGKILL");
  expect(await change).toMatchObject({ code: 0 });
  expect(performance.now() - killed).toBeLessThan(10_000);
  expect(await project.json("artifact-store", "describe", "x")).toMatchObject({ name: "x", config: { path: "/x" } });
});

/** Commits for ever, and says which are done: each makes a component and a stack, renames a component, and edits one. */
const SERIES = `import { Repository } from "@zen/core";
const store = await new Repository().store;
const type = "artifact_store";
const component = (name: string) => ({ type, name, flavor: "local", uuid: "uuid-" + name, config: { path: "/" + name }, package: "@zen/integration-local", version: "0.1.0", contract: 1 }) as const;
const first = Number(process.argv[2]);
for (let n = first; ; n++) {
  await store.commit([
    { kind: "create_component", component: component("new" + n) },
    { kind: "create_stack", stack: { name: "s" + n, components: { orchestrator: "default", metadata_store: "default", artifact_store: "new" + n } } },
  ]);
  await store.commit([{ kind: "rename_component", type, name: "new" + n, to: "old" + n }]);
  await store.commit([{ kind: "update_component", component: { ...component("count"), config: { path: "/" + n } } }]);
  if (n > first + 1) await store.commit([{ kind: "delete_stack", name: "s" + (n - 2) }, { kind: "delete_component", type, name: "old" + (n - 2) }]);
  console.log(n);
}
`;

test(`after SIGKILL at ${KILLS} random moments the store is whole: each change is there, or isn't`, { timeout: 240_000 }, async () => {
  const project = new Project({ "series.ts": SERIES });
  expect(await project.zen("artifact-store", "register", "count", "--flavor=local", "--path=/0")).toMatchObject({ code: 0 });
  let next = 1;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = project.start(["series.ts", String(next)]);
    let printed = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => (printed += text));
    const closed = once(child, "close");
    await Promise.race([once(child.stdout!, "data"), closed]);
    await sleep(Math.random() * 300);
    child.kill("SIGKILL");
    await closed;
    const done = Number(printed.trim().split("\n").at(-1));
    expect(done, printed).toBeGreaterThanOrEqual(next);

    const stacks = await project.json<{ name: string; artifact_store: string }[]>("stack", "list");
    const stores = await project.json<{ name: string; config: { path: string } }[]>("artifact-store", "list");
    const names = stores.map(({ name }) => name);
    for (const { name, artifact_store } of stacks) expect(names, name).toContain(artifact_store);
    // Of what was done all is there, of the change that was going on all or nothing, and no more.
    const after = done + 1;
    const began = names.filter((name) => name === `new${after}` || name === `old${after}`);
    expect(began.length).toBeLessThanOrEqual(1);
    expect(stacks.some(({ name }) => name === `s${after}`)).toBe(began.length === 1);
    expect(names).toContain(`old${done}`);
    const count = stores.find(({ name }) => name === "count")!.config.path;
    expect([`/${done}`, `/${after}`]).toContain(count);
    const known = [`old${done - 1}`, `old${done}`, `new${after}`, `old${after}`, "count", "default"];
    expect(names.filter((name) => !known.includes(name))).toEqual([]);

    // What was left half-way is cleaned up, so that each series begins alike.
    for (const { name } of stacks.filter((stack) => stack.name !== "default"))
      expect(await project.zen("stack", "delete", name, "--yes")).toMatchObject({ code: 0 });
    for (const name of names.filter((one) => !["count", "default"].includes(one)))
      expect(await project.zen("artifact-store", "delete", name)).toMatchObject({ code: 0 });
    next = done + 10;
  }
});
