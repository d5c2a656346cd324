import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const STORES = `import { BaseAlerter, BaseArtifactStore } from "@zen/core";
import { LocalArtifactStore } from "@zen/integration-local";
import * as z from "zod";
export class MyCustomArtifactStore extends LocalArtifactStore {
  static override readonly FLAVOR: string = "custom";
  static override readonly configSchema = LocalArtifactStore.configSchema.extend({ region: z.string().default("eu").meta({ description: "where it is" }) });
}
export class Nameless extends LocalArtifactStore { static override readonly FLAVOR: string = ""; }
export class Taken extends LocalArtifactStore { static override readonly FLAVOR: string = "local"; }
export class Bell extends BaseAlerter { static override readonly FLAVOR = "bell"; }
export class Nothing {}
export const value = 1;
`;

const PIPELINE = `import { pipeline, step } from "@zen/core";
const a = step("a", () => 42);
export const p = pipeline("p", () => a());
`;

function withStores(): TestProject {
  const project = new TestProject({ "path/to.ts": STORES, "p.ts": PIPELINE });
  const cli = path.resolve(import.meta.dirname, "..");
  symlinkSync(
    realpathSync(path.join(cli, "node_modules/@zen/integration-local")),
    path.join(project.folder, "node_modules/@zen/integration-local"),
  );
  symlinkSync(realpathSync(path.join(cli, "node_modules/zod")), path.join(project.folder, "node_modules/zod"));
  return project;
}

const zenYaml = (project: TestProject): string => readFileSync(path.join(project.config, "profiles/default/zen.yaml"), "utf8");

