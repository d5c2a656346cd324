import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { discoverFlavors, type DiscoveryOptions } from "./discovery.ts";

function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "zen-discovery-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function write(root: string, files: Record<string, unknown>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  }
}

/** The package.json of a package with one artifact store flavor. */
function plugin(name: string, flavor: string, more: object = {}): object {
  return {
    name,
    version: "1.0.0",
    zen: { manifestVersion: 1, flavors: [{ type: "artifact_store", flavor, contract: 1, module: ".", export: "Store" }], ...more },
  };
}

function found(options: DiscoveryOptions): string[] {
  const { flavors, broken } = discoverFlavors(options);
  return [
    ...flavors.map((entry) => `${entry.package}:${entry.flavor}${entry.through === undefined ? "" : ` through ${entry.through}`}`),
    ...broken.map((one) => `${one.package}: ${one.problem}`),
  ];
}

test("direct dependencies of all kinds count, and what is only hoisted doesn't", () => {
  const root = temporary();
  write(root, {
    "package.json": {
      name: "project",
      dependencies: { a: "1" },
      devDependencies: { b: "1" },
      optionalDependencies: { c: "1", "not-installed": "1" },
      peerDependencies: { "@acme/d": "1" },
    },
    "src/deep/pipeline.ts": "",
    "node_modules/a/package.json": plugin("a", "fa"),
    "node_modules/b/package.json": plugin("b", "fb"),
    "node_modules/c/package.json": plugin("c", "fc"),
    "node_modules/@acme/d/package.json": plugin("@acme/d", "fd"),
    "node_modules/transitive/package.json": plugin("transitive", "ft"),
  });
  expect(found({ folder: join(root, "src/deep") })).toEqual(["a:fa", "b:fb", "c:fc", "@acme/d:fd"]);
});

test("the package itself counts, for its author; a package.json that is only a marker doesn't stop the search", () => {
  const root = temporary();
  write(root, { "package.json": plugin("@me/store", "mine"), "dist/package.json": { type: "module" }, "dist/x.js": "" });
  expect(found({ folder: join(root, "dist") })).toEqual(["@me/store:mine"]);
});

test("includes count one hop, resolved from the package that includes (pnpm's layout)", () => {
  const root = temporary();
  write(root, {
    "package.json": { name: "project", dependencies: { preset: "1" } },
    "node_modules/.pnpm/preset@1/node_modules/preset/package.json": {
      name: "preset",
      version: "1.0.0",
      zen: { manifestVersion: 1, includes: ["inner", "missing"] },
    },
    "node_modules/.pnpm/inner@1/node_modules/inner/package.json": plugin("inner", "fi", { includes: ["further"] }),
    "node_modules/.pnpm/inner@1/node_modules/further/package.json": plugin("further", "ff"),
  });
  symlinkSync("../../inner@1/node_modules/inner", join(root, "node_modules/.pnpm/preset@1/node_modules/inner"));
  symlinkSync(".pnpm/preset@1/node_modules/preset", join(root, "node_modules/preset"));
  expect(found({ folder: root })).toEqual(["inner:fi through preset", "preset: it includes missing, which is not installed"]);
  expect(discoverFlavors({ folder: root }).flavors[0]!.folder).toBe(join(root, "node_modules/.pnpm/inner@1/node_modules/inner"));
});

test.each([
  ["pnpm", { "pnpm-workspace.yaml": "packages: [apps/*]\n", "package.json": { name: "root", devDependencies: { tool: "1" } } }],
  ["npm", { "package.json": { name: "root", workspaces: ["apps/*"], devDependencies: { tool: "1" } } }],
])("the direct dependencies of a workspace's root count (%s)", (_, files) => {
  const root = temporary();
  write(root, {
    ...files,
    "apps/web/package.json": { name: "web", dependencies: { own: "1" } },
    "apps/web/node_modules/own/package.json": plugin("own", "fo"),
    "apps/other/package.json": { name: "other", dependencies: { theirs: "1" } },
    "node_modules/tool/package.json": plugin("tool", "ft"),
    "node_modules/theirs/package.json": plugin("theirs", "fx"),
  });
  expect(found({ folder: join(root, "apps/web") })).toEqual(["own:fo", "tool:ft"]);
});

