import { expect, test } from "vitest";
import { Project } from "../src/project.ts";

const pipeline = `import { pipeline, step } from "@zen/core";
const one = step("one", () => 1);
export const p = pipeline("training", () => one());`;

test("every list can be limited, and shows all otherwise", async () => {
  const project = new Project({ "p.ts": pipeline });
  for (const name of ["a", "b"]) {
    await project.zen("stack", "register", name, "-o", "default", "-m", "default", "-a", "default");
    await project.zen("orchestrator", "register", name, "--flavor=local");
    await project.zen("pipeline", "run", "p.ts", "--no-cache");
  }
  for (const [list, all] of [
    [["stack", "list"], 3],
    [["orchestrator", "list"], 3],
    [["orchestrator", "flavor", "list"], 1],
    [["run", "list"], 2],
    [["artifact", "list"], 2],
    [["pipeline", "list"], 1],
  ] as const) {
    expect(await project.json(...list), list.join(" ")).toHaveLength(all);
    expect(await project.json(...list, "--limit", "1"), list.join(" ")).toHaveLength(1);
  }
});

test("a pipeline that was never run, and a file that can't be written, are named", async () => {
  const project = new Project({ "p.ts": pipeline });
  await project.zen("pipeline", "run", "p.ts");
  const unknown = await project.zen("run", "list", "--pipeline", "trainig", "--output", "json");
  expect(unknown.code).toBe(2);
  expect(JSON.parse(unknown.stderr)).toEqual({
    error: {
      code: "pipeline_not_found",
      message: `No pipeline "trainig" has been run. Did you mean "training"?`,
      hint: "List them: zen pipeline list",
    },
  });
  const unwritten = await project.zen("artifact", "read", "one.output", "--to", "missing/file", "--output", "json");
  expect(unwritten.code).toBe(1);
  expect(JSON.parse(unwritten.stderr)).toMatchObject({
    error: { code: "no_such_folder", message: "Can't write missing/file: there is no folder missing." },
  });
  const shell = await project.zen("completion", "tcsh", "--output", "json");
  expect(shell.code).toBe(2);
  expect(JSON.parse(shell.stderr)).toMatchObject({
    error: { message: `"tcsh" is no value for SHELL. Allowed choices are bash, zsh, fish.` },
  });
});
