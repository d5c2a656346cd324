import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, onTestFinished, test } from "vitest";
import { storeFolder } from "../profile/global-config.ts";
import { boundByModes } from "../store/bound-by-modes.fixture.ts";
import type { StackRecord } from "../store/stack-store.ts";
import { openContext, type Context } from "./context.ts";
import { deleteProfile, renameProfile } from "./profiles.ts";

const FIXTURES = join(import.meta.dirname, "fixtures/legacy-repository");
const LEGACY = readFileSync(join(FIXTURES, "written-by-0.6.3/config.yaml"), "utf8");
const LOCAL_STACK: StackRecord["components"] = {
  artifact_store: "local_artifact_store",
  metadata_store: "local_metadata_store",
  orchestrator: "local_orchestrator",
};

/** A repository as ZenML 0.6.3 left it, and a configuration folder that has the default profile. */
class Place {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "zen-legacy-")));
  readonly config = join(this.root, "config");
  readonly repository = join(this.root, "repository");
  readonly notices: string[] = [];

  private constructor() {
    onTestFinished(() => {
      execFileSync("chmod", ["-R", "u+w", this.root]);
      rmSync(this.root, { recursive: true });
    });
    mkdirSync(this.config);
    mkdirSync(this.repository);
  }

  static async make({ local = LEGACY }: { local?: string } = {}): Promise<Place> {
    const place = new Place();
    cpSync(join(FIXTURES, "written-by-0.6.3.global-config.yaml"), place.global);
    await place.open(place.root);
    place.notices.length = 0;
    place.leave(place.repository);
    writeFileSync(place.local, local);
    return place;
  }

  /** Puts what ZenML 0.6.3 left into a folder. */
  leave(repository: string): void {
    cpSync(join(FIXTURES, "written-by-0.6.3"), join(repository, ".zen"), { recursive: true });
  }

  get global(): string {
    return join(this.config, "config.yaml");
  }

  get local(): string {
    return join(this.repository, ".zen/config.yaml");
  }

  get stacks(): string {
    return join(this.repository, ".zen/stacks.yaml");
  }

  open(folder = this.repository): Promise<Context> {
    return openContext({ folder, env: { ZENML_CONFIG_PATH: this.config }, notice: (line) => this.notices.push(line) });
  }

  /** Opens the repository in another process, which the modes of folders bind, and which may be told to die. */
  async openElsewhere({ folder = this.repository, config = this.config, before = "", after = "" } = {}): Promise<string[]> {
    const script = `
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      const say = (line) => fs.writeSync(1, line + "\\n");
      ${before}
      const { openContext } = await import(${JSON.stringify(new URL("./context.ts", import.meta.url).href)});
      const context = await openContext({ folder: ${JSON.stringify(folder)}, notice: say });
      ${after}`;
    const env = { ...process.env, ZENML_CONFIG_PATH: config };
    const { stdout } = await boundByModes(["--input-type=module", "-e", script], env).catch(
      (error: { signal?: string; stdout: string }) => {
        if (error.signal !== "SIGKILL") throw error;
        return error;
      },
    );
    return stdout.split("\n").slice(0, -1);
  }

  profile(name = legacyProfile(this.repository)): unknown {
    return (load(readFileSync(this.global, "utf8")) as { profiles: Record<string, unknown> }).profiles[name];
  }

  setWritable(writable: boolean): void {
    execFileSync("chmod", ["-R", writable ? "u+w" : "a-w", join(this.repository, ".zen")]);
  }
}

/** The documented name, made from the repository's place. */
function legacyProfile(repository: string, counter = ""): string {
  return `legacy-repository-${createHash("sha256").update(`${repository}${counter}`).digest("hex").slice(0, 8)}`;
}