test("a folder above that is no workspace's root doesn't count", () => {
  const root = temporary();
  write(root, {
    "package.json": { name: "home", dependencies: { x: "1" } },
    "node_modules/x/package.json": plugin("x", "fx"),
    "project/package.json": { name: "project" },
  });
  expect(found({ folder: join(root, "project") })).toEqual([]);
});

test("without a package.json above, the repository's root is the start", () => {
  const [root, repository] = [temporary(), temporary()];
  write(repository, { "package.json": { name: "r", dependencies: { a: "1" } }, "node_modules/a/package.json": plugin("a", "fa") });
  expect(found({ folder: root, repositoryRoot: repository })).toEqual(["a:fa"]);
  expect(found({ folder: root })).toEqual([]);
});

test("a global host brings what it includes, and what is installed beside it", () => {
  const [root, project] = [temporary(), temporary()];
  write(root, {
    "lib/node_modules/@zen/cli/package.json": {
      name: "@zen/cli",
      version: "1.0.0",
      zen: { manifestVersion: 1, includes: ["@zen/integration-local"] },
    },
    "lib/node_modules/@zen/cli/node_modules/@zen/integration-local/package.json": plugin("@zen/integration-local", "local"),
    "lib/node_modules/@zen/integration-s3/package.json": plugin("@zen/integration-s3", "s3"),
    "lib/node_modules/npm/package.json": { name: "npm" },
  });
  expect(found({ folder: project, hostFolders: [join(root, "lib/node_modules/@zen/cli")] })).toEqual([
    "@zen/integration-local:local through @zen/cli",
    "@zen/integration-s3:s3",
  ]);
});

test("a host in a pnpm project brings no transitive package of its virtual store", () => {
  const [root, project] = [temporary(), temporary()];
  write(root, {
    "package.json": { name: "p", dependencies: { "@zen/cli": "1" } },
    "node_modules/.pnpm/cli@1/node_modules/@zen/cli/package.json": {
      name: "@zen/cli",
      version: "1.0.0",
      zen: { manifestVersion: 1, includes: ["@zen/integration-local"] },
    },
    "node_modules/.pnpm/cli@1/node_modules/@zen/integration-local/package.json": plugin("@zen/integration-local", "local"),
    "node_modules/.pnpm/cli@1/node_modules/leak/package.json": plugin("leak", "leak"),
  });
  mkdirSync(join(root, "node_modules/@zen"));
  symlinkSync("../.pnpm/cli@1/node_modules/@zen/cli", join(root, "node_modules/@zen/cli"));
  expect(found({ folder: project, hostFolders: [join(root, "node_modules/@zen/cli")] })).toEqual([
    "@zen/integration-local:local through @zen/cli",
  ]);
});

test("pnpm's global folder lists what was installed in its package.json", () => {
  const [root, project] = [temporary(), temporary()];
  write(root, {
    "global/5/package.json": { dependencies: { "@zen/cli": "1", "@zen/integration-s3": "1" } },
    "global/5/.pnpm/cli@1/node_modules/@zen/cli/package.json": { name: "@zen/cli", version: "1.0.0", zen: { manifestVersion: 1 } },
    "global/5/node_modules/@zen/integration-s3/package.json": plugin("@zen/integration-s3", "s3"),
  });
  expect(found({ folder: project, hostFolders: [join(root, "global/5/.pnpm/cli@1/node_modules/@zen/cli")] })).toEqual([
    "@zen/integration-s3:s3",
  ]);
});

