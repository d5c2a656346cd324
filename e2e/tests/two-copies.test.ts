import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, npmFolder } from "../src/npm.ts";
import { events, Project, type Ended } from "../src/project.ts";
import { asRelease, tarballOf, workspaceTarballs, type Tarball } from "../src/tarball.ts";

/** Another release of every package of ours. */
const OTHER = "0.0.1";

/** A package of steps, which depends on a core of its own. */
const STEPS: Record<string, string> = {
  "package.json": JSON.stringify({
    name: "@acme/steps",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    dependencies: { "@zen/core": OTHER, zod: "^4" },
  }),
  "index.js": `import { file, pipeline, step, map, context } from "@zen/core";
import { writeFileSync } from "node:fs";
export const squares = step("squares", ({ n }) => Array.from({ length: n }, (_, i) => i * i));
export const note = step("note", { output: file() }, ({ text }, ctx) => { const out = ctx.file("note.txt"); writeFileSync(out.path, text); return out; });
export const halve = step("halve", ({ n }) => { context().log.info("halving " + n); if (n === 3) throw new RangeError("three has no half"); return { half: n / 2 }; });
export const halves = pipeline("halves", ({ list }) => map(list, (n) => halve({ n }).half));
`,
};

let otherRelease: readonly Tarball[];
beforeAll(async () => {
  otherRelease = [...asRelease(await workspaceTarballs(), OTHER), tarballOf(STEPS)];
});

const folderOf = (...commands: string[]): Promise<string> => npmFolder(commands, otherRelease);
const finishedRun = ({ stdout, stderr }: Ended): any => (stdout === "" ? expect.unreachable(stderr) : events(stdout).at(-1));

/** What was installed where. */
function versions(folder: string, ...packages: string[]): Record<string, string> {
  return Object.fromEntries(
    packages.map((name) => [
      name,
      (JSON.parse(readFileSync(path.join(folder, "node_modules", name, "package.json"), "utf8")) as { version: string }).version,
    ]),
  );
}

describe("a step package that brings its own core", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await folderOf("init -y", "pkg set type=module", "install @zen/core @zen/cli @acme/steps");
  });
  const install = (files: Record<string, string>): Project => new Project(files, { install: copyOf(folder) });

  const MIXED = `import { map, pipeline, step, type Artifact, type FileRef, type Handle } from "@zen/core";
import { note, squares, halves } from "@acme/steps";
const sum = step("sum", ({ numbers }: { numbers: number[] }) => numbers.reduce((a, b) => a + b, 0));
const read = step("read", async ({ note, total }: { note: FileRef; total: number }) => \`\${await note.text()} \${total} \${note.name}\`);
export const mixed = pipeline("mixed", ({ n }: { n: number }) => {
  const list = squares({ n });
  return { text: read({ note: note({ text: "the sum is" }), total: sum({ numbers: list }) }), halves: halves({ list }) };
});
`;

  test("is laid out by npm as two copies", () => {
    expect(versions(folder, "@zen/core", "@acme/steps/node_modules/@zen/core")).toEqual({
      "@zen/core": expect.not.stringContaining(OTHER),
      "@acme/steps/node_modules/@zen/core": OTHER,
    });
  });

  test("has its steps and pipelines used in a pipeline of the project, with wires both ways", async () => {
    const project = install({ "mixed.ts": MIXED });
    const run = finishedRun(await project.zen("pipeline", "run", "mixed.ts", "--param", "n=3", "--output", "json"));
    expect(run).toMatchObject({ status: "completed" });
    expect(run.steps.map(({ name, status }: any) => `${name} ${status}`).toSorted()).toEqual([
      "halves/map/halve[0] completed",
      "halves/map/halve[1] completed",
      "halves/map/halve[2] completed",
      "note completed",
      "read completed",
      "squares completed",
      "sum completed",
    ]);
    expect(await project.json("artifact", "read", "read.output")).toBe("the sum is 5 note.txt");
    const logs = await project.json<{ message: string }[]>("run", "logs");
    expect(logs.map(({ message }) => message).toSorted()).toEqual(["halving 0", "halving 1", "halving 4"]);
    const again = finishedRun(await project.zen("pipeline", "run", "mixed.ts", "--param", "n=3", "--output", "json"));
    expect(again.steps.map(({ cached }: any) => cached)).toEqual(Array.from({ length: 7 }, () => true));
  });

  test("shows its author's frames when a step of it throws, and none of either core", async () => {
    const project = install({
      "p.ts": `import { pipeline } from "@zen/core";\nimport { halve } from "@acme/steps";\nexport const p = pipeline("p", () => halve({ n: 3 }));`,
    });
    const { code, stderr } = await project.zen("pipeline", "run", "p.ts");
    expect(code).toBe(1);
    expect(stderr).toContain(`Error: Step "halve" failed: three has no half\n    at `);
    const frames = stderr.split("\n").filter((line) => /^ {4}at /.test(line));
    expect(frames.every((line) => line.includes("node_modules/@acme/steps/index.js"))).toBe(true);
  });

  test("has its pipeline run by zen and from a program, also with an artifact of the other core as an input", async () => {
    const project = install({
      "mixed.ts": MIXED,
      "theirs.ts": `export { halves } from "@acme/steps";`,
      "program.ts": `import { mixed } from "./mixed.ts";
import { halves } from "@acme/steps";
import { pipeline, step, isHandle, isZenError } from "@zen/core";
const list = step("list", () => [2, 4]);
const lists = pipeline("lists", () => list());
const first = await lists().run();
const second = await halves({ list: first.outputs }).run();
const failed = await halves({ list: [3] }).run().catch((error) => error);
console.log(JSON.stringify([await second.outputs.read(), second.status, isZenError(failed), failed.code]));
`,
    });
    const byZen = finishedRun(await project.zen("pipeline", "run", "theirs.ts", "--param", "list=[2,6]", "--output", "json"));
    expect(byZen).toMatchObject({ pipeline: "halves", status: "completed" });
    const { stdout, stderr } = await project.node("program.ts");
    expect(stderr).not.toContain("ZenError");
    expect(JSON.parse(stdout)).toEqual([[1, 2], "completed", true, "run_failed"]);
  });
});