function explanation(repository: string, profile = legacyProfile(repository)): string[] {
  return [
    `A legacy ZenML repository with locally configured stacks was found at '${repository}/.zen'. Beginning with ZenML 0.7.0, stacks are no longer stored inside the ZenML repository root, they are stored globally using the newly introduced concept of Profiles.`,
    `The stacks configured in this repository will be automatically migrated to a newly created profile: '${profile}'.`,
    "If you no longer need to use the stacks configured in this repository, please delete the profile using the following command:",
    `'zenml profile delete ${profile}'`,
    "More information about Profiles can be found at https://docs.zenml.io. This warning will not be shown again for this Repository.",
    `Initializing profile \`${profile}\`...`,
  ];
}

/** Each file of a folder, with its bytes. */
function filesOf(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, "latin1")]),
  );
}

function componentFilesOf(folder: string): Record<string, string> {
  return Object.fromEntries(Object.entries(filesOf(folder)).filter(([file]) => file.includes("/")));
}

/** What each command has to find after a migration in place. */
function expectMigrated(place: Place): void {
  const { repository } = place;
  const zen = filesOf(join(repository, ".zen"));
  const reference = filesOf(join(FIXTURES, "migrated-by-0.7.0"));
  const profile = legacyProfile(repository);
  expect(load(zen["config.yaml"]!)).toEqual({ ...(load(reference["config.yaml"]!) as object), active_profile_name: profile });
  expect(load(zen["stacks.yaml"]!)).toEqual(load(reference["stacks.yaml"]!));
  expect(componentFilesOf(join(repository, ".zen"))).toEqual(componentFilesOf(join(FIXTURES, "migrated-by-0.7.0")));
  expect(zen["config.legacy.yaml"]).toBe(LEGACY);
  const global = readFileSync(join(FIXTURES, "migrated-by-0.7.0.global-config.yaml"), "utf8")
    .replaceAll("legacy-repository-9ad42b8d", profile)
    .replaceAll("/home/user/legacy", repository);
  expect(place.profile()).toEqual({
    ...(load(global) as { profiles: Record<string, object> }).profiles[profile],
    active_user: "default",
  });
}

async function active(context: Context): Promise<string[]> {
  const { profile } = context;
  const stack = await context.activeStack();
  return [`${profile.value} from ${profile.source}: ${profile.detail}`, `${stack.value} from ${stack.source}: ${stack.detail}`];
}

test("a repository that ZenML 0.6.3 left becomes what ZenML 0.7.0 made of it, with a backup, and says so once", async () => {
  const place = await Place.make();
  const context = await place.open();
  expectMigrated(place);
  expect(place.notices).toEqual(explanation(place.repository));
  expect(await active(context)).toEqual([
    `${legacyProfile(place.repository)} from repository: ${place.local}`,
    `local_stack from repository: ${place.local}`,
  ]);
  expect(await context.store.listStacks()).toEqual([
    {
      name: "local_kubeflow_stack",
      components: { ...LOCAL_STACK, container_registry: "local_registry", orchestrator: "kubeflow_orchestrator" },
    },
    { name: "local_stack", components: LOCAL_STACK },
  ]);
  expect(readdirSync(join(place.repository, ".zen")).sort()).toEqual([
    "artifact_stores",
    "config.legacy.yaml",
    "config.yaml",
    "container_registries",
    "metadata_stores",
    "orchestrators",
    "stacks.yaml",
  ]);
  expect(load(readFileSync(place.global, "utf8"))).toMatchObject({
    activated_profile: "default",
    analytics_opt_in: true,
    user_id: "c116e21a-e495-4acb-8192-3ce0a1ccfcdc",
  });

  const before = filesOf(place.root);
  expect(await active(await place.open())).toEqual(await active(context));
  expect(filesOf(place.root)).toEqual(before);
  expect(place.notices).toHaveLength(6);
});

