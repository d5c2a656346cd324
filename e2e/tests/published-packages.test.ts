import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, npmFolder } from "../src/npm.ts";
import { events, Project, workspace } from "../src/project.ts";

const PIPELINE = `import { pipeline, step } from "@zen/core";
const load = step("load", ({ n }: { n: number }) => Array.from({ length: n }, (_, i) => i));
const sum = step("sum", ({ numbers }: { numbers: number[] }) => numbers.reduce((a, b) => a + b, 0));
export const adding = pipeline("adding", ({ n = 4 }: { n?: number }) => ({ total: sum({ numbers: load({ n }) }) }));
if (import.meta.main) {
  const run = await adding().run();
  console.log("total", await run.outputs.total.read());
}
`;

/** Changes one line of package.json. */
function setType(project: Project, type: string): void {
  const file = path.join(project.folder, "package.json");
  project.write({ "package.json": JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), type }, null, 2) });
}

const manifestOf = (project: Project): Record<string, any> => JSON.parse(readFileSync(path.join(project.folder, "package.json"), "utf8"));

describe("@zen/core and @zen/cli, installed by npm", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await npmFolder(["init -y", "install @zen/core @zen/cli"]);
  });
  const install = (files: Record<string, string>): Project => new Project(files, { install: copyOf(folder) });

  test("what npm init -y writes needs one line changed, which zen says", async () => {
    const project = install({ "pipeline.ts": PIPELINE });
    // Older versions of npm wrote no "type".
    setType(project, "commonjs");
    const before = await project.command("npx", "zen", "pipeline", "run", "pipeline.ts");
    expect(before.code).toBe(1);
    expect(before.stderr).toMatchInlineSnapshot(`
      "Error: pipeline.ts is an ES module, but package.json says that .ts and .js files here are CommonJS.
      In package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to pipeline.mts).
      "
    `);
    setType(project, "module");
    expect(await project.command("npx", "zen", "pipeline", "run", "pipeline.ts")).toMatchObject({ code: 0 });
  });

  test("a pipeline runs by npx zen, by node, and from a program, all with the same default stack", async () => {
    const project = install({
      "pipeline.ts": PIPELINE,
      "program.ts": `import { Repository } from "@zen/core";
import { adding } from "./pipeline.ts";
const repository = new Repository();
const stack = await repository.activeStack;
const run = await adding({ n: 10 }).run({}, { name: "from a program" });
console.log(JSON.stringify({
  profile: await repository.activeProfileName, stack: stack.name, flavors: stack.components.map(({ type, flavor }) => type + ":" + flavor),
  total: await run.outputs.total.read(), name: run.name, status: run.status,
}));
`,
    });
    setType(project, "module");
    expect(manifestOf(project)["dependencies"]).toEqual({ "@zen/cli": expect.any(String), "@zen/core": expect.any(String) });

    const byNpx = await project.command("npx", "zen", "pipeline", "run", "pipeline.ts", "--output", "json");
    expect({ stderr: byNpx.stderr, code: byNpx.code }).toEqual({ stderr: "", code: 0 });
    const [{ id }] = (events(byNpx.stdout).at(-1) as { outputs: [{ id: string }] }).outputs;
    expect(await project.command("npx", "zenml", "artifact", "read", id)).toMatchObject({ stdout: "6\n", code: 0 });

    const byNode = await project.node("pipeline.ts");
    expect(byNode).toEqual({ stdout: "total 6\n", stderr: "", code: 0 });

    const byProgram = await project.node("program.ts");
    expect({ stderr: byProgram.stderr, code: byProgram.code }).toEqual({ stderr: "", code: 0 });
    expect(JSON.parse(byProgram.stdout)).toEqual({
      profile: "default",
      stack: "default",
      flavors: ["orchestrator:local", "metadata_store:sqlite", "artifact_store:local"],
      total: 45,
      name: "from a program",
      status: "completed",
    });

    const runs = JSON.parse((await project.command("npx", "zen", "run", "list", "--output", "json")).stdout) as {
      name: string;
      status: string;
    }[];
    expect(runs.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
    expect(runs[0]!.name).toBe("from a program");
  });

  test("its types say what a wire carries", async () => {
    const project = install({
      "pipeline.ts": PIPELINE,
      // What users have from @types/node.
      "node.d.ts": "interface ImportMeta { main: boolean }",
      "right.ts": `import { adding } from "./pipeline.ts";
const run = await adding({ n: 10 }).run();
export const total: number = await run.outputs.total.read();
`,
      "wrong.ts": `import { adding } from "./pipeline.ts";
export const run = await adding({ n: "ten" }).run();
`,
      "tsconfig.json": JSON.stringify({
        compilerOptions: {
          strict: true,
          module: "nodenext",
          target: "esnext",
          noEmit: true,
          allowImportingTsExtensions: true,
          skipLibCheck: true,
          types: [],
        },
      }),
    });
    setType(project, "module");
    const tsc = path.join(workspace, "node_modules/.bin/tsc");
    const { stdout, code } = await project.command(tsc, "--project", "tsconfig.json", "--pretty", "false");
    expect(stdout).toBe("wrong.ts(2,35): error TS2322: Type 'string' is not assignable to type 'number'.\n");
    expect(code).not.toBe(0);
  });

  test("the first program of all makes the default stack, without the command", async () => {
    const project = install({ "pipeline.ts": PIPELINE });
    setType(project, "module");
    expect(await project.node("pipeline.ts")).toEqual({ stdout: "total 6\n", stderr: "", code: 0 });
  });

  test("the local flavors come with @zen/cli, and with nothing else", async () => {
    const project = install({ "pipeline.ts": PIPELINE });
    setType(project, "module");
    const listed = await project.command("npx", "zen", "artifact-store", "flavor", "list", "--output", "json");
    expect(JSON.parse(listed.stdout)).toMatchObject([{ flavor: "local", package: "@zen/integration-local" }]);
    expect(await project.node("pipeline.ts")).toMatchObject({ code: 0 });

    // npm has put @zen/integration-local where the project finds it. That doesn't count: nobody asked for it.
    expect(existsSync(path.join(project.folder, "node_modules/@zen/integration-local"))).toBe(true);
    const manifest = manifestOf(project);
    delete manifest["dependencies"]["@zen/cli"];
    project.write({ "package.json": JSON.stringify(manifest) });
    const { code, stderr } = await project.node("pipeline.ts");
    expect(code).toBe(1);
    expect(stderr).toContain("npm install @zen/integration-local (or @zen/cli, which brings it)");
  });

  test("listing runs no code of a plugin", async () => {
    const project = install({});
    const traced = path.join(project.root, "loaded");
    const text = `require("node:fs").writeFileSync(${JSON.stringify(traced)}, ""); throw new Error("loaded");`;
    const flavor = { contract: 1, description: "It must not be loaded", module: "./store.cjs", export: "Trap" };
    project.write({
      "node_modules/@acme/zen-integration-trap/package.json": JSON.stringify({
        name: "@acme/zen-integration-trap",
        version: "1.0.0",
        main: "./index.cjs",
        zen: {
          manifestVersion: 1,
          integration: "trap",
          flavors: [
            { ...flavor, type: "artifact_store", flavor: "trap" },
            { ...flavor, type: "alerter", flavor: "trap", contract: 0 },
          ],
        },
      }),
      "node_modules/@acme/zen-integration-trap/index.cjs": text,
      "node_modules/@acme/zen-integration-trap/store.cjs": text,
    });
    const manifest = manifestOf(project);
    manifest["dependencies"]["@acme/zen-integration-trap"] = "^1.0.0";
    project.write({ "package.json": JSON.stringify(manifest) });

    expect(await project.json("artifact-store", "flavor", "list")).toEqual(
      expect.arrayContaining([expect.objectContaining({ flavor: "trap", package: "@acme/zen-integration-trap", version: "1.0.0" })]),
    );
    for (const line of [
      "alerter flavor list",
      "artifact-store flavor list",
      "artifact-store list",
      "stack list",
      "stack describe",
      "status",
      "artifact-store --help",
      "artifact-store register --help",
      "artifact-store register x --flavor=trap --help",
      "run list",
    ]) {
      const { code, stderr } = await project.zen(...line.split(" "));
      expect(code, `${line}: ${stderr}`).toBe(0);
    }
    expect(existsSync(traced)).toBe(false);

    // What uses the flavor does load it, and says why that failed.
    const used = await project.zen("artifact-store", "register", "x", "--flavor=trap", "--path=/tmp/x");
    expect(existsSync(traced)).toBe(true);
    expect(used.code).toBe(1);
    expect(used.stderr).toContain(`Error: The artifact store flavor "trap" of @acme/zen-integration-trap 1.0.0 can't be loaded: loaded.\n`);
  });
});

