import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

/** What Node has loaded, and which of our chunks, when the command ends. */
const REPORT = `
process.on("exit", () => {
  const builtin = process.moduleLoadList.filter((entry) => entry.startsWith("NativeModule ")).map((entry) => entry.slice(13));
  const chunks = Object.keys(require.cache).map((file) => require("node:path").basename(file));
  require("node:fs").writeFileSync(process.env.LOADED, JSON.stringify({ builtin, chunks }));
});`;

const DIST = path.resolve(import.meta.dirname, "../dist");

/** Figures are for `npm run bench`; here is what they hang on. */
describe("the light path", () => {
  it.each([
    [["--help"], []],
    [
      ["stack", "list"],
      ["commander.js", "light.js", "stack.js"],
    ],
    [
      ["artifact-store", "flavor", "list"],
      ["commander.js", "component.js", "light.js"],
    ],
    [
      ["integration", "list"],
      ["commander.js", "installed.js", "integration.js", "light.js", "list.js"],
    ],
  ])("zen %j loads no more than it needs", (args, needed) => {
    const project = new TestProject({ "report.cjs": REPORT });
    project.json("stack", "list");
    const loaded = `${project.root}/loaded.json`;
    expect(project.zen(args, { env: { NODE_OPTIONS: `--require ${project.folder}/report.cjs`, LOADED: loaded } }).code).toBe(0);
    const { builtin, chunks } = project.read(loaded) as { builtin: string[]; chunks: string[] };
    expect(chunks.sort()).toEqual(["base.js", "main.js", "report.cjs", "rolldown-runtime.js", "zen.js", ...needed].sort());
    // What every command reads, also for its help: core's way into a store has no place in it.
    expect(statSync(path.join(DIST, "base.js")).size).toBeLessThan(40_000);
    // Each of these takes a tenth of a cold start, or more.
    for (const heavy of ["crypto", "child_process", "stream", "net", "sqlite", "tty", "perf_hooks"]) expect(builtin).not.toContain(heavy);
  });
});