test("what zen doesn't know is kept: types, flavors, further keys, comments", async () => {
  const place = await Place.make({
    local: `# ours
active_stack_name: prod
project: 007
stack_components:
  orchestrator:
    airflow: my.custom.flavor
  time_machine:
    delorean: mk1
stacks:
  prod:
    orchestrator: airflow
    step_operator: ~
    time_machine: delorean
version: 0.5.7
`,
  });
  const context = await place.open();
  expect(load(readFileSync(place.stacks, "utf8"))).toEqual({
    stack_components: { orchestrator: { airflow: "my.custom.flavor" }, time_machine: { delorean: "mk1" } },
    stacks: { prod: { orchestrator: "airflow", time_machine: "delorean" } },
  });
  expect(readFileSync(place.local, "utf8")).toBe(
    `active_profile_name: ${legacyProfile(place.repository)}\n# ours\nactive_stack_name: prod\nproject: 007\n`,
  );
  expect(await context.store.listStacks()).toEqual([{ name: "prod", components: { orchestrator: "airflow" } }]);
});

test.each([
  ["missing", ""],
  ["naming nothing", "active_stack_name: gone\n"],
])("an active stack that is %s is the first by name", async (_, line) => {
  const place = await Place.make({ local: `${line}stack_components: {}\nstacks: {b: {}, a: {}}\nversion: 0.6.3\n` });
  expect((await place.open()).profiles.find((one) => one.name === legacyProfile(place.repository))).toMatchObject({ activeStack: "a" });
  expect(readFileSync(place.local, "utf8")).toBe(`active_profile_name: ${legacyProfile(place.repository)}\nactive_stack_name: a\n`);
});

test("a repository without stacks has no active one", async () => {
  const place = await Place.make({ local: "active_stack_name: gone\nstack_components:\nstacks:\nversion: 0.6.3\n" });
  const context = await place.open();
  const profile = legacyProfile(place.repository);
  expect(readFileSync(place.local, "utf8")).toBe(`active_profile_name: ${profile}\n`);
  expect(place.profile()).toEqual({
    active_user: "default",
    name: profile,
    store_type: "local",
    store_url: `file://${place.repository}/.zen`,
  });
  expect(await context.store.listStacks()).toEqual([]);
  await expect(context.activeStack()).rejects.toMatchObject({ code: "no_active_stack" });
});

test.each([
  ["stacks: [\n", "is broken at line 2, column 1"],
  ["stack_components: {}\nstacks: [a]\n", 'is broken: "stacks" is a list and should be a mapping (key: value).'],
  ["stack_components: {}\nstacks: {a: 1}\n", 'is broken: "stacks.a" is 1 and should be a mapping (key: value).'],
  ["stack_components: {orchestrator: {a: []}}\nstacks: {}\n", 'is broken: "stack_components.orchestrator.a" is a list and should be text.'],
  ["stack_components: {orchestrator: {../a: local}}\nstacks: {}\n", `is broken: "../a" can't be the name of a component.`],
  ["stack_components: {}\nstacks: {a: {orchestrator: {}}}\n", 'is broken: "stacks.a.orchestrator" is a mapping and should be text.'],
  ["active_stack_name: []\nstack_components: {}\nstacks: {}\n", 'is broken: "active_stack_name" is a list and should be text.'],
  ["stack_components: &a {}\nstacks: {}\nmine: *a\n", "is broken: Unresolved alias (the anchor must be set before the alias): a."],
])("a broken one is left as it is, and nothing else is written: %j", async (local, message) => {
  const place = await Place.make({ local });
  const before = filesOf(place.root);
  await expect(place.open()).rejects.toMatchObject({
    code: "broken_file",
    message: expect.stringContaining(`The file ${place.local} ${message}`),
  });
  expect(filesOf(place.root)).toEqual(before);
  expect(place.notices).toEqual([]);
});

/** Kills its process before the nth file is put in its place. */
const dieAt = (n: number): string => `
  let left = ${n};
  for (const name of ["renameSync", "copyFileSync"]) {
    const original = fs[name];
    fs[name] = (...args) => {
      if (--left === 0) process.kill(process.pid, "SIGKILL");
      return original(...args);
    };
  }
  syncBuiltinESMExports();`;