describe("a flavor of a project's own code", () => {
  it("is registered, listed, described, used in a run, and deleted", () => {
    const project = withStores();
    expect(project.zen(["artifact-store", "flavor", "register", "path.to.MyCustomArtifactStore"]).stdout).toBe(
      "Successfully registered new flavor 'custom' for stack component 'artifact_store'.\n",
    );
    expect(zenYaml(project)).toContain(
      `flavors:\n  artifact_store:\n    custom:\n      root: ${project.folder}\n      module: ./path/to.ts\n      export: MyCustomArtifactStore\n`,
    );
    expect(project.json("artifact-store", "flavor", "list")).toMatchObject([
      { name: "custom", origin: "custom", package: null, source: "./path/to.ts#MyCustomArtifactStore", root: project.folder, ready: true },
      { name: "local", origin: "package", ready: true },
    ]);
    expect(project.json("artifact-store", "flavor", "describe", "custom")).toMatchObject({
      name: "custom",
      settings: [
        { name: "path", required: true },
        { name: "region", required: false, default: "eu", description: "where it is" },
      ],
    });
    expect(project.zen(["artifact-store", "register", "--flavor", "custom", "--help"]).stdout).toContain(
      "Settings of the flavor custom (./path/to.ts#MyCustomArtifactStore):\n",
    );
    project.json("artifact-store", "register", "mine", "--flavor=custom", `--path=${project.root}/mine`);
    project.json("stack", "register", "s", "-o", "default", "-m", "default", "-a", "mine", "--set");
    // Also from another folder: the class is where it was registered.
    expect(project.zen(["pipeline", "run", "../project/p.ts"]).stdout).toContain("output  42");
    expect(project.zen(["artifact-store", "describe", "mine"]).stdout).toMatch(/REGION +│ eu /);

    expect(project.error("artifact-store", "flavor", "delete", "custom")).toMatchObject({
      code: "flavor_in_use",
      message: 'The artifact store flavor "custom" is that of the artifact store "mine".',
      hint: "Delete it first: zen artifact-store delete mine",
      exitCode: 1,
    });
    project.json("stack", "set", "default");
    project.json("stack", "delete", "s", "--yes");
    project.json("artifact-store", "delete", "mine");
    expect(project.zen(["artifact-store", "flavor", "delete", "custom"]).stdout).toBe(
      "Deleted flavor 'custom' of stack component 'artifact_store'.\n",
    );
    expect(project.json("artifact-store", "flavor", "list")).toHaveLength(1);
    expect(zenYaml(project)).not.toContain("custom");
  });

  it("is found by a path, absolute or from where one stands, and by a package's name", () => {
    const project = withStores();
    project.write({
      "node_modules/@acme/stores/package.json": JSON.stringify({
        name: "@acme/stores",
        version: "1.0.0",
        type: "module",
        exports: { "./sub": "./sub.js" },
      }),
      "node_modules/@acme/stores/sub.js": `import { BaseAlerter } from "@zen/core";\nexport class Horn extends BaseAlerter { static FLAVOR = "horn"; }\n`,
      "sub/file": "",
    });
    expect(project.json("alerter", "flavor", "register", "@acme/stores/sub#Horn")).toEqual({ type: "alerter", name: "horn" });
    expect(project.json("alerter", "flavor", "register", path.join(project.folder, "path/to.ts#Bell"))).toMatchObject({ name: "bell" });
    const { stdout } = project.zen(["artifact-store", "flavor", "register", "../path/to.ts#MyCustomArtifactStore", "--output", "json"], {
      cwd: path.join(project.folder, "sub"),
    });
    expect(JSON.parse(stdout)).toMatchObject({ name: "custom" });
    project.json("alerter", "register", "a", "--flavor=horn");
    project.json("alerter", "register", "b", "--flavor", "./path/to.ts:bell");
    expect((project.json("alerter", "list") as object[]).length).toBe(2);
  });

  it("is refused with what to change, and then nothing is stored", () => {
    const project = withStores();
    project.json("stack", "list");
    const before = zenYaml(project);
    const register = (source: string, command = "artifact-store"): object => {
      const { message, hint, exitCode } = project.error(command, "flavor", "register", source);
      return { message, hint, exitCode };
    };
    expect(register("path.to.MyCustomArtifacStore")).toEqual({
      message: 'path/to.ts exports no class "MyCustomArtifacStore". Did you mean "MyCustomArtifactStore"?',
      hint: "It exports: Bell, MyCustomArtifactStore, Nameless, Nothing, Taken.",
      exitCode: 2,
    });
    expect(register("path.too.MyCustomArtifactStore")).toEqual({
      message: `This can't be registered as a flavor: "path.too.MyCustomArtifactStore" means the class MyCustomArtifactStore in path/too.ts, and ${project.folder} has no such file. Did you mean "to.ts"?`,
      hint: "Name the file and the class: ./src/stores.ts#MyStore",
      exitCode: 2,
    });
    expect(register("./path/too.ts#X")).toEqual({
      message: `This can't be registered as a flavor: there is no file ./path/too.ts. Did you mean "to.ts"?`,
      hint: "Check the path: it is relative to the working directory.",
      exitCode: 2,
    });
    expect(register("./path/to.ts")).toMatchObject({ hint: "Add it: ./path/to.ts#MyStore", exitCode: 2 });
    expect(register("#X")).toMatchObject({ exitCode: 2 });
    expect(register("MyStore")).toMatchObject({ exitCode: 2 });
    expect(register("@acme/none#X")).toEqual({
      message: `This can't be registered as a flavor: ${project.folder} has no package that exports "@acme/none".`,
      hint: "Install it: npm install @acme/none. For a file of your own write ./ before it: ./@acme/none#X",
      exitCode: 2,
    });
    expect(register("./path/to.ts#Bell")).toEqual({
      message: "The class Bell is a flavor of alerter, not of artifact store.",
      hint: "Register it as that: zen alerter flavor register ./path/to.ts#Bell",
      exitCode: 2,
    });
    expect(register("./path/to.ts#Nothing")).toMatchObject({
      message: "The class Nothing of path/to.ts is not a flavor: it doesn't extend a base class of @zen/core.",
    });
    expect(register("./path/to.ts#value")).toMatchObject({ message: 'path/to.ts exports no class "value".' });
    expect(register("./path/to.ts#Nameless")).toMatchObject({ message: "The class Nameless is not a flavor: it has no FLAVOR." });
    expect(register("./path/to.ts#Taken")).toMatchObject({
      message:
        "The flavor 'local' for the stack component type 'artifact_store' already exists: the package @zen/integration-local has it.",
    });
    project.write({ "broken.ts": "export class {" });
    expect(register("./broken.ts#X")).toMatchObject({ message: expect.stringContaining("broken.ts") });
    expect(zenYaml(project)).toBe(before);

    project.json("artifact-store", "flavor", "register", "./path/to.ts#MyCustomArtifactStore");
    expect(register("./path/to.ts#MyCustomArtifactStore")).toEqual({
      message: `The flavor 'custom' for the stack component type 'artifact_store' already exists: ./path/to.ts#MyCustomArtifactStore in ${project.folder}.`,
      hint: "To replace it, delete it first: zen artifact-store flavor delete custom",
      exitCode: 1,
    });
    expect(project.error("artifact-store", "flavor", "delete", "local")).toMatchObject({ code: "flavor_not_custom", exitCode: 2 });
    expect(project.error("artifact-store", "flavor", "delete", "costum").message).toContain('Did you mean "custom"?');
  });

  it("whose class has gone names its folder, breaks nothing else, and can be registered from where it is now", () => {
    const project = withStores();
    project.json("artifact-store", "flavor", "register", "./path/to.ts#MyCustomArtifactStore");
    project.json("artifact-store", "register", "mine", "--flavor=custom", `--path=${project.root}/mine`);
    project.json("stack", "register", "s", "-o", "default", "-m", "default", "-a", "mine");
    renameSync(path.join(project.folder, "path/to.ts"), path.join(project.folder, "path/moved.ts"));
    expect(project.json("artifact-store", "flavor", "list")).toMatchObject([
      { name: "custom", ready: false, problem: `./path/to.ts is not in ${project.folder} any more` },
      { name: "local", ready: true },
    ]);
    expect(project.json("artifact-store", "list")).toHaveLength(2);
    expect(project.zen(["pipeline", "run", "p.ts"]).code).toBe(0);
    expect(project.error("artifact-store", "update", "mine", "--region=us")).toMatchObject({
      message: `./path/to.ts, which a flavor was registered from, is not in ${project.folder} any more.`,
      hint: "Put it back, or register the flavor again from where its class is now: FILE#MyCustomArtifactStore",
    });
    project.json("artifact-store", "flavor", "register", "./path/moved.ts#MyCustomArtifactStore");
    expect(project.json("artifact-store", "update", "mine", "--region=us")).toMatchObject({ config: { region: "us" } });
    expect(project.zen(["pipeline", "run", "p.ts", "--stack", "s"]).stdout).toContain("output  42");
  });

  it("can't be in the program that waits for a run on it, and is told so instead of waiting for ever", () => {
    const project = withStores();
    project.write({
      "package.json": JSON.stringify({
        name: "project",
        type: "module",
        dependencies: { "@zen/core": "*", "@zen/integration-local": "*" },
      }),
      "program.ts": `import { pipeline, step } from "@zen/core";
import { LocalArtifactStore } from "@zen/integration-local";
export class Own extends LocalArtifactStore { static override readonly FLAVOR: string = "own"; }
export const p = pipeline("p", () => step("a", () => 42)());
if (import.meta.main) await p().run();
`,
    });
    project.json("artifact-store", "flavor", "register", "./program.ts#Own");
    project.json("artifact-store", "register", "mine", "--flavor=own", `--path=${project.root}/mine`);
    project.json("stack", "register", "s", "-o", "default", "-m", "default", "-a", "mine", "--set");
    const { stderr, status } = spawnSync(process.execPath, ["program.ts"], {
      cwd: project.folder,
      encoding: "utf8",
      env: { ...process.env, ZENML_CONFIG_PATH: project.config },
    });
    expect(status).toBe(1);
    expect(stderr).toContain("program.ts has the class of a flavor, and is itself waiting for the run that needs it.");
    expect(project.zen(["pipeline", "run", "program.ts"]).stdout).toContain("output  42");
  });
});
