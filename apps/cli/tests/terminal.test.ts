import { spawnSync } from "node:child_process";
import { describe, expect, it, type TestContext } from "vitest";
import { FakeTerminal } from "./fake-terminal.ts";
import { LAUNCHER, TestProject } from "./zen.ts";

const TRAINING = `
import { map, pipeline, step } from "@zen/core";
const load = step("load", { cache: false }, async (_: {}, ctx) => {
  console.log("first line of the step\\nsecond, \\x1b[35mcoloured\\x1b[39m and moving\\x1b[9A");
  process.stderr.write("10%\\r20%\\n");
  for (let i = 1; i <= 4; i++) { ctx.progress(i, 4); await new Promise((done) => setTimeout(done, 100)); }
  return [1, 2, 3];
});
const double = step("double", ({ i }: { i: number }) => i * 2);
setTimeout(() => { console.log("a print of no step"); process.emitWarning("a warning of Node"); }, 300).unref();
export const training = pipeline("training", () => ({ doubled: map(load(), (i) => double({ i })) }));
`;

const FAILING = `
import { map, pipeline, step } from "@zen/core";
const fit = step("fit", ({ i }: { i: number }) => { if (i === 1) throw new Error("bad item"); return i; });
const after = step("after", { retries: 1 }, (_: { all: object[] }): number => { throw new Error("no good"); });
export const failing = pipeline("failing", () => ({ x: after({ all: map([0, 1], (i) => fit({ i }), { onError: "settle", concurrency: 1 }) }) }));
`;

/** The program of util-linux that runs a command on a terminal of its own. */
const PSEUDO_TERMINAL = "script";

/** Runs the command on a pseudo-terminal. */
function onTerminal(
  context: TestContext,
  project: TestProject,
  columns: number,
  ...args: string[]
): { screen: string; code: number | null } {
  const command = `stty cols ${columns} rows 24; '${process.execPath}' '${LAUNCHER}' ${args.join(" ")}`;
  const { stdout, status, error } = spawnSync(PSEUDO_TERMINAL, ["-qec", command, "/dev/null"], {
    cwd: project.folder,
    encoding: "utf8",
    input: "",
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ZENML_CONFIG_PATH: project.config, TERM: "xterm" },
  });
  if (error) context.skip("no `script` to make a terminal with");
  return { screen: stdout.replaceAll("\r\n", "\n"), code: status };
}

describe("on a terminal", () => {
  it("a run is a live tree; what steps print stays above it, and its last state below", (context) => {
    const project = new TestProject({ "training.ts": TRAINING });
    project.json("init");
    const { screen, code } = onTerminal(context, project, 80, "pipeline", "run", "training.ts");
    expect(code).toBe(0);
    expect(screen).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(screen).toContain("████");
    // Nothing hides the cursor, so that nothing has to bring it back.
    expect(screen).not.toContain("\u001b[?25");
    const { rows } = new FakeTerminal(80, screen);
    expect(rows[0]).toBe("Running with active profile: 'default' (local)");
    expect(rows.slice(1, rows.indexOf(""))).toEqual([
      "[load] first line of the step",
      "[load] second, coloured and moving",
      "[load] warn 20%",
      "a print of no step",
      expect.stringMatching(/^\(node:\d+\) Warning: a warning of Node$/),
      expect.stringContaining("--trace-warnings"),
      expect.stringMatching(/^training-\S+ on stack default$/),
      expect.stringMatching(/^✔ load +\d+ ms$/),
      "  map",
      "✔   double  3 done",
    ]);
    expect(screen).toContain("second, \u001b[35mcoloured\u001b[39m and moving\u001b[0m");
  });

  it("a run that fails leaves the tree, and what failed in a map", (context) => {
    const project = new TestProject({ "failing.ts": FAILING });
    project.json("init");
    const { screen, code } = onTerminal(context, project, 80, "pipeline", "run", "failing.ts");
    expect(code).toBe(1);
    const { rows } = new FakeTerminal(80, screen);
    expect(rows.slice(1)).toEqual([
      "✖ map/fit[1] failed: bad item",
      expect.stringMatching(/^↻ after attempt 1 failed: no good\. Next one in \d+ ms\.$/),
      expect.stringMatching(/^failing-\S+ on stack default$/),
      "  map",
      "✖   fit  1 done, 1 failed  bad item",
      "✖ after  failed: no good",
      'Error: Step "after" failed: no good',
      expect.stringMatching(/^ {4}at .*failing\.ts/),
      expect.stringMatching(/^See what it logged: zen run logs /),
    ]);
  });

  it("a table is cut to its width", (context) => {
    const project = new TestProject();
    project.json("init");
    const { screen } = onTerminal(context, project, 60, "artifact-store", "list");
    const table = screen.split("\n").filter((line) => /^[┏┃┠┗]/.test(line));
    expect(table.length).toBeGreaterThan(4);
    for (const line of table) expect(line.replace("👉", "xx").length).toBeLessThanOrEqual(60);
    expect(table.join("")).toContain("…");
  });
});
