// The code blocks of the document "Stacks, Profiles, Repositories" in TypeScript: code/ has a file for each. They are compiled
// as strictly as a user's could be, and run with `node` in a project of their own.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linkWithLocalFlavors, Project, workspace, type ProjectOptions } from "../src/project.ts";

const code = path.join(import.meta.dirname, "code");

function projectWithCode(remove?: ProjectOptions["remove"]): Project {
  const project = new Project({}, { install: linkWithLocalFlavors, ...(remove && { remove }) });
  cpSync(code, path.join(project.folder, "code"), { recursive: true });
  return project;
}

/** What a file prints, line by line. */
async function run(project: Project, file: string): Promise<readonly string[]> {
  const { stdout, stderr, code: exitCode } = await project.node(file);
  expect([stderr, exitCode]).toEqual(["", 0]);
  return stdout.trimEnd().split("\n");
}

async function zen(project: Project, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code: exitCode } = await project.zen(...args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

test("every block passes tsc with strict options", () => {
  const project = projectWithCode();
  mkdirSync(path.join(project.folder, "node_modules/@types"));
  symlinkSync(path.join(workspace, "node_modules/@types/node"), path.join(project.folder, "node_modules/@types/node"), "dir");
  const compilerOptions = {
    target: "es2024",
    lib: ["es2024", "esnext"],
    module: "nodenext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
  };
  project.write({ "tsconfig.json": JSON.stringify({ compilerOptions, include: ["code"] }) });
  const tsc = path.join(workspace, "node_modules/.bin/tsc");
  const { stdout, status } = spawnSync(tsc, ["-p", project.folder, "--pretty", "false"], { cwd: project.folder, encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

describe("base abstractions and flavors", () => {
  let project: Project;
  beforeAll(() => {
    project = projectWithCode(afterAll);
  });

  test("a StackComponent has a name and a uuid of its own, is validated, and stores neither its TYPE nor what begins with _", async () => {
    expect(await run(project, "code/stack-component.ts")).toEqual([
      "first string alerter example",
      "false",
      "setting,_private",
      `{"setting":"kept","name":"first","uuid":true}`,
      `The alerter "second" (flavor example) can't be made: "setting" is missing.`,
    ]);
  });

  test("the BaseArtifactStore sets the TYPE, and has a path whose scheme the flavor says", async () => {
    expect(await run(project, "code/base-artifact-store.ts")).toEqual([
      "artifact_store artifact_store custom://",
      "custom:///data",
      `The artifact store "mine" (flavor custom) can't use the path "s3://bucket": it takes custom://….`,
      `The artifact store "mine" (flavor custom) can't use the path "/data": it takes custom://….`,
    ]);
  });

  test("the LocalArtifactStore is the flavor local", async () => {
    expect(await run(project, "code/local-artifact-store.ts")).toEqual([`local [""]`, "true"]);
  });
});

test("a flavor of one's own is registered by its dotted path, listed, instantiated, used in a run, and deleted", async () => {
  const project = projectWithCode();
  await zen(project, "init");
  project.write({
    "path/to.ts": readFileSync(path.join(code, "my-custom-artifact-store.ts"), "utf8"),
    "p.ts": `import { pipeline, step } from "@zen/core";
const one = step("one", () => "stored");
export const p = pipeline("p", () => ({ one: one() }));
`,
  });

  // The document misspells it.
  const misspelt = await project.zen("artifact-store", "flavor", "register", "path.to.MyCustomArtifacStore");
  expect(misspelt.code).toBe(2);
  expect(misspelt.stderr).toContain(
    'Error: path/to.ts exports no class "MyCustomArtifacStore". Did you mean "MyCustomArtifactStore"?\nIt exports: MyCustomArtifactStore.\n',
  );
  expect(await zen(project, "artifact-store", "flavor", "register", "path.to.MyCustomArtifactStore")).toBe(
    "Successfully registered new flavor 'custom' for stack component 'artifact_store'.\n",
  );
  expect(await project.json("artifact-store", "flavor", "list")).toMatchObject([
    { name: "custom", ready: true, source: "./path/to.ts#MyCustomArtifactStore" },
    { name: "local", ready: true },
  ]);

  const folder = path.join(project.root, "data");
  await zen(project, "artifact-store", "register", "mine", "--flavor=custom", `--path=custom://${folder}`);
  await zen(project, "stack", "register", "mine", "-o", "default", "-a", "mine", "-m", "default", "--set");
  await zen(project, "pipeline", "run", "p.ts");
  expect(existsSync(folder)).toBe(true);
  expect(await zen(project, "artifact", "read", "one.output")).toBe("stored\n");

  const inUse = await project.zen("artifact-store", "flavor", "delete", "custom");
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toContain("mine");
  await zen(project, "stack", "set", "default");
  await zen(project, "stack", "delete", "mine", "--recursive", "--yes");
  expect(await zen(project, "artifact-store", "flavor", "delete", "custom")).toBe(
    "Deleted flavor 'custom' of stack component 'artifact_store'.\n",
  );
  expect(await project.json("artifact-store", "flavor", "list")).toMatchObject([{ name: "local" }]);
});

test("runtime configuration reaches preparePipelineDeployment of the stack's components", async () => {
  const project = projectWithCode();
  await zen(project, "init");
  await zen(project, "artifact-store", "flavor", "register", "./code/configured-artifact-store.ts#ConfiguredArtifactStore");
  await zen(project, "artifact-store", "register", "mine", "--flavor=configured", `--path=custom://${project.root}/data`);
  await zen(project, "stack", "register", "mine", "-o", "default", "-a", "mine", "-m", "default", "--set");
  const { stdout } = await project.node("code/runtime-configuration.ts");
  expect(stdout).toBe("1\n");
  expect(readFileSync(path.join(project.folder, "given.txt"), "utf8")).toBe(
    `training on mine: {"runtimeParam1":3,"anotherParam":"luna"}\n`,
  );
});

test("a component is provisioned and running unless it says otherwise", async () => {
  expect(await run(projectWithCode(), "code/managing-the-state.ts")).toEqual(["true true"]);
});

describe("a program", () => {
  test("gets the repository, and its active stack", async () => {
    const project = projectWithCode();
    await zen(project, "init");
    expect(await run(project, "code/repository.ts")).toEqual([project.folder]);
    const [store] = await project.json<[{ config: { path: string } }]>("artifact-store", "list");
    expect(store.config.path).toMatch(new RegExp(`^${RegExp.escape(project.configFolder)}/local_stores/[0-9a-f-]{36}$`));
    expect(await run(project, "code/active-stack.ts")).toEqual([
      "default",
      "default",
      "default",
      store.config.path,
      "default",
      `${store.config.path}/zen.db`,
    ]);
  });

  test("registers a stack with new components, and makes it the active one of the repository", async () => {
    const project = projectWithCode();
    await zen(project, "init");
    const { stderr, code: exitCode } = await project.node("code/registering-a-stack.ts");
    expect([stderr, exitCode]).toEqual(["", 0]);
    expect(await run(project, "code/active-stack.ts")).toEqual([
      "local",
      "local",
      "local",
      "/tmp/zenml/artifacts",
      "local",
      "/tmp/zenml/zenml.db",
    ]);
    expect(readFileSync(path.join(project.folder, ".zen/config.yaml"), "utf8")).toContain("active_stack_name: local\n");
    expect(await project.json("stack", "list")).toEqual([
      { name: "default", active: false, orchestrator: "default", metadata_store: "default", artifact_store: "default" },
      { name: "local", active: true, orchestrator: "local", metadata_store: "local", artifact_store: "local" },
    ]);
    // A second time it is there already.
    const again = await project.node("code/registering-a-stack.ts");
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/stack_exists|component_exists/);
  });
});
