import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { madeUpSources, madeUpText, writeSources } from "./made-up-sources.ts";

// As a user runs it: by the command, in a process and a configuration folder of its own.
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "quickstart-"));
  writeSources(join(folder, "sources"), {
    ...madeUpSources("css", ".css", 60),
    ...madeUpSources("javascript", ".js", 60),
    ...madeUpSources("python", ".py", 60),
  });
  await zen("init", "--path", folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Run {
  status: string;
  outputs: { name: string; id: string }[];
  steps: { name: string; status: string; cached: boolean; reason: string }[];
}

function zen(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = join(import.meta.dirname, "../../../apps/cli/bin/zen.js");
  const env = { ...process.env, ZENML_CONFIG_PATH: join(folder, "config"), ZENML_REPOSITORY_PATH: folder };
  return new Promise((settle) => {
    execFile(process.execPath, [command, ...args], { env, cwd: folder }, (error, stdout, stderr) =>
      settle({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

async function runPipeline(sources: string): Promise<Run> {
  const params = [`folder=${join(folder, sources)}`, "longest=[1,2]", "epochs=2"].flatMap((param) => ["--param", param]);
  const { stdout, stderr } = await zen("pipeline", "run", join(import.meta.dirname, "pipeline.ts"), ...params, "--output", "json");
  if (stdout === "") throw new Error(stderr);
  // The last event has the run.
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Run;
}

const cachedOf = ({ steps }: Run) => Object.fromEntries(steps.map(({ name, cached }) => [name, cached]));
/** Each is `cache: false`. */
const ALWAYS = ["collect", "when/ask", "summary"];

test("a run stores the model, the matrix and the report; a second comes from the cache", { timeout: 60_000 }, async () => {
  const first = await runPipeline("sources");
  expect(first.status).toBe("completed");
  expect(first.outputs.map(({ name }) => name)).toEqual(["summary", "report", "accuracy", "confusion", "model"]);
  const { stdout: said } = await zen("artifact", "read", "summary.output");
  expect(said.split("\n")[0]).toMatch(
    /^It recognises (9\d\.\d|100\.0)% of 45 files that it has not seen \(macro-F1 [01]\.\d+\); always answering "css" would be right for 33\.3%\.$/,
  );
  expect(said).toMatch(/pipeline\.ts, it says \w+ \(probability/);
  for (const cached of Object.values(cachedOf(first))) expect(cached).toBe(false);

  const report = await zen("artifact", "read", "report.output");
  expect(report.stdout).toMatch(/^# Which language/);
  const confusion = await zen("artifact", "read", "evaluate.confusion", "--output", "json");
  expect(JSON.parse(confusion.stdout)).toMatchObject({ languages: ["css", "javascript", "python"] });
  const model = await zen("artifact", "describe", "train.model", "--output", "json");
  expect(JSON.parse(model.stdout)).toMatchObject({ materializer: "rich" });

  const second = await runPipeline("sources");
  expect(second.status).toBe("completed");
  for (const [name, cached] of Object.entries(cachedOf(second))) expect([name, cached]).toEqual([name, !ALWAYS.includes(name)]);
  expect((await zen("artifact", "read", "summary.output")).stdout).toBe(said);

  writeSources(join(folder, "sources"), { "one-more.py": madeUpText("python", 1000) });
  const third = await runPipeline("sources");
  expect(third.steps.find(({ name }) => name === "split")).toMatchObject({ cached: false, reason: "its input files changed" });
});

test.each([
  [
    "too little to learn from",
    "few",
    { "a.js": madeUpText("javascript", 1) },
    "collect",
    /^Too little to learn from in .*: 1 javascript\. Name a folder/,
  ],
  ["a folder that isn't there", "missing", {}, "collect", /^Can't collect from .*missing: it does not exist\. Name a folder/],
  [
    "labels that don't go with the texts",
    "mislabelled",
    Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${i}${i % 2 === 0 ? ".js" : ".css"}`, madeUpText("python", i)])),
    "evaluate",
    /^The model is no better than guessing: it recognises \d\d\.\d% of 50 unseen files, and always answering "css".* 50\.0%\./,
  ],
])("%s ends the run with an error that says so", { timeout: 60_000 }, async (_, name, files, step, message) => {
  writeSources(join(folder, name), files);
  const run = await runPipeline(name);
  expect(run.status).toBe("failed");
  expect(run.steps.find(({ status }) => status === "failed")).toMatchObject({
    name: step,
    failure: { message: expect.stringMatching(message) },
  });
});
