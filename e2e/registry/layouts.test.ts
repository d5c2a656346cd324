import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { events, type Ended } from "../src/project.ts";
import { Machine } from "./machine.ts";
import { layouts, type Layout } from "./package-managers.ts";
import { releaseWorkspace, type ReleasedWorkspace } from "./released-workspace.ts";
import { PIPELINE, THIRD_PARTY, WANTED } from "./third-party.ts";

const released: ReleasedWorkspace = await releaseWorkspace();
const machine = new Machine(released.registry);
beforeAll(() => machine.publish(THIRD_PARTY));
afterAll(async () => {
  machine.remove();
  await released.registry[Symbol.asyncDispose]();
});

const EXPECTED = [
  "drawer of @acme/zen-integration-drawer 1.2.0",
  "local of @zen/integration-local",
  "shelf of acme-shelf 1.2.0",
  "vault of @acme/zen-integration-vault 1.2.0",
];

interface Status {
  readonly repository: string | null;
  /** Of the version: the folder of the @zen/cli that has answered. */
  readonly sources: { readonly version: string };
}

let count = 0;
/** Runs commands in a folder of the machine, with a configuration of its own. */
function commandsIn(folder: string, zen: readonly string[]) {
  const configFolder = machine.write(`configurations/${(count += 1)}`, {});
  const env = { ZENML_CONFIG_PATH: configFolder };
  const run = (...args: readonly string[]): Promise<Ended> => machine.run(folder, [...zen, ...args], env);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...args);
    expect(code, `${args.join(" ")}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  const flavors = async (): Promise<string[]> => {
    const listed = JSON.parse(await ok("artifact-store", "flavor", "list", "--output", "json")) as Record<string, string>[];
    return listed.map(({ flavor, package: from, version }) => `${flavor} of ${from}${from!.startsWith("@zen/") ? "" : ` ${version}`}`);
  };
  const integrations = async (): Promise<string[]> => {
    const listed = JSON.parse(await ok("integration", "list", "--output", "json")) as {
      name: string;
      found: string;
      through: string | null;
    }[];
    return listed.map(({ name, found, through }) => `${name} ${through === null ? found : `through ${through}`}`).sort();
  };
  const status = async (): Promise<Status> => JSON.parse(await ok("status", "--output", "json")) as Status;
  return { configFolder, run, ok, flavors, integrations, status };
}

/** Registers a store of each third-party flavor, and runs a pipeline that keeps its artifacts in one of them. */
async function useFlavors({ ok }: ReturnType<typeof commandsIn>, folder: string): Promise<void> {
  for (const flavor of ["vault", "shelf", "drawer"])
    await ok(
      "artifact-store",
      "register",
      flavor,
      `--flavor=${flavor}`,
      `--path=${path.join(machine.root, "stores", path.basename(folder), flavor)}`,
    );
  await ok("stack", "register", "company", "-o", "default", "-m", "default", "-a", "drawer");
  const printed = await ok("pipeline", "run", "pipeline.ts", "--stack", "company", "--output", "json");
  const run = events(printed).at(-1) as { status: string; stack: string; outputs: [{ id: string }] };
  expect(run).toMatchObject({ status: "completed", stack: "company" });
  expect(await ok("artifact", "read", run.outputs[0].id, "--stack", "company")).toBe("6\n");
}

async function ok(folder: string, command: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, stdout, stderr } = await machine.run(folder, command, env);
  expect(code, `${command.slice(1).join(" ")}: ${stdout}${stderr}`).toBe(0);
}

const installed = new Map<string, Promise<string>>();
/** The folder of a project that a package manager has installed, once for all tests. */
function projectOf({ name, files, manager, install }: Layout): Promise<string> {
  const make = async (): Promise<string> => {
    const manifest = { name: "project", version: "1.0.0", private: true, type: "module", ...WANTED };
    const folder = machine.write(name.replaceAll(/\W+/g, "-"), { ...files, "package.json": manifest, "pipeline.ts": PIPELINE });
    console.error(`Installing a project with ${name} …`);
    await ok(folder, [...manager, ...install]);
    return folder;
  };
  const known = installed.get(name) ?? make();
  installed.set(name, known);
  return known;
}

const LAYOUTS = layouts(released.registry.url);
const layout = (name: string): Layout => LAYOUTS.find((one) => one.name === name)!;

describe("a project installed by", () => {
  for (const one of LAYOUTS) {
    test(one.name, async (context) => {
      if (one.missing !== undefined) context.skip(one.missing);
      const folder = await projectOf(one);
      const commands = commandsIn(folder, [...one.manager, ...one.zen]);
      expect(await commands.flavors()).toEqual(EXPECTED);
      expect(await commands.integrations()).toEqual([
        "@acme/zen-integration-drawer through @acme/zen-platform",
        "@acme/zen-integration-vault direct",
        "@acme/zen-platform direct",
        "@zen/cli direct",
        "@zen/integration-local through @zen/cli",
        "acme-shelf direct",
      ]);
      // Every class is imported, each in a process of its own.
      await commands.ok("integration", "doctor", "--load");
      await useFlavors(commands, folder);
    });
  }
});

describe("a preset alone brings all that it includes, installed by", () => {
  // These hide what is no direct dependency.
  for (const one of ["pnpm, isolated", "bun, isolated"].map(layout)) {
    test.skipIf(one.missing !== undefined)(one.name, async () => {
      const folder = machine.write(`preset-${one.name.replaceAll(/\W+/g, "-")}`, {
        ...one.files,
        "package.json": {
          name: "project",
          version: "1.0.0",
          private: true,
          type: "module",
          dependencies: { "@zen/core": "latest", "@zen/cli": "latest", "@acme/zen-everything": "^3.0.0", zod: "^4.0.0" },
        },
        "pipeline.ts": PIPELINE,
      });
      await ok(folder, [...one.manager, ...one.install]);
      const zen = commandsIn(folder, [...one.manager, ...one.zen]);
      expect(await zen.flavors()).toEqual(EXPECTED);
      await useFlavors(zen, folder);
    });
  }
});

test("a program runs under yarn node in a Plug'n'Play project", async (context) => {
  const pnp = layout("yarn, pnp");
  if (pnp.missing !== undefined) context.skip(pnp.missing);
  const folder = await projectOf(pnp);
  const program = `import { adding } from "./pipeline.ts";
const run = await adding({ n: 10 }).run();
console.log("total", await run.outputs.total.read());
`;
  machine.write(path.basename(folder), { "program.ts": program });
  const zen = commandsIn(folder, [...pnp.manager, "run", "zen"]);
  await useFlavors(zen, folder);
  await zen.ok("stack", "set", "company");
  const env = { ZENML_CONFIG_PATH: zen.configFolder };
  const { stdout, stderr, code } = await machine.run(folder, [...pnp.manager, "node", "program.ts"], env);
  expect({ stdout, stderr, code }).toEqual({ stdout: "total 45\n", stderr: "", code: 0 });
});

describe("a global zen", () => {
  const packages = ["@zen/cli", ...Object.keys(THIRD_PARTY).filter((name) => !/drawer|everything/.test(name))];
  const npmPrefix = path.join(machine.root, "npm-global");
  const npmZen = path.join(npmPrefix, "bin/zen");
  beforeAll(() => ok(machine.home, ["npm", "install", "--global", `--prefix=${npmPrefix}`, ...packages]));

  /**
   * In an empty folder nothing runs, but what stores artifacts can be registered, and tried. In a project that has core alone, its
   * core runs the pipeline, with flavors that are built on the core beside them.
   */
  async function useGlobally(zen: readonly string[], name: string): Promise<void> {
    const empty = machine.write(`${name}-empty`, {});
    const outside = commandsIn(empty, zen);
    expect(await outside.flavors()).toEqual(EXPECTED);
    await outside.ok("artifact-store", "register", "drawer", "--flavor=drawer", `--path=${empty}/drawer`, "--check");

    const manifest = { name: "project", private: true, type: "module", dependencies: { "@zen/core": "latest", zod: "^4.0.0" } };
    const folder = machine.write(name, { "package.json": manifest, "pipeline.ts": PIPELINE });
    await ok(folder, ["npm", "install"]);
    await useFlavors(commandsIn(folder, zen), folder);
  }

  test("of npm brings what is installed beside it", () => useGlobally([npmZen], "beside-npm"));

  test("of pnpm brings what is installed globally, at once or later", async () => {
    const [manager] = layout("pnpm, isolated").manager;
    const home = path.join(machine.root, "pnpm-global");
    const env = { PNPM_HOME: home, PATH: `${home}/bin:${machine.env["PATH"]}` };
    await ok(machine.home, [manager!, "add", "--global", ...packages.slice(0, 2)], env);
    await ok(machine.home, [manager!, "add", "--global", ...packages.slice(2)], env);
    await useGlobally([path.join(home, "bin/zen")], "beside-pnpm");
  });

  test("of bun brings what is installed globally", async (context) => {
    const { manager, missing } = layout("bun, hoisted");
    if (missing !== undefined) context.skip(missing);
    const home = path.join(machine.root, "bun-global");
    await ok(machine.home, [manager[0]!, "add", "--global", ...packages], { BUN_INSTALL: home });
    await useGlobally([path.join(home, "bin/zen")], "beside-bun");
  });

  test("hands over to the project's own, which brings nothing of what is beside the global one", async () => {
    const folder = machine.write("handed-over", {
      "package.json": { name: "project", private: true, type: "module", dependencies: { "@zen/cli": "latest" } },
    });
    await ok(folder, ["npm", "install"]);
    expect(await commandsIn(folder, [npmZen]).flavors()).toEqual(["local of @zen/integration-local"]);
    for (const name of ["pnpm, isolated", "pnpm, hoisted", "npm, linked"]) {
      const other = await projectOf(layout(name));
      const zen = commandsIn(other, [npmZen]);
      expect(await zen.flavors(), name).toEqual(EXPECTED);
      expect((await zen.status()).sources.version, name).toContain(other);
    }
  });

  test("says in a Plug'n'Play project how to start", async (context) => {
    const pnp = layout("yarn, pnp");
    if (pnp.missing !== undefined) context.skip(pnp.missing);
    const folder = await projectOf(pnp);
    const zen = commandsIn(folder, [npmZen]);
    for (const args of [
      ["artifact-store", "flavor", "list"],
      ["pipeline", "run", "pipeline.ts"],
    ]) {
      const { code, stdout, stderr } = await zen.run(...args);
      expect({ code, stdout, stderr: stderr.split("\n").slice(-3).join("\n") }, args.join(" ")).toEqual({
        code: 2,
        stdout: "",
        stderr: `Error: The packages of ${folder} are installed by Yarn Plug'n'Play (.pnp.cjs), and plain node can't load them.
Start it through Yarn: yarn zen …, or yarn node pipeline.ts
`,
      });
    }
  });
});

describe("a workspace installed by", () => {
  for (const one of LAYOUTS) {
    test.skipIf(one.missing !== undefined)(
      `${one.name}: dependencies of the package and of the root count, a neighbour's don't`,
      async () => {
        const folder = machine.write(`workspace-${one.name.replaceAll(/\W+/g, "-")}`, {
          ...one.files,
          ...(one.name.startsWith("pnpm") ? { "pnpm-workspace.yaml": `${one.files!["pnpm-workspace.yaml"]}packages: [packages/*]\n` } : {}),
          "package.json": {
            name: "root",
            private: true,
            workspaces: ["packages/*"],
            devDependencies: { "@zen/cli": "latest", "acme-shelf": "^1.0.0", zod: "^4.0.0" },
          },
          "packages/app/package.json": {
            name: "app",
            version: "1.0.0",
            type: "module",
            dependencies: { "@zen/core": "latest", "@zen/cli": "latest", "@acme/zen-integration-vault": "^1.0.0", zod: "^4.0.0" },
          },
          "packages/other/package.json": {
            name: "other",
            version: "1.0.0",
            dependencies: { "@zen/core": "latest", "@acme/zen-platform": "^3.0.0", zod: "^4.0.0" },
          },
        });
        await ok(folder, [...one.manager, ...one.install]);
        const zen = commandsIn(path.join(folder, "packages/app"), [...one.manager, ...one.zen]);
        expect(await zen.flavors()).toEqual([
          "local of @zen/integration-local",
          "shelf of acme-shelf 1.2.0",
          "vault of @acme/zen-integration-vault 1.2.0",
        ]);
      },
    );
  }
});

describe("a package in a folder beside the project", () => {
  const source = path.join(machine.root, "sources/acme-shelf");
  // Its author has installed what it needs.
  beforeAll(() => ok(source, ["npm", "install"]));

  /** A project that has no flavors of its own. */
  async function emptyProject(one: Layout, title: string) {
    const folder = machine.write(`beside-${title.replaceAll(/\W+/g, "-")}`, {
      ...one.files,
      "package.json": {
        name: "project",
        private: true,
        type: "module",
        dependencies: { "@zen/core": "latest", "@zen/cli": "latest", zod: "^4.0.0" },
      },
    });
    await ok(folder, [...one.manager, ...one.install]);
    return { folder, zen: commandsIn(folder, [...one.manager, ...one.zen]) };
  }

  async function hasShelf({ folder, zen }: Awaited<ReturnType<typeof emptyProject>>): Promise<void> {
    expect(await zen.flavors()).toEqual(["local of @zen/integration-local", "shelf of acme-shelf 1.2.0"]);
    await zen.ok("artifact-store", "register", "shelf", "--flavor=shelf", `--path=${folder}/shelf`, "--check");
  }

  test.for<[name: string, title: string, args: readonly string[]]>([
    ["npm, hoisted", "npm install ../sources/NAME", ["install", source]],
    ["pnpm, isolated", "pnpm link ../sources/NAME", ["link", source]],
    ["pnpm, isolated", "pnpm add link:", ["add", `link:${source}`]],
    ["yarn, node-modules", "yarn add file:", ["add", `acme-shelf@file:${source}`]],
    ["bun, hoisted", "bun add file:", ["add", `file:${source}`]],
  ])("%s: %s", async ([name, title, args], { skip }) => {
    const one = layout(name);
    if (one.missing !== undefined) skip(one.missing);
    const project = await emptyProject(one, title);
    await ok(project.folder, [...one.manager, ...args]);
    await hasShelf(project);
  });

  test("npm link counts once it is saved, and what isn't is said", async () => {
    const env = { npm_config_prefix: path.join(machine.root, "npm-links") };
    await ok(source, ["npm", "link"], env);
    const project = await emptyProject(layout("npm, hoisted"), "npm link");
    await ok(project.folder, ["npm", "link", "acme-shelf"], env);
    expect(await project.zen.flavors()).toEqual(["local of @zen/integration-local"]);
    expect(await project.zen.ok("integration", "doctor"))
      .toContain(`! acme-shelf: it is linked into node_modules, and is not a dependency of ${project.folder}/package.json: only these count
    npm link acme-shelf --save
`);
    await ok(project.folder, ["npm", "link", "acme-shelf", "--save"], env);
    await hasShelf(project);
  });
});

test("a project within a project has its own flavors only, and the repository around it", async () => {
  const one = layout("npm, hoisted");
  const outer = await projectOf(one);
  await ok(outer, [...one.manager, ...one.zen, "init", "--if-missing"], { ZENML_CONFIG_PATH: machine.write("configurations/inner", {}) });
  const inner = machine.write(path.join(path.relative(machine.root, outer), "services/inner"), {
    "package.json": {
      name: "inner",
      private: true,
      type: "module",
      dependencies: { "@zen/core": "latest", "@zen/cli": "latest", "acme-shelf": "^1.0.0", zod: "^4.0.0" },
    },
  });
  await ok(inner, ["npm", "install"]);
  const zen = commandsIn(inner, [...one.manager, ...one.zen]);
  expect(await zen.flavors()).toEqual(["local of @zen/integration-local", "shelf of acme-shelf 1.2.0"]);
  expect((await zen.status()).repository).toBe(outer);
});
