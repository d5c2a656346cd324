import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const BIN = path.resolve(import.meta.dirname, "../dist/bin.js");

/** The command, as npm starts it in a folder. */
function create(folder: string, ...args: readonly string[]): { stdout: string; stderr: string; code: number | null } {
  return createWith("npm/12.0.1 node/v24.15.0 linux x64 workspaces/false", folder, ...args);
}

function createWith(agent: string, folder: string, ...args: readonly string[]): ReturnType<typeof create> {
  const env = { ...process.env, npm_config_user_agent: agent };
  const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: "utf8", env });
  return { stdout: stdout.replaceAll(folder, "FOLDER"), stderr: stderr.replaceAll(folder, "FOLDER"), code: status };
}

function temporary(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-create-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a name is enough", () => {
  const folder = temporary();
  expect(create(folder, "my-store")).toEqual({
    stdout: `Made zen-integration-my-store in FOLDER/my-store. Next:
  cd my-store
  npm install
  npm run build
  npm run check
`,
    stderr: "",
    code: 0,
  });
  const read = (file: string): string => readFileSync(path.join(folder, "my-store", file), "utf8");
  expect(JSON.parse(read("package.json"))).toMatchObject({
    name: "zen-integration-my-store",
    license: "Apache-2.0",
    peerDependencies: { "@zen/core": expect.stringMatching(/^\^\d/), zod: "^4.0.0" },
    devDependencies: { "@zen/cli": expect.stringMatching(/^\^\d/), typescript: expect.stringMatching(/^\^\d/) },
    zen: { flavors: [{ type: "artifact_store", flavor: "my-store", export: "MyStoreArtifactStore" }] },
  });
  expect(read("src/artifact-store.ts")).toContain('FLAVOR: string = "my-store"');
  for (const file of ["README.md", "src/artifact-store.ts", "tests/conformance.test.ts", "tests/config.test.ts", "LICENSE"])
    expect(read(file), file).not.toMatch(/[Tt]emplate|\{\{/);
  expect(read(".gitignore")).toContain("node_modules/");
});

test.each(["artifact_store", "metadata_store", "orchestrator"])("the README of a new %s has tables whose columns stand in line", (type) => {
  const folder = temporary();
  create(folder, "my-store", "--type", type);
  const lines = readFileSync(path.join(folder, "my-store/README.md"), "utf8").split("\n");
  const rows = lines.filter((line) => line.startsWith("|"));
  expect(new Set(rows.map((row) => [...row.matchAll(/\|/g)].map(({ index }) => index).join())).size).toBe(1);
});

test.each([
  ["pnpm", "pnpm/12.21.0 npm/? node/v24.15.0 linux x64"],
  ["yarn", "yarn/4.18.1 npm/? node/v24.15.0 linux x64"],
  ["bun", "bun/1.4.5 npm/? node/v24.3.0 linux x64"],
  ["npm", ""],
])("what to type next is for %s, whose agent is %o", (manager, agent) => {
  expect(createWith(agent, temporary(), "my-store").stdout).toBe(
    `Made zen-integration-my-store in FOLDER/my-store. Next:
  cd my-store
  ${manager} install
  ${manager} run build
  ${manager} run check
`,
  );
});

test("each of it can be said, and a scoped name is kept", () => {
  const folder = temporary();
  const said = ["--type", "orchestrator", "--flavor", "calm", "--description", "Slowly", "--license", "MIT", "--yes"];
  expect(create(folder, "@acme/zen-calm", ...said).stdout).toContain("Made @acme/zen-calm in FOLDER/zen-calm. Next:");
  const json: unknown = JSON.parse(readFileSync(path.join(folder, "zen-calm/package.json"), "utf8"));
  expect(json).toMatchObject({
    name: "@acme/zen-calm",
    description: "Slowly",
    license: "MIT",
    zen: { flavors: [{ type: "orchestrator", flavor: "calm", description: "Slowly", export: "CalmOrchestrator" }] },
  });
  expect(readFileSync(path.join(folder, "zen-calm/LICENSE"), "utf8")).toContain("the authors of @acme/zen-calm");
});

test("a flavor that is called as one of zen's own is made, with a warning", () => {
  const folder = temporary();
  expect(create(folder, "my-store", "--flavor", "local")).toMatchObject({
    stdout: expect.stringContaining("Made zen-integration-my-store in FOLDER/my-store. Next:"),
    stderr:
      'Warning: zen has an artifact store flavor "local" of its own, in @zen/integration-local: who has both must write --flavor zen-integration-my-store:local. Another name: --flavor=my-local\n',
    code: 0,
  });
  expect(create(folder, "my-other", "--flavor", "sqlite")).toMatchObject({ stderr: "", code: 0 });
});

test("what is in the way and isn't a folder gets no advice about zen's own files", () => {
  const folder = temporary();
  symlinkSync("nowhere", path.join(folder, "my-store"));
  expect(create(folder, "my-store")).toEqual({
    stdout: "",
    stderr: `Error: zen can't write into FOLDER/my-store: it does not exist.
Check who may write there, and that space is left; or make it in another folder.
`,
    code: 1,
  });
});

test("what can't be is refused with the reason, and nothing is written", () => {
  const folder = temporary();
  mkdirSync(path.join(folder, "taken"));
  writeFileSync(path.join(folder, "taken/notes.txt"), "");
  writeFileSync(path.join(folder, "clash"), "");
  const cases = [
    [],
    ["My-Store"],
    ["../elsewhere"],
    ["_store"],
    ["node_modules"],
    ["taken"],
    ["clash"],
    ["one", "two", "three"],
    ["x", "--type", "alerter"],
    ["x", "--type", "orchestrater"],
    ["x", "--flavor", "Two Words"],
    ["x", "--license", "MTI"],
    ["x", "--typ", "orchestrator"],
  ];
  const said = cases.map((args) => {
    const { stdout, stderr, code } = create(folder, ...args);
    expect([stdout, code]).toEqual(["", 2]);
    return stderr;
  });
  expect(said.join("")).toMatchInlineSnapshot(`
    "Error: "" can't be the name of a package: it is empty.
    Give it one, such as: npm create @zen/integration my-store
    Error: "My-Store" can't be the name of a package: npm takes no capital letters.
    Give it one, such as: npm create @zen/integration my-store
    Error: "../elsewhere" can't be the name of a package: npm takes no name that begins with . or _.
    Give it one, such as: npm create @zen/integration my-store
    Error: "_store" can't be the name of a package: npm takes no name that begins with . or _.
    Give it one, such as: npm create @zen/integration my-store
    Error: "node_modules" can't be the name of a package: npm keeps that name for itself.
    Give it one, such as: npm create @zen/integration my-store
    Error: The folder FOLDER/taken is not empty.
    Nothing was written. Give it another name, or empty the folder.
    Error: FOLDER/clash is a file, and not a folder to make something in.
    Nothing was written. Give it another name, or move the file away.
    Error: It takes one name, and there is more after "one": two three.
    Write a name as one word, such as: npm create @zen/integration my-store
    Error: The base class of alerters is experimental: it has no methods that a flavor could keep yet.
    Take one of: orchestrator, metadata_store, artifact_store.
    Error: "orchestrater" is no component type. Did you mean "orchestrator"?
    Take one of: orchestrator, metadata_store, artifact_store.
    Error: "Two Words" can't be the name of a flavor: it takes small letters and digits, in words joined by -.
    Name it: --flavor=my-store
    Error: There is no text of the licence "MTI" here. Did you mean "MIT"?
    Take Apache-2.0 or MIT, and put another one in its place.
    Error: Unknown option '--typ'.
    See: npm create @zen/integration -- --help
    "
  `);
});