test("pnpm 11 installs global packages apart: those of every folder that is linked count, by the path that zen was started by", () => {
  const [root, project] = [temporary(), temporary()];
  const store = "store/v11/links/@zen/cli/1.0.0/0a1b/node_modules";
  write(root, {
    "global/v11/9a2-0/package.json": { dependencies: { "@zen/cli": "1" } },
    "global/v11/9a2-1/package.json": { dependencies: { "@zen/integration-s3": "1" } },
    "global/v11/9a2-1/node_modules/@zen/integration-s3/package.json": plugin("@zen/integration-s3", "s3"),
    "global/v11/left-behind/package.json": { dependencies: { old: "1" } },
    "global/v11/left-behind/node_modules/old/package.json": plugin("old", "old"),
    [`${store}/@zen/cli/package.json`]: { name: "@zen/cli", version: "1.0.0", zen: { manifestVersion: 1, includes: ["local"] } },
    [`${store}/local/package.json`]: plugin("local", "local"),
    [`${store}/leak/package.json`]: plugin("leak", "leak"),
  });
  mkdirSync(join(root, "global/v11/9a2-0/node_modules/@zen"), { recursive: true });
  symlinkSync(join(root, store, "@zen/cli"), join(root, "global/v11/9a2-0/node_modules/@zen/cli"));
  for (const n of [0, 1]) symlinkSync(`9a2-${n}`, join(root, `global/v11/digest${n}`));
  expect(found({ folder: project, hostFolders: [join(root, "global/v11/digest0/node_modules/@zen/cli")] })).toEqual([
    "local:local through @zen/cli",
    "@zen/integration-s3:s3",
  ]);
});

test("of two copies of a package the project's counts, before the host's", () => {
  const [root, project] = [temporary(), temporary()];
  write(project, { "package.json": { name: "p", dependencies: { s3: "1" } }, "node_modules/s3/package.json": plugin("s3", "ours") });
  write(root, { "node_modules/cli/package.json": { name: "cli" }, "node_modules/s3/package.json": plugin("s3", "theirs") });
  expect(found({ folder: project, hostFolders: [join(root, "node_modules/cli")] })).toEqual(["s3:ours"]);
});

test("two packages with one flavor are both listed", () => {
  const root = temporary();
  write(root, {
    "package.json": { name: "p", dependencies: { b: "1", a: "1" } },
    "node_modules/a/package.json": plugin("a", "s3"),
    "node_modules/b/package.json": plugin("b", "s3"),
  });
  expect(found({ folder: root })).toEqual(["a:s3", "b:s3"]);
});

test("whatever is broken in other packages is listed and hurts nothing else", () => {
  const root = temporary();
  write(root, {
    "package.json": { name: "p", dependencies: { good: "1", half: "1", manifest: "1", empty: "1", list: "1", "../../evil": "1" } },
    "node_modules/good/package.json": plugin("good", "fine"),
    "node_modules/half/package.json": '{"name": "half", "zen": {',
    "node_modules/manifest/package.json": { name: "manifest", zen: 1 },
    "node_modules/empty/package.json": "",
    "node_modules/list/package.json": '["zen"]',
  });
  expect(found({ folder: root })).toEqual([
    "good:fine",
    "half: its package.json is not JSON",
    'manifest: "zen" in its package.json is 1 and should be an object',
    "list: its package.json is not JSON",
  ]);
});