describe("a process that is killed", () => {
  test.each([1, 2, 3, 4])("before it writes file %i of 4 leaves what the next one completes, and both together say it once", async (n) => {
    const place = await Place.make();
    const said = await place.openElsewhere({ before: dieAt(n), after: `say("survived")` });
    expect(said).not.toContain("survived");
    expect(readFileSync(place.local, "utf8")).toBe(LEGACY);
    expect(Object.keys(filesOf(join(place.repository, ".zen"))).filter((file) => !file.includes("/") && !file.startsWith("."))).toEqual(
      ["config.legacy.yaml", "config.yaml", "stacks.yaml"].filter((file) => file === "config.yaml" || n > (file === "stacks.yaml" ? 2 : 1)),
    );
    const context = await place.open();
    expectMigrated(place);
    expect([...said, ...place.notices]).toEqual(explanation(place.repository));
    expect((await context.activeStack()).value).toBe("local_stack");
    expect(context.profiles).toHaveLength(2);
  });

  test.each([1, 4, 7, 8])("before it writes file %i of 8 for a repository that can't be written", async (n) => {
    const place = await Place.make();
    place.setWritable(false);
    const said = await place.openElsewhere({ before: dieAt(n), after: `say("survived")` });
    const rest = await place.openElsewhere({ after: `say((await context.activeStack()).value);` });
    expect([...said, ...rest]).toEqual([...explanation(place.repository), "local_stack"]);
    expect(componentFilesOf(join(place.config, "profiles", legacyProfile(place.repository)))).toEqual(
      componentFilesOf(join(FIXTURES, "written-by-0.6.3")),
    );
  });

  test("and then ZenML 0.6 worked on: what it added counts, and what was there is kept", async () => {
    const place = await Place.make();
    await place.openElsewhere({ before: dieAt(3) });
    const half = readFileSync(place.stacks, "utf8");
    const grown = LEGACY.replace("stacks:\n", "stacks:\n  another: {orchestrator: local_orchestrator}\n");
    writeFileSync(place.local, grown);
    const { store } = await place.open();
    expect((await store.listStacks()).map((stack) => stack.name)).toEqual(["another", "local_kubeflow_stack", "local_stack"]);
    expect(readFileSync(join(place.repository, ".zen/stacks.legacy.yaml"), "utf8")).toBe(half);
    expect(readFileSync(join(place.repository, ".zen/config.legacy.yaml"), "utf8")).toBe(LEGACY);
    expect(readFileSync(join(place.repository, ".zen/config.legacy.2.yaml"), "utf8")).toBe(grown);
  });
});

test.each([2, 8])("%i processes at once make one profile, and one of them says so", { timeout: 120_000 }, async (count) => {
  const place = await Place.make();
  const after = `say([context.profile.value, (await context.activeStack()).value, (await context.store.listStacks()).length].join());`;
  const said = (await Promise.all(Array.from({ length: count }, () => place.openElsewhere({ after })))).flat();
  const answer = `${legacyProfile(place.repository)},local_stack,2`;
  expect(said.filter((line) => line === answer)).toHaveLength(count);
  expect(said.filter((line) => line !== answer)).toEqual(explanation(place.repository));
  expectMigrated(place);
  expect((await place.open()).profiles).toHaveLength(2);
});