/** A terminal in which a global zen was installed: `npm install -g @zen/cli`, into a folder of its own. */
class Global {
  readonly zen: string;
  constructor(project: Project, template: string) {
    const prefix = path.join(project.root, "global");
    mkdirSync(prefix);
    copyOf(template)(prefix);
    this.zen = path.join(prefix, "bin/zen");
  }
}

const PLAIN = `import { pipeline, step } from "@zen/core";
const one = step("one", () => 1);
export const p = pipeline("p", () => ({ one: one() }));
if (import.meta.main) console.log(await (await p().run()).outputs.one.read());
`;

describe("a global zen", () => {
  let global: string;
  beforeAll(async () => {
    global = await folderOf("install --global --prefix . @zen/cli");
  });
  const install = (template: string, files: Record<string, string>): { project: Project; zen: (...args: string[]) => Promise<Ended> } => {
    const project = new Project(files, { install: template === "" ? () => {} : copyOf(template) });
    const { zen } = new Global(project, global);
    return { project, zen: (...args) => project.command(zen, ...args) };
  };

  test("over a project with a core of its own takes that core, and brings the local flavors", async () => {
    const template = await folderOf("init -y", "pkg set type=module", `install @zen/core@${OTHER}`);
    const { project, zen } = install(template, {
      "p.ts": PLAIN,
      "which.ts": `import { pipeline, step } from "@zen/core";\nconst which = step("which", () => import.meta.resolve("@zen/core"));\nexport const p = pipeline("p", () => which());`,
    });
    expect((await zen("version")).stdout).not.toContain(OTHER);
    const { stdout } = await zen("orchestrator", "flavor", "list", "--output", "json");
    expect(JSON.parse(stdout)).toMatchObject([
      { flavor: "local", package: "@zen/integration-local", version: expect.not.stringContaining(OTHER) },
    ]);

    const ran = await zen("pipeline", "run", "p.ts", "--output", "json");
    expect(finishedRun(ran)).toMatchObject({ status: "completed", stack: "default" });
    const read = await zen("artifact", "read", "one.output", "--output", "json");
    expect(JSON.parse(read.stdout)).toBe(1);
    // The run was the project's core's: it says its version.
    const store = JSON.parse((await zen("metadata-store", "describe", "--output", "json")).stdout) as { config: { uri: string } };
    const { DatabaseSync } = await import("node:sqlite");
    using database = new DatabaseSync(store.config.uri, { readOnly: true });
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
    const text = tables.map(({ name }) => JSON.stringify(database.prepare(`select * from "${name}"`).all())).join("\n");
    expect(text).toContain(OTHER);

    // Without the global zen, nothing brings the local flavors.
    const alone = await project.node("p.ts");
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain("npm install @zen/integration-local (or @zen/cli, which brings it)");
  });

  test("over a project with a zen of its own hands over to it", async () => {
    const template = await folderOf("init -y", "pkg set type=module", `install @zen/core@${OTHER} @zen/cli@${OTHER}`);
    const { project, zen } = install(template, { "p.ts": PLAIN, "src/deep/.keep": "" });
    expect((await zen("version")).stdout).toBe(`zen ${OTHER}\n`);
    const flavors = await zen("orchestrator", "flavor", "list", "--output", "json");
    expect(JSON.parse(flavors.stdout)).toMatchObject([{ flavor: "local", package: "@zen/integration-local", version: OTHER }]);
    expect(finishedRun(await zen("pipeline", "run", "p.ts", "--output", "json"))).toMatchObject({ status: "completed" });
    expect(await project.node("p.ts")).toEqual({ stdout: "1\n", stderr: "", code: 0 });
    expect(await zen("stack", "describe", "nope")).toMatchObject({ code: 2 });
  });

  test("in a folder without any project lists, describes and registers by its own core", async () => {
    const { zen } = install("", {});
    for (const line of [
      "stack list",
      "status",
      "artifact-store flavor list",
      "run list",
      "artifact-store register other --flavor=local --path=/tmp/other",
    ]) {
      const { code, stderr } = await zen(...line.split(" "));
      expect(code, `${line}: ${stderr}`).toBe(0);
    }
    expect(JSON.parse((await zen("artifact-store", "list", "--output", "json")).stdout)).toMatchObject([
      { name: "default" },
      { name: "other" },
    ]);
  });

  test("over a pipeline file whose folder has no core says what to install", async () => {
    const { zen } = install("", { "p.mts": PLAIN });
    const { stdout, stderr, code } = await zen("pipeline", "run", "p.mts", "--output", "json");
    expect({ stdout, code }).toEqual({ stdout: "", code: 1 });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "bad_pipeline_file",
        message: `p.mts imports "@zen/core", which is not installed there.`,
        hint: "npm install @zen/core @zen/cli",
      },
    });
  });

  test("finds a flavor that is installed beside it", async () => {
    const { project, zen } = install("", {});
    const modules = path.join(project.root, "global/lib/node_modules/@acme/zen-integration-beside");
    mkdirSync(modules, { recursive: true });
    const flavors = [{ type: "alerter", flavor: "beside", contract: 0, description: "Beside zen", module: ".", export: "Beside" }];
    writeFileSync(
      path.join(modules, "package.json"),
      JSON.stringify({
        name: "@acme/zen-integration-beside",
        version: "3.2.1",
        type: "module",
        exports: "./index.js",
        zen: { manifestVersion: 1, integration: "beside", flavors },
      }),
    );
    writeFileSync(path.join(modules, "index.js"), "");
    expect(JSON.parse((await zen("alerter", "flavor", "list", "--output", "json")).stdout)).toMatchObject([
      { flavor: "beside", package: "@acme/zen-integration-beside", version: "3.2.1" },
    ]);
  });
});