describe("@zen/core alone", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await npmFolder(["init -y", "install @zen/core"]);
  });

  test("a program says what to install", async () => {
    const project = new Project({ "pipeline.ts": PIPELINE }, { install: copyOf(folder) });
    setType(project, "module");
    const { code, stdout, stderr } = await project.node("pipeline.ts");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      `ZenError: The orchestrator "default" has the flavor "local" of the package @zen/integration-local, which is not installed here.\n`,
    );
    expect(stderr).toContain("hint: 'Install it: npm install @zen/integration-local (or @zen/cli, which brings it)'");
  });
});

test("@zen/conformance checks a flavor of somebody else's", async () => {
  const { version } = JSON.parse(readFileSync(path.join(workspace, "node_modules/vitest/package.json"), "utf8")) as { version: string };
  const folder = await npmFolder(["init -y", `install @zen/core @zen/conformance @zen/integration-local vitest@${version}`]);
  const project = new Project(
    {
      "store.test.ts": `import { mkdtempSync } from "node:fs";
import { artifactStoreConformance } from "@zen/conformance";
import { LocalArtifactStore } from "@zen/integration-local";
import { join } from "node:path";
const root = mkdtempSync(join(import.meta.dirname, "store-"));
const largeMebibytes = 16;
artifactStoreConformance({ name: "local", largeMebibytes, create: (place) => new LocalArtifactStore({ name: "local", path: join(root, place) }) });
artifactStoreConformance({ name: "forgetful", largeMebibytes, create: (place) => {
  const store = new LocalArtifactStore({ name: "forgetful", path: join(root, "forgetful" + place) });
  store.exists = async () => false;
  return store;
} });
`,
    },
    { install: copyOf(folder) },
  );
  setType(project, "module");
  expect(await project.command("npx", "vitest", "run", "--reporter=json", "--outputFile=report.json")).toMatchObject({ code: 1 });
  const tests = (
    JSON.parse(readFileSync(path.join(project.folder, "report.json"), "utf8")) as {
      testResults: { assertionResults: { ancestorTitles: string[]; title: string; status: string }[] }[];
    }
  ).testResults[0]!.assertionResults;
  const failed = tests.filter(({ status }) => status === "failed").map(({ ancestorTitles }) => ancestorTitles.join(" "));
  expect(
    tests.filter(({ ancestorTitles, status }) => ancestorTitles.join(" ").includes("local") && status === "passed").length,
  ).toBeGreaterThan(10);
  expect(new Set(failed)).toEqual(new Set(["forgetful"]));
});