describe("a repository that can't be written", () => {
  test("is left as it is, and works with a copy; it says so once", async () => {
    const place = await Place.make();
    chmodSync(join(place.repository, ".zen/metadata_stores/prod_mysql.yaml"), 0o600);
    place.setWritable(false);
    const zen = filesOf(join(place.repository, ".zen"));
    const profile = legacyProfile(place.repository);
    const copy = join(place.config, "profiles", profile);
    const after = `
      const { value, source, detail } = context.profile;
      say([value, source, detail].join());
      const stack = await context.activeStack();
      say([stack.value, stack.source, stack.detail].join());
      await context.store.listComponents("metadata_store").then((all) => say(all.map((one) => one.flavor).join()));`;
    const answer = [`${profile},repository,${place.local}`, `local_stack,repository,${place.local}`, "sqlite,mysql"];
    expect(await place.openElsewhere({ after })).toEqual([...explanation(place.repository), ...answer]);
    expect(place.profile()).toEqual({
      active_stack: "local_stack",
      active_user: "default",
      name: profile,
      store_type: "local",
      store_url: `file://${copy}`,
    });
    expect(load(readFileSync(join(copy, "stacks.yaml"), "utf8"))).toEqual(
      load(readFileSync(join(FIXTURES, "migrated-by-0.7.0/stacks.yaml"), "utf8")),
    );
    expect(componentFilesOf(copy)).toEqual(componentFilesOf(join(FIXTURES, "written-by-0.6.3")));
    expect(statSync(join(copy, "metadata_stores/prod_mysql.yaml")).mode & 0o077).toBe(0);

    // From then on reading needs no lock: the configuration may be read-only as well.
    execFileSync("chmod", ["-R", "a-w", place.config]);
    expect(await place.openElsewhere({ after })).toEqual(answer);
    execFileSync("chmod", ["-R", "u+w", place.config]);
    expect(await place.openElsewhere({ after })).toEqual(answer);
    expect(filesOf(join(place.repository, ".zen"))).toEqual(zen);
  });

  test("has one copy, also where the configuration folder is reached by a link", async () => {
    const place = await Place.make();
    place.setWritable(false);
    await place.openElsewhere();
    const link = join(place.root, "config-link");
    symlinkSync(place.config, link);
    const before = filesOf(place.config);
    expect(await place.openElsewhere({ config: link })).toEqual([]);
    expect(filesOf(place.config)).toEqual(before);
  });

  test("can't be told another active stack", async () => {
    const place = await Place.make();
    place.setWritable(false);
    await place.openElsewhere();
    expect(
      await place.openElsewhere({
        after: `await context.setActiveStack("local_kubeflow_stack").catch((error) => say(error.code + ": " + error.message));`,
      }),
    ).toEqual([`permission_denied: zen can't write ${place.local}: permission denied.`]);
    expect(readFileSync(place.local, "utf8")).toBe(LEGACY);
  });

  test("keeps its profile when it can be written again", async () => {
    const place = await Place.make();
    place.setWritable(false);
    await place.openElsewhere();
    const copy = join(place.config, "profiles", legacyProfile(place.repository));
    place.setWritable(true);
    const context = await place.open();
    expect(place.notices).toEqual([]);
    expect(readFileSync(place.local, "utf8")).toBe(
      `active_profile_name: ${legacyProfile(place.repository)}\nactive_stack_name: local_stack\n`,
    );
    expect(readFileSync(join(place.repository, ".zen/config.legacy.yaml"), "utf8")).toBe(LEGACY);
    expect(existsSync(place.stacks)).toBe(false);
    expect(context.profiles.map((profile) => storeFolder(profile.storeUrl))).toContain(copy);
    await context.store.commit([{ kind: "create_stack", stack: { name: "new", components: LOCAL_STACK } }]);
    expect((await (await place.open()).store.listStacks()).map((stack) => stack.name)).toEqual([
      "local_kubeflow_stack",
      "local_stack",
      "new",
    ]);
  });

  test("finds its copy again, with all that was changed in it, when the configuration was lost", async () => {
    const place = await Place.make();
    place.setWritable(false);
    await place.openElsewhere({
      after: `await context.store.commit([{ kind: "create_stack", stack: { name: "new", components: ${JSON.stringify(LOCAL_STACK)} } }]);`,
    });
    rmSync(place.global);
    const said = await place.openElsewhere({ after: `say((await context.store.listStacks()).map((stack) => stack.name).join());` });
    expect(said.slice(-7)).toEqual([...explanation(place.repository), "local_kubeflow_stack,local_stack,new"]);
  });
});

