import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createProfileLocked } from "../profile/create-profile.ts";
import type { ZenError } from "../error/zen-error.ts";
import { boundByModes } from "../store/bound-by-modes.fixture.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { StackRecord } from "../store/stack-store.ts";
import { openContext, type Context, type ContextOptions } from "./context.ts";
import { writeLocalConfigLocked } from "./local-config.ts";

const PARTS: StackRecord["components"] = { orchestrator: "default", metadata_store: "default", artifact_store: "default" };

/** A configuration with the profiles `default` and `team`, each with the stacks `default` and `custom`; and a repository. */
class Place {
  readonly root: string;
  readonly config: string;
  readonly repository: string;
  readonly notices: string[] = [];

  private constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), "zen-context-")));
    onTestFinished(() => rmSync(this.root, { recursive: true }));
    this.config = join(this.root, "config");
    this.repository = join(this.root, "repository");
    mkdirSync(join(this.repository, "src"), { recursive: true });
  }

  static async make(local?: string): Promise<Place> {
    const place = new Place();
    const { store } = await place.open();
    await store.commit([{ kind: "create_stack", stack: { name: "custom", components: PARTS } }]);
    await createProfileLocked("team", { configFolder: place.config, notice: () => {} });
    const team = (await place.open({ profile: "team" })).store;
    await team.commit([{ kind: "create_stack", stack: { name: "shared", components: PARTS } }]);
    place.notices.length = 0;
    if (local !== undefined) {
      mkdirSync(join(place.repository, ".zen"));
      writeFileSync(place.local, local);
    }
    return place;
  }

  get local(): string {
    return join(this.repository, ".zen/config.yaml");
  }

  get global(): string {
    return join(this.config, "config.yaml");
  }

  open(options: Partial<ContextOptions> = {}, env: NodeJS.ProcessEnv = {}): Promise<Context> {
    return openContext({
      folder: join(this.repository, "src"),
      notice: (line) => this.notices.push(line),
      env: { ZENML_CONFIG_PATH: this.config, ...env },
      ...options,
    });
  }
}

async function active(context: Context): Promise<string[]> {
  const { profile } = context;
  const stack = await context.activeStack();
  return [`${profile.value} from ${profile.source}: ${profile.detail}`, `${stack.value} from ${stack.source}: ${stack.detail}`];
}

test("the first of flag, environment, repository and global counts, for profile and stack alike", async () => {
  const place = await Place.make("active_profile_name: team\nactive_stack_name: shared\n");
  expect(await active(await place.open())).toEqual([`team from repository: ${place.local}`, `shared from repository: ${place.local}`]);
  expect(await active(await place.open({}, { ZENML_ACTIVATED_STACK: "default" }))).toEqual([
    `team from repository: ${place.local}`,
    "default from environment: ZENML_ACTIVATED_STACK",
  ]);
  const env = { ZENML_ACTIVATED_PROFILE: "default", ZENML_ACTIVATED_STACK: "custom" };
  expect(await active(await place.open({}, env))).toEqual([
    "default from environment: ZENML_ACTIVATED_PROFILE",
    "custom from environment: ZENML_ACTIVATED_STACK",
  ]);
  expect(await active(await place.open({ profile: "team", stack: "shared" }, env))).toEqual([
    "team from flag: --profile",
    "shared from flag: --stack",
  ]);
  expect(await active(await place.open({ folder: place.root }))).toEqual([
    `default from global: ${place.global}`,
    `default from global: ${place.global}`,
  ]);
  expect(place.notices).toEqual([]);
});

test("a repository's stack means nothing under another profile", async () => {
  const place = await Place.make("active_profile_name: team\nactive_stack_name: shared\n");
  expect(await active(await place.open({ profile: "default" }))).toEqual([
    "default from flag: --profile",
    `default from global: ${place.global}`,
  ]);
  expect(readFileSync(place.local, "utf8")).toBe("active_profile_name: team\nactive_stack_name: shared\n");
});