test("a package.json that is no file, or too large to be one, is not waited for", () => {
  const root = temporary();
  const names = ["good", "folder", "pipe", "loop", "huge"];
  write(root, {
    "package.json": { name: "p", dependencies: Object.fromEntries(names.map((name) => [name, "1"])) },
    "node_modules/good/package.json": plugin("good", "fine"),
    "node_modules/folder/package.json/x": "",
    "node_modules/pipe/x": "",
    "node_modules/loop/x": "",
    "node_modules/huge/package.json": JSON.stringify({ ...plugin("huge", "huge"), padding: "x".repeat(1024 * 1024) }),
  });
  execFileSync("mkfifo", [join(root, "node_modules/pipe/package.json")]);
  symlinkSync("package.json", join(root, "node_modules/loop/package.json"));
  const before = performance.now();
  const { flavors, broken } = discoverFlavors({ folder: root });
  expect(performance.now() - before).toBeLessThan(1000);
  expect(flavors.map(({ flavor }) => flavor)).toEqual(["fine"]);
  expect(broken.map(({ package: from, code, problem }) => `${from} ${code}: ${problem}`)).toEqual([
    "folder not_a_file: its package.json is a folder and not a file",
    "pipe not_a_file: its package.json is a pipe or a device and not a file",
    expect.stringMatching(/^loop unreadable: zen can't read .*\/loop\/package.json: ELOOP: too many symbolic links encountered/),
    expect.stringMatching(/^huge too_large: its package.json has \d+ bytes, and zen reads 1 MiB of one at most$/),
  ]);
});

test("it is said how each package was found", () => {
  const root = temporary();
  write(root, {
    "package.json": { ...plugin("me", "mine"), dependencies: { preset: "1" } },
    "node_modules/preset/package.json": {
      name: "preset",
      version: "2.0.0",
      zen: { manifestVersion: 1, integration: "acme", description: "Ours", includes: ["inner"] },
    },
    "node_modules/inner/package.json": plugin("inner", "fi"),
    "host/package.json": { name: "host", version: "1.0.0", zen: { manifestVersion: 1 } },
  });
  const { packages } = discoverFlavors({ folder: root, hostFolders: [join(root, "host")] });
  expect(packages.map(({ package: name, version, found, through }) => [name, version, found, through])).toEqual([
    ["me", "1.0.0", "project", undefined],
    ["preset", "2.0.0", "direct", undefined],
    ["inner", "1.0.0", "included", "preset"],
    ["host", "1.0.0", "host", undefined],
  ]);
  expect(packages[1]).toMatchObject({ integration: "acme", description: "Ours", includes: ["inner"] });
});

test("the project's own package.json must be one", () => {
  const root = temporary();
  write(root, { "package.json": "{" });
  expect(() => found({ folder: root })).toThrow(
    `The file ${join(root, "package.json")} is broken: Expected property name or '}' in JSON at position 1 (line 1 column 2).`,
  );
});

test("listing runs no code of any package", async () => {
  const root = temporary();
  const trace = join(root, "trace");
  write(root, {
    "package.json": { name: "p", type: "module", dependencies: { spy: "1" } },
    "node_modules/spy/package.json": { ...plugin("spy", "spy"), exports: { ".": "./index.js" }, main: "index.js" },
    "node_modules/spy/index.js": `require("node:fs").writeFileSync(${JSON.stringify(trace)}, "ran"); throw new Error("imported");`,
  });
  const script = `import(${JSON.stringify(new URL("../light.ts", import.meta.url).href)}).then((light) => console.log(light.discoverFlavors({ folder: ${JSON.stringify(root)} }).flavors.length))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script]);
  expect(stdout).toBe("1\n");
  expect(existsSync(trace)).toBe(false);
});

test("a Plug'n'Play project under plain node says how to start", () => {
  const root = temporary();
  write(root, { "package.json": { name: "p", dependencies: { a: "1" } }, ".pnp.cjs": "", "src/x.ts": "" });
  expect(() => found({ folder: join(root, "src") })).toThrow(
    `The packages of ${root} are installed by Yarn Plug'n'Play (.pnp.cjs), and plain node can't load them.`,
  );
  // One that somebody left in a folder above doesn't concern a project with its own node_modules.
  write(root, { "sub/package.json": { name: "s", dependencies: { a: "1" } }, "sub/node_modules/a/package.json": plugin("a", "fa") });
  expect(found({ folder: join(root, "sub") })).toEqual(["a:fa"]);
});

test("under yarn node, packages are found where Plug'n'Play says", async () => {
  const root = temporary();
  write(root, {
    "package.json": { name: "p", dependencies: { zipped: "1" } },
    ".pnp.cjs": "",
    "cache/zipped/package.json": plugin("zipped", "fz"),
    // What Yarn's own loader provides under this name.
    "node_modules/pnpapi/index.js": `exports.resolveToUnqualified = (name) => { if (name === "zipped") return ${JSON.stringify(join(root, "cache/zipped"))}; throw new Error("undeclared"); };`,
  });
  const script = `
    Object.defineProperty(process.versions, "pnp", { value: "3" });
    const { discoverFlavors } = await import(${JSON.stringify(new URL("./discovery.ts", import.meta.url).href)});
    console.log(JSON.stringify(discoverFlavors({ folder: ${JSON.stringify(root)} }).flavors.map((entry) => entry.flavor)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(JSON.parse(stdout)).toEqual(["fz"]);
});
