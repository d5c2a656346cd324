import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended, events, Project, workspace, zenBin, type Ended } from "../src/project.ts";

const example = path.join(workspace, "examples/quickstart");
/** Real files, of which every install of this repository has enough: JavaScript, and declarations in TypeScript. */
const SOURCES = path.join(workspace, "packages/core/node_modules/zod");
const SMALL = ["perLanguage=60", "minimum=20", "bytes=400", "longest=[1,2]", "epochs=3"];

let project: Project;
beforeAll(async () => {
  project = new Project({}, { remove: afterAll });
  await project.zen("init");
});

/** A command in the example's folder, as its README shows it, with a configuration and a repository of its own. */
function zen(...args: readonly string[]): Promise<Ended> {
  return ended(project.start([zenBin, ...args], { cwd: example, env: { ...project.env, ZENML_REPOSITORY_PATH: project.folder } }));
}

function run(params: readonly string[], ...more: readonly string[]): Promise<Ended> {
  return zen("pipeline", "run", "src/pipeline.ts", ...params.flatMap((param) => ["--param", param]), ...more);
}

const finishedRun = ({ stdout, stderr }: Ended): any => (stdout === "" ? expect.unreachable(stderr) : events(stdout).at(-1));
const small = [`folder=${SOURCES}`, ...SMALL];

test("it learns from real files, stores what it made, and takes a second run from the cache", async () => {
  const first = finishedRun(await run(small, "--output", "json"));
  expect(first).toMatchObject({ pipeline: "which-language", status: "completed" });
  const accuracy = await zen("artifact", "read", "evaluate.scores", "--output", "json");
  const scores = JSON.parse(accuracy.stdout) as { accuracy: number; baseline: { accuracy: number } };
  expect(scores.accuracy).toBeGreaterThan(scores.baseline.accuracy);

  const second = await run(small);
  expect({ code: second.code, stdout: second.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\d+ of \d+ steps from the cache\./),
  });
  expect(second.stderr).toMatch(/^✔ split cached: same code and inputs \(unseen="files", seed=1\)$/m);
  expect(second.stderr).toMatch(/^✔ train cached: same code and inputs \(epochs=3, seed=1\)$/m);
  // It may have changed: it is always looked at.
  expect(second.stderr).toMatch(/^✔ collect \d/m);

  const third = finishedRun(await run([...small, "seed=2"], "--output", "json"));
  expect(third.steps.find(({ name }: any) => name === "split")).toMatchObject({
    cached: false,
    reason: expect.stringContaining("changed"),
  });
});

test("its report is readable, and says where the rest is", async () => {
  const report = await zen("artifact", "read", "report.output");
  expect(report.code).toBe(0);
  expect(report.stdout).toMatch(/^# Which language/);
  const { stdout } = await zen("artifact", "describe", "evaluate.confusion", "--output", "json");
  expect(JSON.parse(stdout)).toMatchObject({
    name: "evaluate.confusion",
    digest: expect.stringMatching(/^sha256:/),
    uri: expect.stringContaining(project.configFolder),
  });
});

test("too little data, or a folder that isn't there, ends it with one error that says so", async () => {
  project.write({ "few/a.js": "export const a = 1;\n".repeat(10), "few/b.css": "a { color: red; }\n".repeat(10) });
  const few = path.join(project.folder, "few");
  const little = await run([`folder=${few}`]);
  expect(little.code).toBe(1);
  expect(little.stdout).toBe("");
  expect(little.stderr.replaceAll(few, "FEW")).toContain(
    `Error: Step "collect" failed: Too little to learn from in FEW: it takes at least 2 languages with 40 different text files each, and of 2 source files these can be used: `,
  );
  expect(little.stderr).not.toMatch(/node:internal|node_modules/);

  const missing = await run([`folder=${few}er`], "--output", "json");
  expect(JSON.parse(missing.stderr)).toMatchObject({
    error: {
      code: "run_failed",
      message: `Step "collect" failed: Can't collect from ${few}er: it does not exist. Name a folder with source files: --param folder=PATH`,
    },
  });

  const wrong = await run([`folder=${few}`, "perLanguage=10"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("perLanguage must be at least minimum");
});