test.each<[Partial<ContextOptions>, NodeJS.ProcessEnv, object]>([
  [
    { profile: "taem" },
    {},
    {
      code: "profile_not_found",
      exitCode: 2,
      message: '--profile names the profile "taem", which does not exist. Did you mean "team"?',
      hint: "The profiles are: default, team.",
    },
  ],
  [
    {},
    { ZENML_ACTIVATED_PROFILE: "nope" },
    {
      code: "profile_not_found",
      exitCode: 2,
      message: 'ZENML_ACTIVATED_PROFILE names the profile "nope", which does not exist.',
      hint: "The profiles are: default, team. Set it to one of these, or forget it: unset ZENML_ACTIVATED_PROFILE",
    },
  ],
  [
    { stack: "custm" },
    {},
    {
      code: "stack_not_found",
      exitCode: 2,
      message: '--stack names the stack "custm", which does not exist in the profile "default". Did you mean "custom"?',
      hint: "The stacks are: custom, default.",
    },
  ],
  [
    {},
    { ZENML_ACTIVATED_STACK: "shared" },
    {
      code: "stack_not_found",
      exitCode: 2,
      message: 'ZENML_ACTIVATED_STACK names the stack "shared", which does not exist in the profile "default".',
      hint: "The stacks are: custom, default. Set it to one of these, or forget it: unset ZENML_ACTIVATED_STACK",
    },
  ],
])("%j %j names nothing", async (options, env, error) => {
  const place = await Place.make();
  await expect(place.open(options, env).then(active)).rejects.toMatchObject(error);
});

test("a global profile or stack that has gone is replaced: said once, and saved", async () => {
  const place = await Place.make();
  const text = readFileSync(place.global, "utf8");
  writeFileSync(place.global, text.replace("active_stack: default", "active_stack: gone"));
  expect(await active(await place.open())).toEqual([`default from global: ${place.global}`, `default from global: ${place.global}`]);
  expect(readFileSync(place.global, "utf8")).toBe(text);
  writeFileSync(place.global, text.replace("activated_profile: default", "activated_profile: gone"));
  expect(await active(await place.open())).toEqual([`default from global: ${place.global}`, `default from global: ${place.global}`]);
  expect(readFileSync(place.global, "utf8")).toBe(text);
  await active(await place.open());
  expect(place.notices).toEqual([
    "Stack `gone` not found. Switching the active stack of the profile `default` to `default`.",
    "Profile `gone` not found. Switching the global active profile to `default`.",
  ]);
});

test("what another process has renamed meanwhile is no reason to fall back", async () => {
  const place = await Place.make("active_profile_name: default\nactive_stack_name: custom\n");
  // A writer between two of its files: the stack has its new name, the repository names the old one.
  const between = Promise.withResolvers<void>();
  const writer = withConfigLock(place.config, async () => {
    await (await place.open()).store.commitLocked([{ kind: "rename_stack", name: "custom", to: "better" }]);
    between.resolve();
    await sleep(200);
    await writeLocalConfigLocked(place.repository, { profile: "default", stack: "better" });
  });
  await between.promise;
  expect((await active(await place.open()))[1]).toBe(`better from repository: ${place.local}`);
  await writer;
  expect(place.notices).toEqual([]);
});

test("a repository whose profile has gone falls back to the global one: said once, and saved", async () => {
  const place = await Place.make("# ours\nactive_profile_name: loc\nactive_stack_name: shared\nproject_name: x\n");
  expect(await active(await place.open())).toEqual([`default from repository: ${place.local}`, `default from repository: ${place.local}`]);
  expect(place.notices).toEqual(["Profile `loc` not found. Switching repository to the global active profile `default`."]);
  expect(readFileSync(place.local, "utf8")).toBe("# ours\nactive_profile_name: default\nactive_stack_name: default\nproject_name: x\n");
  await active(await place.open());
  expect(place.notices).toHaveLength(1);
});

test("a repository whose stack has gone falls back to the profile's: said once, and saved", async () => {
  const place = await Place.make("active_profile_name: team\nactive_stack_name: gone\n");
  expect(await active(await place.open())).toEqual([`team from repository: ${place.local}`, `default from repository: ${place.local}`]);
  expect(place.notices).toEqual(["Stack `gone` not found. Switching the repository active stack to `default`."]);
  expect(readFileSync(place.local, "utf8")).toBe("active_profile_name: team\nactive_stack_name: default\n");
  await active(await place.open());
  expect(place.notices).toHaveLength(1);
});

