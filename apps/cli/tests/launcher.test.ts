import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { findOldNode, type OldNode } from "./old-node.ts";
import { finished, TestProject } from "./zen.ts";

/** The project's own @zen/cli, made up: it says what it was called with. */
function otherCli(protocol: number): Record<string, string> {
  return {
    "node_modules/@zen/cli/package.json": JSON.stringify({
      name: "@zen/cli",
      version: "9.9.9",
      bin: { zen: "bin/other.js" },
      exports: { "./main": { default: "./main.js" } },
    }),
    "node_modules/@zen/cli/main.js": `
      exports.PROTOCOL = ${protocol};
      exports.main = async (argv, launcher) => { console.log(JSON.stringify({ by: "main", argv, launcher })); return 7; };`,
    "node_modules/@zen/cli/bin/other.js": `
      process.on("SIGTERM", () => process.exit(9));
      console.log(JSON.stringify({ by: "bin", argv: process.argv.slice(2), handedOver: process.env.ZEN_HANDED_OVER }));
      if (process.argv.includes("wait")) setInterval(() => {}, 1000); else process.exitCode = 8;`,
  };
}

describe("the project's own zen", () => {
  it("is called in the same process", () => {
    const project = new TestProject(otherCli(1));
    const { stdout, code } = project.zen(["stack", "list"]);
    expect(JSON.parse(stdout)).toEqual({ by: "main", argv: ["stack", "list"], launcher: { protocol: 1 } });
    expect(code).toBe(7);
  });

  it("is found from a folder below", () => {
    const project = new TestProject({ ...otherCli(1), "src/deep/file": "" });
    expect(project.zen(["x"], { cwd: path.join(project.folder, "src/deep") }).code).toBe(7);
  });

  it("is started if it speaks another protocol, its exit code kept", () => {
    const project = new TestProject(otherCli(2));
    const { stdout, code } = project.zen(["stack", "list"]);
    expect(JSON.parse(stdout)).toEqual({ by: "bin", argv: ["stack", "list"], handedOver: "1" });
    expect(code).toBe(8);
  });

  it("gets signals passed on", async () => {
    const child = new TestProject(otherCli(2)).start(["wait"]);
    const end = finished(child);
    child.stdout!.once("data", () => child.kill("SIGTERM"));
    expect((await end).code).toBe(9);
  });

  it("gets a signal also if it comes as soon as there is a process to get it", () => {
    // Between starting the child and listening, the launcher may be held up for any time.
    const project = new TestProject({
      ...otherCli(2),
      "slow.cjs": `
        const childProcess = require("node:child_process");
        const { spawn } = childProcess;
        childProcess.spawn = (...args) => {
          const child = spawn(...args);
          const until = Date.now() + 500;
          while (Date.now() < until);
          process.kill(process.pid, "SIGTERM");
          return child;
        };`,
    });
    expect(project.zen(["wait"], { env: { NODE_OPTIONS: `--require ${project.folder}/slow.cjs` } }).code).toBe(9);
  });

  it("is handed over to once only", () => {
    const project = new TestProject(otherCli(2));
    expect(project.zen(["version"], { env: { ZEN_HANDED_OVER: "1" } }).stdout).toMatch(/^zen /);
  });

  it("that is broken is an error that says so", () => {
    const project = new TestProject({ ...otherCli(1), "node_modules/@zen/cli/main.js": "throw new Error('half written');" });
    expect(project.zen(["stack", "list"])).toEqual({
      stdout: "",
      stderr: "Error: The command zen is not installed completely: half written. Install it again: npm install -D @zen/cli\n",
      code: 1,
    });
    expect(project.error("stack", "list")).toMatchObject({ code: "broken_installation", exitCode: 1 });
  });
});

describe("a project whose core is from another time", () => {
  it.each([
    [{ "./host": "./host.js" }, "export const HOST = 2;", "it is too new", "Update zen: npm install -D @zen/cli@latest"],
    [{ "./host": "./host.js" }, "export const HOST = 0;", "it is too old", "Update it: npm install @zen/core@latest"],
    [{ ".": "./host.js" }, "", "it is too old", "Update it: npm install @zen/core@latest"],
  ])("is told in one line: %j %s", (exports, text, message, hint) => {
    const project = new TestProject({
      "sub/node_modules/@zen/core/package.json": JSON.stringify({ name: "@zen/core", version: "8.8.8", type: "module", exports }),
      "sub/node_modules/@zen/core/host.js": text,
    });
    const { stderr, code } = project.zen(["run", "list", "--output", "json"], { cwd: path.join(project.folder, "sub") });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "host_mismatch", message: expect.stringContaining(message), hint } });
    expect(code).toBe(1);
  });
});

describe("on a Node that is too old", () => {
  let found: OldNode;
  beforeAll(() => {
    found = findOldNode();
  }, 300_000);
  const oldNode = (context: TestContext): string => ("node" in found ? found.node : context.skip(found.missing));

  it("says what it needs, what it has, and what to type", (context) => {
    const node = oldNode(context);
    const { stdout, stderr, code } = new TestProject().zen(["stack", "list"], { node });
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^Error: zen needs Node >= 24\.15, and this is Node [\d.]+\. Install one for this project: npm install -D node@24\n$/,
    );
    expect(code).toBe(1);
  });

  it("starts again with the project's own Node", async (context) => {
    const node = oldNode(context);
    const project = new TestProject({ "src/file": "" });
    const bin = path.join(project.folder, "node_modules", ".bin");
    mkdirSync(bin);
    symlinkSync(process.execPath, path.join(bin, "node"));
    expect(project.zen(["version", "--output", "json"], { node, cwd: path.join(project.folder, "src") })).toMatchObject({
      stdout: expect.stringContaining(`"node": "${process.versions.node}"`),
      stderr: "",
      code: 0,
    });
    expect(project.zen(["stak"], { node }).code).toBe(2);
    project.write(otherCli(2));
    const child = project.start(["wait"], { node });
    const end = finished(child);
    child.stdout!.once("data", () => child.kill("SIGTERM"));
    expect((await end).code).toBe(9);
  });

  it("passes over a Node that is too old as well, or doesn't run", (context) => {
    const node = oldNode(context);
    const project = new TestProject({
      "node_modules/.bin/node": "#!/bin/sh\necho v22.0.0\n",
      "sub/node_modules/.bin/node": "#!/bin/sh\nexit 1\n",
    });
    for (const folder of ["", "sub"]) chmodSync(path.join(project.folder, folder, "node_modules/.bin/node"), 0o755);
    expect(project.zen(["version"], { node, cwd: path.join(project.folder, "sub") }).stderr).toContain("zen needs Node >= 24.15");
  });
});
