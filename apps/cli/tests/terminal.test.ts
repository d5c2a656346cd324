import { spawnSync } from "node:child_process";
import { describe, expect, it, type TestContext } from "vitest";
import { LAUNCHER, TestProject } from "./zen.ts";

const TRAINING = `
import { map, pipeline, step } from "@zen/core";
const load = step("load", { cache: false }, async (_: {}, ctx) => {
  console.log("a line of the step");
  for (let i = 1; i <= 4; i++) { ctx.progress(i, 4); await new Promise((done) => setTimeout(done, 100)); }
  return [1, 2, 3];
});
const double = step("double", ({ i }: { i: number }) => i * 2);
export const training = pipeline("training", () => ({ doubled: map(load(), (i) => double({ i })) }));
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
  it("a run is a live tree, and leaves its last state and the cursor", (context) => {
    const project = new TestProject({ "training.ts": TRAINING });
    project.json("init");
    const { screen, code } = onTerminal(context, project, 80, "pipeline", "run", "training.ts");
    expect(code).toBe(0);
    expect(screen).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    expect(screen).toContain("████");
    expect(screen).toContain("[load] a line of the step");
    const last = screen.slice(screen.lastIndexOf("\u001b[1mtraining-"));
    expect(last.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "")).toMatch(
      /^training-\S+ on stack default\n✔ load +\d+ ms\n {2}map\n✔ {3}double +3 done\n\nRun \S+ completed in /,
    );
    expect(last).toContain("\u001b[?25h");
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