test("a fall-back to a stack that has gone too goes on to one that is there, and never in a loop", async () => {
  const place = await Place.make("active_profile_name: default\nactive_stack_name: gone\n");
  writeFileSync(place.global, readFileSync(place.global, "utf8").replace("active_stack: default", "active_stack: gone"));
  expect((await (await place.open()).activeStack()).value).toBe("default");
  expect(place.notices).toEqual([
    "Stack `gone` not found. Switching the active stack of the profile `default` to `default`.",
    "Stack `gone` not found. Switching the repository active stack to `default`.",
  ]);
  await active(await place.open());
  expect(place.notices).toHaveLength(2);
});

test("a profile without stacks has no active one, and says what to do", async () => {
  const place = await Place.make();
  const { store } = await place.open();
  await store.commit((await store.listStacks()).map(({ name }) => ({ kind: "delete_stack", name })));
  await expect((await place.open()).activeStack()).rejects.toMatchObject({
    code: "no_active_stack",
    message: 'The profile "default" has no stack.',
    hint: "Register one: zen stack register --help",
  });
  expect(place.notices).toEqual([]);
});

test("the active stack is set in the repository, or in the profile outside one and when asked to", async () => {
  const place = await Place.make("active_profile_name: team\nactive_stack_name: default\n");
  const context = await place.open();
  expect(await context.setActiveStack("shared")).toBe("repository");
  expect((await context.activeStack()).value).toBe("shared");
  expect(readFileSync(place.local, "utf8")).toBe("active_profile_name: team\nactive_stack_name: shared\n");
  await expect(context.setActiveStack("sharde")).rejects.toThrow(
    'There is no stack "sharde" in the profile "team". Did you mean "shared"?',
  );

  expect(await context.setActiveStack("shared", { global: true })).toBe("global");
  expect((await place.open({ folder: place.root, profile: "team" })).profiles.find((one) => one.name === "team")?.activeStack).toBe(
    "shared",
  );

  const other = await place.open({ profile: "default" });
  await expect(other.setActiveStack("custom")).rejects.toMatchObject({
    code: "other_profile",
    message: `The repository ${place.repository} works with the profile "team", and the stack "custom" is one of "default", which --profile names.`,
    hint: "Make it the active stack of the profile instead: zen stack set --global custom",
  });
  expect(await (await place.open({ folder: place.root })).setActiveStack("custom")).toBe("global");
  expect((await place.open({ folder: place.root }).then(active))[1]).toBe(`custom from global: ${place.global}`);
});

test("a broken repository configuration says where", async () => {
  const place = await Place.make("active_profile_name: [\n");
  await expect(place.open()).rejects.toMatchObject({
    code: "broken_file",
    message: expect.stringContaining(`The file ${place.local} is broken at line 2, column 1`),
  });
});

test("a store that this zen can't open is an error only when it is needed, and shows no password", async () => {
  const place = await Place.make();
  writeFileSync(
    place.global,
    readFileSync(place.global, "utf8").replace(
      "profiles:\n",
      "profiles:\n  far:\n    store_type: sql\n    store_url: mysql://ada:pw@db/zen\n",
    ),
  );
  const context = await place.open({ profile: "far" });
  expect(context.profiles.map((profile) => profile.name)).toEqual(["default", "far", "team"]);
  expect(() => context.store).toThrow(
    'The profile "far" keeps its stacks in a store of type sql (mysql://ada:********@db/zen), which this version of zen can\'t open.',
  );
});

test("reading works in folders that this user can't write to; what can't be saved is said", async () => {
  const place = await Place.make("active_profile_name: default\nactive_stack_name: gone\n");
  execFileSync("chmod", ["-R", "a-w", place.root]);
  onTestFinished(() => void execFileSync("chmod", ["-R", "u+w", place.root]));
  const script = `
    const { openContext } = await import(${JSON.stringify(new URL("./context.ts", import.meta.url).href)});
    const context = await openContext({ folder: ${JSON.stringify(place.repository)}, notice: (line) => console.log(line) });
    console.log((await context.activeStack()).value, (await context.store.listStacks()).length, (await context.store.listComponents("orchestrator")).length);
    await context.setActiveStack("custom").catch((error) => console.log(error.code));`;
  const { stdout } = await boundByModes(["--input-type=module", "-e", script], { ...process.env, ZENML_CONFIG_PATH: place.config });
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(
      /^Stack `gone` not found\. Switching the repository active stack to `default`\. This could not be saved: zen can't write .*lock\.db: permission denied\.$/,
    ),
    "default 2 1",
    "permission_denied",
    "",
  ]);
});

