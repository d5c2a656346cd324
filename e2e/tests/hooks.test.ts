import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { ended, Project, zenBin } from "../src/project.ts";

/** A flavor package as a third party would publish it: an alerter that writes down what it is called for. */
const recorder = {
  "node_modules/@acme/zen-integration-recorder/package.json": JSON.stringify({
    name: "@acme/zen-integration-recorder",
    version: "1.2.3",
    type: "module",
    exports: "./index.js",
    zen: {
      manifestVersion: 1,
      integration: "recorder",
      flavors: [{ type: "alerter", flavor: "recorder", contract: 0, module: ".", export: "Recorder" }],
    },
  }),
  "node_modules/@acme/zen-integration-recorder/index.js": `import { BaseAlerter } from "@zen/core";
import { appendFileSync } from "node:fs";
import * as z from "zod";
export class Recorder extends BaseAlerter {
  static FLAVOR = "recorder";
  static configSchema = BaseAlerter.configSchema.extend({ file: z.string() });
  #note(what) { appendFileSync(this.config.file, what + "\\n"); }
  async preparePipelineDeployment(deployment, stack, runtime) { this.#note("deployment " + deployment.spec.pipeline + " on " + stack.name + " " + JSON.stringify(runtime)); }
  async preparePipelineRun(run) { this.#note("prepare run " + run.pipeline); }
  async cleanupPipelineRun(run) { this.#note("cleanup run " + run.pipeline); }
  async prepareStepRun(step) { this.#note("prepare step " + step.node + " " + step.attempt + " " + JSON.stringify(step.settings)); }
  async cleanupStepRun(step) { this.#note("cleanup step " + step.node + " " + step.attempt); }
}`,
};

async function withRecorder(pipeline: string): Promise<{ project: Project; notes: () => string[] }> {
  const project = new Project({
    "package.json": JSON.stringify({
      name: "project",
      type: "module",
      dependencies: { "@zen/core": "*", "@zen/cli": "*", "@acme/zen-integration-recorder": "*" },
    }),
    ...recorder,
    "p.ts": pipeline,
  });
  const file = path.join(project.folder, "notes.txt");
  for (const args of [
    ["alerter", "register", "notes", "--flavor=recorder", `--file=${file}`],
    ["stack", "register", "noted", "-o", "default", "-a", "default", "-m", "default", "-al", "notes"],
  ]) {
    const { code, stderr } = await project.zen(...args);
    expect(code, stderr).toBe(0);
  }
  return { project, notes: () => readFileSync(file, "utf8").trim().split("\n") };
}

test("runtime configuration and settings reach the component that they are for; hooks come in order", async () => {
  const { project, notes } = await withRecorder(`import { pipeline, step } from "@zen/core";
const a = step("a", { settings: { "alerter.recorder": { channel: "#ml" }, "alerter.other": { channel: "#no" } } }, () => 1);
export const p = pipeline("p", () => a());`);
  const { code, stderr } = await project.zen(
    "pipeline",
    "run",
    "p.ts",
    "--stack",
    "noted",
    "--runtime",
    "runtime_param_1=3",
    "--runtime",
    "another_param=luna",
  );
  expect(code, stderr).toBe(0);
  expect(notes()).toEqual([
    `deployment p on noted {"runtime_param_1":3,"another_param":"luna"}`,
    "prepare run p",
    `prepare step a 1 {"channel":"#ml"}`,
    "cleanup step a 1",
    "cleanup run p",
  ]);
});

test("clean-up hooks run after a failure", async () => {
  const { project, notes } = await withRecorder(`import { pipeline, step } from "@zen/core";
const a = step("a", (): number => { throw new Error("no"); });
export const p = pipeline("p", () => a());`);
  expect((await project.zen("pipeline", "run", "p.ts", "--stack", "noted")).code).toBe(1);
  expect(notes().slice(-2)).toEqual(["cleanup step a 1", "cleanup run p"]);
});

test.each(["SIGINT", "SIGTERM"] as const)("clean-up hooks run after %s", async (signal) => {
  const { project, notes } = await withRecorder(`import { pipeline, step } from "@zen/core";
const a = step("a", () => new Promise<number>(() => {}));
export const p = pipeline("p", () => a());`);
  const child = project.start([zenBin, "pipeline", "run", "p.ts", "--stack", "noted"]);
  const end = ended(child);
  onTestFinished(() => void child.kill("SIGKILL"));
  await vi.waitFor(() => expect(notes()).toContain("prepare step a 1 {}"), { timeout: 30_000, interval: 50 });
  child.kill(signal);
  expect((await end).code).toBe(130);
  expect(notes().slice(-2)).toEqual(["cleanup step a 1", "cleanup run p"]);
});