describe("a migrated repository", () => {
  test("that moves takes its profile with it", async () => {
    const place = await Place.make();
    const { store } = await place.open();
    await store.commit([{ kind: "create_stack", stack: { name: "new", components: LOCAL_STACK } }]);
    const profile = legacyProfile(place.repository);
    const moved = join(place.root, "moved");
    renameSync(place.repository, moved);
    place.notices.length = 0;
    const context = await place.open(moved);
    expect(place.notices).toEqual([`Profile \`${profile}\`: its store has moved to ${moved}/.zen.`]);
    expect(place.profile(profile)).toMatchObject({ active_stack: "local_stack", store_url: `file://${moved}/.zen` });
    expect((await context.store.listStacks()).map((stack) => stack.name)).toEqual(["local_kubeflow_stack", "local_stack", "new"]);
    await place.open(moved);
    expect(place.notices).toHaveLength(1);

    // Another one in its old place is another one.
    mkdirSync(place.repository);
    place.leave(place.repository);
    await place.open();
    expect(place.notices.slice(1)).toEqual(explanation(place.repository, legacyProfile(place.repository, " 2")));
    expect(place.profile(profile)).toMatchObject({ store_url: `file://${moved}/.zen` });
  });

  test("that moves is followed once by processes that start at once", async () => {
    const place = await Place.make();
    await place.open();
    const moved = join(place.root, "moved");
    renameSync(place.repository, moved);
    const said = (await Promise.all([1, 2, 3, 4].map(() => place.openElsewhere({ folder: moved })))).flat();
    expect(said).toEqual([`Profile \`${legacyProfile(place.repository)}\`: its store has moved to ${moved}/.zen.`]);
  });

  test("that moves works also where the configuration can't be written", async () => {
    const place = await Place.make();
    await place.open();
    const moved = join(place.root, "moved");
    renameSync(place.repository, moved);
    execFileSync("chmod", ["-R", "a-w", place.config]);
    const profile = legacyProfile(place.repository);
    const after = `say(context.profile.value + " " + (await context.store.listStacks()).length);`;
    expect(await place.openElsewhere({ folder: moved, after })).toEqual([
      `Profile \`${profile}\`: its store has moved to ${moved}/.zen. This could not be saved: zen can't write ${place.config}/lock.db: permission denied.`,
      `${profile} 2`,
    ]);
  });

  test("that is copied shares its profile with the copy, as the copy's configuration says", async () => {
    const place = await Place.make();
    await place.open();
    const copied = join(place.root, "copied");
    cpSync(place.repository, copied, { recursive: true });
    const before = filesOf(place.root);
    place.notices.length = 0;
    const context = await place.open(copied);
    expect(context.profile.value).toBe(legacyProfile(place.repository));
    expect(place.notices).toEqual([]);
    expect(filesOf(place.root)).toEqual(before);
  });

  test.each([
    ["local_kubeflow_stack", "local_kubeflow_stack"],
    ["gone", "local_kubeflow_stack"],
  ])("that comes to another machine is registered there, with the stack it names: %s", async (named, stack) => {
    const place = await Place.make();
    await place.open();
    writeFileSync(place.local, readFileSync(place.local, "utf8").replace("local_stack", named));
    const other = await Place.make();
    const cloned = join(other.root, "cloned");
    cpSync(place.repository, cloned, { recursive: true });
    const profile = legacyProfile(place.repository);
    const context = await other.open(cloned);
    expect(other.notices).toEqual([`Registered profile \`${profile}\`, whose store is in ${cloned}/.zen.`]);
    expect(other.profile(profile)).toEqual({
      active_stack: stack,
      active_user: "default",
      name: profile,
      store_type: "local",
      store_url: `file://${cloned}/.zen`,
    });
    expect(context.profile).toEqual({ value: profile, source: "repository", detail: join(cloned, ".zen/config.yaml") });
    expect(load(readFileSync(other.global, "utf8"))).toMatchObject({ activated_profile: "default" });
    await other.open(cloned);
    expect(other.notices).toHaveLength(1);
  });

  test("that lost its stacks as well falls back as any other", async () => {
    const place = await Place.make();
    await place.open();
    rmSync(place.stacks);
    const other = await Place.make();
    cpSync(place.repository, join(other.root, "cloned"), { recursive: true });
    expect((await other.open(join(other.root, "cloned"))).profile.value).toBe("default");
    expect(other.notices).toEqual([
      `Profile \`${legacyProfile(place.repository)}\` not found. Switching repository to the global active profile \`default\`.`,
    ]);
  });

  test("that is made anew in the same place gets its profile again", async () => {
    const place = await Place.make();
    await place.open();
    rmSync(join(place.repository, ".zen"), { recursive: true });
    place.leave(place.repository);
    writeFileSync(place.local, "active_stack_name: only\nstack_components: {}\nstacks: {only: {}}\nversion: 0.6.3\n");
    place.notices.length = 0;
    const context = await place.open();
    expect(place.notices).toEqual(explanation(place.repository));
    expect(place.profile()).toMatchObject({ active_stack: "only" });
    expect(context.profiles).toHaveLength(2);
    expect(await context.store.listStacks()).toEqual([{ name: "only", components: {} }]);
  });

  test("whose old configuration comes back, by git for example, keeps what its stacks have become", async () => {
    const place = await Place.make();
    const { store } = await place.open();
    await store.commit([{ kind: "create_stack", stack: { name: "new", components: LOCAL_STACK } }]);
    const migrated = readFileSync(place.local, "utf8");
    const stacks = readFileSync(place.stacks, "utf8");
    place.notices.length = 0;
    writeFileSync(place.local, LEGACY);
    await place.open();
    expect(place.notices).toEqual([]);
    expect(readFileSync(place.local, "utf8")).toBe(migrated);
    expect(readFileSync(place.stacks, "utf8")).toBe(stacks);
    expect(existsSync(join(place.repository, ".zen/config.legacy.2.yaml"))).toBe(false);
  });
});