test("opening a context, and listing with it, loads neither the schema library nor SQLite nor YAML", async () => {
  const place = await Place.make();
  const script = `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({ resolve(specifier, context, next) { seen.add(specifier); return next(specifier, context); } });
    const { openContext } = await import(${JSON.stringify(new URL("../light.ts", import.meta.url).href)});
    console.log([...seen].filter((specifier) => !specifier.startsWith(".") && !specifier.startsWith("file:")).filter((specifier) => !/^node:(buffer|crypto|fs|module|os|path|timers.promises|util)$/.test(specifier)).join());
    seen.clear();
    const context = await openContext({ folder: ${JSON.stringify(place.repository)} });
    await context.activeStack();
    await context.store.listStacks();
    context.flavors();
    console.log([...seen].filter((specifier) => !specifier.startsWith(".")).join());`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    env: { ZENML_CONFIG_PATH: place.config },
  });
  // Files as zen writes them need no parser.
  expect(stdout).toBe("\n\n");
});

test("whatever is set where, the first of flag, environment, repository and global counts", async () => {
  const place = await Place.make();
  mkdirSync(join(place.repository, ".zen"));
  const global = readFileSync(place.global, "utf8");
  const profiles = ["default", "team", undefined] as const;
  // `default` is a stack of both profiles, the others of one each.
  const stacksOf: Readonly<Record<string, readonly string[]>> = { default: ["custom", "default"], team: ["default", "shared"] };
  const profile = fc.constantFrom(...profiles);
  const stack = fc.constantFrom("default", "custom", "shared", undefined);
  const said = fc.record({
    flags: fc.record({ profile, stack }),
    variables: fc.record({ profile, stack }),
    local: fc.record({ profile, stack }),
    global: fc.record({ profile: fc.constantFrom("default", "team"), stack: fc.constantFrom("default", "custom", "shared") }),
    inside: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(said, async ({ flags, variables, local, global: everywhere, inside }) => {
      const lines = [
        local.profile === undefined ? "" : `active_profile_name: ${local.profile}\n`,
        local.stack === undefined ? "" : `active_stack_name: ${local.stack}\n`,
      ];
      writeFileSync(place.local, lines.join(""));
      writeFileSync(
        place.global,
        global
          .replace(/^activated_profile: .*$/m, `activated_profile: ${everywhere.profile}`)
          .replace(/active_stack: .*$/gm, `active_stack: ${everywhere.stack}`),
      );
      const env = { ZENML_ACTIVATED_PROFILE: variables.profile, ZENML_ACTIVATED_STACK: variables.stack };
      const open = (): Promise<string[]> => place.open({ ...flags, folder: inside ? place.repository : place.root }, env).then(active);

      const repository = inside ? local : { profile: undefined, stack: undefined };
      const first = (what: "profile" | "stack", ownStack: string | undefined): [string, string] | undefined =>
        flags[what] !== undefined
          ? [flags[what], `flag: --${what}`]
          : variables[what] !== undefined
            ? [variables[what], `environment: ZENML_ACTIVATED_${what.toUpperCase()}`]
            : ownStack !== undefined
              ? [ownStack, `repository: ${place.local}`]
              : undefined;
      const [profileName, profileSource] = first("profile", repository.profile) ?? [everywhere.profile, `global: ${place.global}`];
      const own = (repository.profile ?? profileName) === profileName ? repository.stack : undefined;
      const [stackName, stackSource] = first("stack", own) ?? [everywhere.stack, `global: ${place.global}`];
      const known = stacksOf[profileName]!;
      // What has gone from files is replaced: by what the profile says, else by its default stack.
      const profileStack = known.includes(everywhere.stack) ? everywhere.stack : "default";
      const counts = known.includes(stackName) ? stackName : profileStack;
      const refused = counts !== stackName && /^(flag|environment)/.test(stackSource);
      const outcome = refused ? ["stack_not_found", 2] : [`${profileName} from ${profileSource}`, `${counts} from ${stackSource}`];
      expect(await open().catch(({ code, exitCode }: ZenError) => [code, exitCode])).toEqual(outcome);
    }),
    { numRuns: 150 },
  );
});