describe("a release that zen doesn't understand", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await folderOf("init -y", "pkg set type=module", "install @zen/core @zen/cli");
  });
  /** Replaces a constant in the installed copy of a file. */
  const edit = (project: Project, name: string, from: RegExp, to: string): void => {
    const file = path.join(project.folder, "node_modules", name);
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };

  test.each([
    [2, "too new", "Update zen: npm install -D @zen/cli@latest"],
    [0, "too old", "Update it: npm install @zen/core@latest"],
  ])("a core with HOST %i is %s, and the command to type is said", async (host, what, hint) => {
    const project = new Project({ "p.ts": PLAIN }, { install: copyOf(folder) });
    const core = path.join(project.folder, "node_modules/@zen/core");
    const { version, exports } = JSON.parse(readFileSync(path.join(core, "package.json"), "utf8")) as {
      version: string;
      exports: { "./host": { default: string } };
    };
    const entry = path.join(core, exports["./host"].default);
    edit(project, path.relative(path.join(project.folder, "node_modules"), entry), /\bHOST = 1\b/, `HOST = ${host}`);
    const message = `This zen can't drive @zen/core ${version} of ${entry}: it is ${what}.`;
    const lines = await project.zen("pipeline", "run", "p.ts");
    expect(lines).toMatchObject({ stdout: "", code: 1 });
    expect(lines.stderr.split("\n").slice(-3)).toEqual([`Error: ${message}`, hint, ""]);
    const json = await project.zen("run", "list", "--output", "json");
    expect(json).toMatchObject({ stdout: "", code: 1 });
    expect(JSON.parse(json.stderr)).toEqual({ error: { code: "host_mismatch", message, hint } });
    // What needs no class works.
    expect(await project.zen("stack", "list")).toMatchObject({ code: 0 });
  });

  test("a zen with another protocol is started by its own launcher", async () => {
    const project = new Project({ "p.ts": PLAIN }, { install: copyOf(folder) });
    const global = new Global(project, await folderOf("install --global --prefix . @zen/cli"));
    edit(project, "@zen/cli/dist/main.js", /\bPROTOCOL=1\b|\bPROTOCOL = 1\b/, "PROTOCOL = 2");
    edit(project, "@zen/cli/bin/zen.js", /const PROTOCOL = 1;/, "const PROTOCOL = 2;");
    edit(project, "@zen/cli/package.json", /"version": "[^"]+"/, `"version": "7.7.7"`);
    expect(await project.command(global.zen, "version")).toEqual({ stdout: "zen 7.7.7\n", stderr: "", code: 0 });
    expect(finishedRun(await project.command(global.zen, "pipeline", "run", "p.ts", "--output", "json"))).toMatchObject({
      status: "completed",
    });
    expect(await project.command(global.zen, "stack", "lst")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`Did you mean "list"?`),
    });
  });
});