test("a backup never takes the place of another", async () => {
  const place = await Place.make();
  writeFileSync(join(place.repository, ".zen/config.legacy.yaml"), "mine\n");
  await place.open();
  expect(readFileSync(join(place.repository, ".zen/config.legacy.yaml"), "utf8")).toBe("mine\n");
  expect(readFileSync(join(place.repository, ".zen/config.legacy.2.yaml"), "utf8")).toBe(LEGACY);
});

test("a link to the repository leads to the same profile", async () => {
  const place = await Place.make();
  const link = join(place.root, "link");
  symlinkSync(place.repository, link);
  const context = await place.open(link);
  expect(place.notices).toEqual(explanation(link, legacyProfile(place.repository)));
  expect(place.profile()).toMatchObject({ store_url: `file://${place.repository}/.zen` });
  expect((await place.open()).profile.value).toBe(context.profile.value);
  expect(place.notices).toHaveLength(6);
});

describe("the profile of a migrated repository", () => {
  test("is deleted from anywhere, and its repository goes on with the global one, and says nothing", async () => {
    const place = await Place.make();
    const name = legacyProfile(place.repository);
    await (await place.open()).activeStack();
    const left = await deleteProfile(await place.open(place.root), name);
    expect(left).toBe(`file://${place.repository}/.zen`);
    expect(readFileSync(place.stacks, "utf8")).toContain("local_kubeflow_stack");
    place.notices.length = 0;
    const context = await place.open();
    expect([context.profile.value, (await context.activeStack()).value]).toEqual(["default", "default"]);
    expect(place.profile()).toBeUndefined();
    expect(place.notices).toEqual([]);
  });

  test("is renamed from anywhere, and stays its repository's", async () => {
    const place = await Place.make();
    await (await place.open()).activeStack();
    await renameProfile(await place.open(place.root), legacyProfile(place.repository), "ours");
    place.notices.length = 0;
    const context = await place.open();
    expect([context.profile.value, (await context.activeStack()).value]).toEqual(["ours", "local_stack"]);
    expect(place.profile()).toBeUndefined();
    expect(place.profile("ours")).toMatchObject({ name: "ours", store_url: `file://${place.repository}/.zen` });
    expect(place.notices).toEqual([]);
  });
});
