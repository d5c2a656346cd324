import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ended, Project, zenBin } from "../src/project.ts";

/**
 * A flavor package as a third party would publish it. Its model deployer is a process: `provision` makes its folder,
 * `resume` starts a server that outlives the command, `suspend` ends the server, `deprovision` removes the folder.
 */
const processes = {
  "node_modules/@acme/zen-integration-processes/package.json": JSON.stringify({
    name: "@acme/zen-integration-processes",
    version: "1.2.3",
    type: "module",
    exports: "./index.js",
    zen: {
      manifestVersion: 1,
      integration: "processes",
      flavors: [
        { type: "model_deployer", flavor: "process", contract: 0, module: ".", export: "ProcessDeployer" },
        { type: "feature_store", flavor: "broken", contract: 0, module: ".", export: "BrokenFeatures" },
        { type: "alerter", flavor: "noted", contract: 0, module: ".", export: "NotedAlerter" },
      ],
    },
  }),
  "node_modules/@acme/zen-integration-processes/server.js": `import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
const folder = process.argv[2];
const server = createServer((_, response) => { console.log("asked"); response.end("model of " + process.pid); });
server.listen(0, "127.0.0.1", () => {
  console.log("listening");
  writeFileSync(folder + "/pid", JSON.stringify({ pid: process.pid, port: server.address().port }));
});
setInterval(() => existsSync(folder) || process.exit(0), 200);`,
  "node_modules/@acme/zen-integration-processes/index.js": `import { BaseAlerter, BaseFeatureStore, BaseModelDeployer } from "@zen/core";
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
export class ProcessDeployer extends BaseModelDeployer {
  static FLAVOR = "process";
  static configSchema = BaseModelDeployer.configSchema.extend({ folder: z.string() });
  get logFile() { return path.join(this.config.folder, "server.log"); }
  get #pidFile() { return path.join(this.config.folder, "pid"); }
  #pid() {
    try {
      const { pid } = JSON.parse(readFileSync(this.#pidFile, "utf8"));
      process.kill(pid, 0);
      return pid;
    } catch { return undefined; }
  }
  async isProvisioned() { return existsSync(this.config.folder); }
  async isRunning() { return this.#pid() !== undefined; }
  async provision() { mkdirSync(this.config.folder, { recursive: true }); }
  async resume() {
    console.log("a print of the component");
    const log = openSync(this.logFile, "a");
    const server = path.join(import.meta.dirname, "server.js");
    spawn(process.execPath, [server, this.config.folder], { detached: true, stdio: ["ignore", log, log] }).unref();
    for (let i = 0; i < 400 && this.#pid() === undefined; i++) await sleep(25);
  }
  async suspend() {
    const pid = this.#pid();
    process.kill(pid);
    for (let i = 0; i < 400 && this.#pid() === pid; i++) await sleep(25);
    rmSync(this.#pidFile);
  }
  async deprovision() { rmSync(this.config.folder, { recursive: true }); }
}
export class BrokenFeatures extends BaseFeatureStore {
  static FLAVOR = "broken";
  async isProvisioned() { return false; }
  async provision() { throw new Error("no room in the cluster"); }
}
export class NotedAlerter extends BaseAlerter {
  static FLAVOR = "noted";
  static configSchema = BaseAlerter.configSchema.extend({ file: z.string(), seconds: z.coerce.number().default(0) });
  #note(what) { appendFileSync(this.config.file, what + "\\n"); }
  #state() { return existsSync(this.config.file) ? readFileSync(this.config.file, "utf8").trim().split("\\n").at(-1) : "deprovision"; }
  async isProvisioned() { return this.#state() !== "deprovision"; }
  async isRunning() { return this.#state() === "resume"; }
  async provision() { appendFileSync(this.config.file + ".started", "provision"); await sleep(this.config.seconds * 1000); this.#note("provision"); }
  async resume() { this.#note("resume"); }
  async suspend() { this.#note("suspend"); }
  async deprovision() { this.#note("deprovision"); }
}`,
};

interface Served {
  readonly project: Project;
  /** Of the model deployer `models` of the stack `serving`. */
  readonly folder: string;
  /** What the server says, or undefined if there is none. */
  readonly ask: () => Promise<string | undefined>;
}

/** A project whose stack `serving`, not the active one, has the model deployer `models`. */
async function serving({ component, option }: { component?: (root: string) => string[]; option?: string[] } = {}): Promise<Served> {
  const project = new Project({
    "package.json": JSON.stringify({
      name: "project",
      type: "module",
      dependencies: { "@zen/core": "*", "@zen/cli": "*", "@acme/zen-integration-processes": "*" },
    }),
    ...processes,
    "p.ts": `import { pipeline, step } from "@zen/core";
export const p = pipeline("p", () => step("one", () => 1)());`,
  });
  const folder = path.join(project.root, "models");
  const pidFile = path.join(folder, "pid");
  const server = (): { pid: number; port: number } => JSON.parse(readFileSync(pidFile, "utf8")) as { pid: number; port: number };
  onTestFinished(() => {
    // Its process group: a test that fails must leave nothing behind.
    try {
      process.kill(-server().pid, "SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  });
  for (const args of [
    ["model-deployer", "register", "models", "--flavor=process", `--folder=${folder}`],
    ...(component ? [component(project.root)] : []),
    ["stack", "register", "serving", "-o", "default", "-a", "default", "-m", "default", "-d", "models", ...(option ?? [])],
  ]) {
    const { code, stderr } = await project.zen(...args);
    expect(code, stderr).toBe(0);
  }
  const ask = async (): Promise<string | undefined> => {
    if (!existsSync(pidFile)) return undefined;
    return (await fetch(`http://127.0.0.1:${server().port}`)).text();
  };
  return { project, folder, ask };
}

/** Registers a component that notes what is done to it. */
const noted = (file: string, seconds = 0): string[] => [
  "alerter",
  "register",
  "notes",
  "--flavor=noted",
  `--file=${file}`,
  `--seconds=${seconds}`,
];

const withoutWhereabouts = (stderr: string): string[] =>
  stderr
    .trimEnd()
    .split("\n")
    .filter((line) => !/^(Unable to find ZenML repository|Running with)/.test(line));

describe("a stack with a component that is provisioned", () => {
  test("a run refuses until it is up, and what is up outlives the command", async () => {
    const { project, folder, ask } = await serving();
    const refused = await project.zen("pipeline", "run", "p.ts", "--stack", "serving");
    expect(refused.code).toBe(1);
    expect(withoutWhereabouts(refused.stderr)).toEqual([
      `Error: The model deployer "models" of the stack "serving" is not running.`,
      "Provision and start it: zen stack up --stack serving",
    ]);

    await project.zen("stack", "set", "serving");
    const up = await project.zen("stack", "up");
    expect(up).toMatchObject({ code: 0, stdout: "Provisioned and resumed model deployer 'models'.\n" });
    expect(withoutWhereabouts(up.stderr)).toEqual([
      "Provisioning resources for active stack 'serving'.",
      "Provisioning model deployer 'models'...",
      "Resuming model deployer 'models'...",
      "a print of the component",
    ]);
    const answer = await ask();
    expect(answer).toMatch(/^model of \d+$/);
    expect((await project.zen("pipeline", "run", "p.ts", "--stack", "serving")).code).toBe(0);

    const again = await project.zen("stack", "up");
    expect(again).toMatchObject({ code: 0, stdout: "Nothing to do: stack 'serving' is already running.\n" });
    expect(await ask()).toBe(answer);

    const suspended = await project.zen("stack", "down", "--suspend");
    expect(suspended).toMatchObject({ code: 0, stdout: "Suspended model deployer 'models'.\n" });
    expect([existsSync(folder), await ask()]).toEqual([true, undefined]);
    expect((await project.zen("pipeline", "run", "p.ts", "--stack", "serving")).code).toBe(1);
    expect((await project.zen("stack", "down", "--suspend")).stdout).toBe("No running resources found for stack 'serving'.\n");

    expect((await project.zen("stack", "up")).stdout).toBe("Resumed model deployer 'models'.\n");
    const resumed = await ask();
    expect(resumed).not.toBe(answer);

    const down = await project.zen("stack", "down", "--yes");
    expect(down).toMatchObject({ code: 0, stdout: "Suspended and deprovisioned model deployer 'models'.\n" });
    expect(withoutWhereabouts(down.stderr)).toEqual([
      "Deprovisioning resources for active stack 'serving'.",
      "Suspending model deployer 'models'...",
      "Deprovisioning model deployer 'models'...",
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(Number(resumed!.split(" ").at(-1)), 0)).toThrow("ESRCH");
    expect((await project.zen("stack", "down", "--yes")).stdout).toBe("No provisioned resources found for stack 'serving'.\n");
  });

  test("the same for a component alone, by name, or as the active stack's", async () => {
    const { project, folder, ask } = await serving();
    const up = await project.zen("model-deployer", "up", "models");
    expect(up).toMatchObject({ code: 0, stdout: "Provisioned and resumed model deployer 'models'.\n" });
    expect(await ask()).toMatch(/^model of /);
    const again = await project.zen("model-deployer", "up", "--stack", "serving");
    expect(again).toMatchObject({ code: 0, stdout: "Nothing to do: model deployer 'models' is already running.\n" });
    expect(again.stderr).toContain("No component name given; using `models` from active stack.");
    expect((await project.zen("model-deployer", "down", "models", "--suspend")).stdout).toBe("Suspended model deployer 'models'.\n");
    // ZenML's older words for --yes.
    const down = await project.zen("model-deployer", "down", "models", "-f");
    expect(down).toMatchObject({ code: 0, stdout: "Deprovisioned model deployer 'models'.\n" });
    expect(withoutWhereabouts(down.stderr)[0]).toBe("The `--force` flag will soon be deprecated. Use `--yes` or `-y` instead.");
    expect(existsSync(folder)).toBe(false);
    expect((await project.zen("model-deployer", "down", "models", "-y")).stdout).toBe(
      "No provisioned resources found for model deployer 'models'.\n",
    );
    // Of the local flavors nothing is provisioned.
    expect((await project.zen("artifact-store", "up")).stdout).toBe("Nothing to do: artifact store 'default' is already running.\n");
    expect((await project.zen("artifact-store", "down", "--yes")).stdout).toBe(
      "No provisioned resources found for artifact store 'default'.\n",
    );
  });

  test("names that aren't there are wrong usage", async () => {
    const { project } = await serving();
    const unknown = await project.zen("model-deployer", "up", "modles");
    expect([unknown.code, withoutWhereabouts(unknown.stderr)[0]]).toEqual([2, expect.stringContaining(`Did you mean "models"?`)]);
    const none = await project.zen("model-deployer", "up");
    expect([none.code, withoutWhereabouts(none.stderr)]).toEqual([
      1,
      [
        "Error: No model deployer in active stack ('default').",
        "Name one, choose a stack that has one (zen stack list), or register one: zen model-deployer register --help",
      ],
    ]);
    expect((await project.zen("stack", "up", "--stack", "servin")).code).toBe(2);
  });

  test("for programs: one object, with every step", async () => {
    const { project } = await serving();
    const step = (action: string, status = "done"): object => ({ type: "model_deployer", name: "models", action, status });
    const unchanged = (action: string): object[] =>
      ["orchestrator", "metadata_store", "artifact_store"].map((type) => ({ type, name: "default", action, status: "unchanged" }));
    expect(await project.json("stack", "up", "--stack", "serving")).toEqual({
      stack: "serving",
      action: "up",
      steps: [...unchanged("provision"), step("provision"), step("resume")],
      not_done: [],
    });
    expect(await project.json("model-deployer", "down", "models", "--suspend")).toEqual({
      type: "model_deployer",
      name: "models",
      action: "down",
      steps: [step("suspend")],
      not_done: [],
    });
    expect(await project.json("stack", "down", "--stack", "serving", "--yes")).toEqual({
      stack: "serving",
      action: "down",
      steps: [step("deprovision"), ...unchanged("deprovision").reverse()],
      not_done: [],
    });
  });
});

test("one component's failure hides no other, and a second try does the rest", async () => {
  const { project, ask } = await serving({
    component: () => ["feature-store", "register", "features", "--flavor=broken"],
    option: ["-f", "features"],
  });
  const up = await project.zen("stack", "up", "--stack", "serving");
  expect(up).toMatchObject({ code: 1, stdout: "Provisioned and resumed model deployer 'models'.\n" });
  expect(withoutWhereabouts(up.stderr)).toEqual([
    "Provisioning resources for stack 'serving'.",
    "Provisioning feature store 'features'...",
    "Failed to provision feature store 'features': no room in the cluster",
    "Provisioning model deployer 'models'...",
    "Resuming model deployer 'models'...",
    "a print of the component",
    "Error: Not all of stack 'serving' is up: provision of feature store 'features' failed: no room in the cluster.",
    "What is done stays done. For the rest: zen stack up --stack serving",
  ]);
  expect(await ask()).toMatch(/^model of /);
  const run = await project.zen("pipeline", "run", "p.ts", "--stack", "serving");
  expect(withoutWhereabouts(run.stderr)[0]).toBe(`Error: The feature store "features" of the stack "serving" is not running.`);

  const json = await project.zen("stack", "up", "--stack", "serving", "--output", "json");
  expect(json.code).toBe(1);
  expect((JSON.parse(json.stdout) as { steps: object[] }).steps.slice(3)).toEqual([
    { type: "feature_store", name: "features", action: "provision", status: "failed", message: "no room in the cluster" },
    { type: "model_deployer", name: "models", action: "provision", status: "unchanged" },
  ]);
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "life_cycle_failed" } });
});

test("a flavor that has been uninstalled fails alone", async () => {
  const { project, ask } = await serving();
  const manifest = "node_modules/@acme/zen-integration-processes/package.json";
  await project.zen("feature-store", "register", "features", "--flavor=broken");
  await project.zen(
    "stack",
    "register",
    "both",
    ...["-o", "-a", "-m"].flatMap((option) => [option, "default"]),
    "-d",
    "models",
    "-f",
    "features",
  );
  const { zen, ...rest } = JSON.parse(processes[manifest]) as { zen: { flavors: { flavor: string }[] } };
  project.write({
    [manifest]: JSON.stringify({ ...rest, zen: { ...zen, flavors: zen.flavors.filter(({ flavor }) => flavor !== "broken") } }),
  });
  const up = await project.zen("stack", "up", "--stack", "both");
  expect(up).toMatchObject({ code: 1, stdout: "Provisioned and resumed model deployer 'models'.\n" });
  expect(up.stderr).toContain("Failed to provision feature store 'features': ");
  expect(await ask()).toMatch(/^model of /);
});

test("up goes in the stack's order, down in reverse", async () => {
  const { project } = await serving({ component: (root) => noted(path.join(root, "notes")), option: ["-al", "notes"] });
  const order = async (...args: string[]): Promise<string[]> =>
    (await project.json<{ steps: { name: string; action: string; status: string }[] }>("stack", ...args, "--stack", "serving")).steps
      .filter(({ status }) => status === "done")
      .map(({ name, action }) => `${action} ${name}`);
  expect(await order("up")).toEqual(["provision models", "resume models", "provision notes", "resume notes"]);
  expect(await order("down", "--yes")).toEqual(["suspend notes", "deprovision notes", "suspend models", "deprovision models"]);
});

test.each(["SIGINT", "SIGTERM"] as const)("%s ends the step under way, and says what was not done", async (signal) => {
  const { project, folder } = await serving({ component: (root) => noted(path.join(root, "notes"), 1), option: ["-al", "notes"] });
  const file = path.join(project.root, "notes");
  const child = project.start([zenBin, "stack", "up", "--stack", "serving"]);
  const end = ended(child);
  await vi.waitFor(() => expect(existsSync(`${file}.started`)).toBe(true), { timeout: 20_000 });
  child.kill(signal);
  const { code, stdout, stderr } = await end;
  expect(code).toBe(130);
  expect(stdout).toBe("Provisioned and resumed model deployer 'models'.\nProvisioned alerter 'notes'.\n");
  expect(withoutWhereabouts(stderr).slice(-3)).toEqual([
    "Stopping after this step. Once more to stop at once.",
    "Error: Not all of stack 'serving' is up: interrupted before alerter 'notes' was done.",
    "What is done stays done. For the rest: zen stack up --stack serving",
  ]);
  expect(readFileSync(file, "utf8")).toBe("provision\n");
  expect(existsSync(folder)).toBe(true);
});

/** The program of util-linux that runs a command on a terminal of its own. */
const PSEUDO_TERMINAL = "script";

const QUESTION = "Are you sure you want to proceed?";

test("what still has resources is not deleted, by itself or with its stack", async () => {
  const { project, ask } = await serving();
  await project.zen("stack", "up", "--stack", "serving");
  const refused = await project.zen("stack", "delete", "serving", "--recursive", "--yes");
  expect([refused.code, withoutWhereabouts(refused.stderr)]).toEqual([
    1,
    ['Error: The model deployer "models" still has resources.', "Take it down first: zen model-deployer down models"],
  ]);
  await project.json("stack", "delete", "serving", "--yes");
  expect((await project.zen("model-deployer", "delete", "models")).stderr).toContain('The model deployer "models" still has resources.');
  expect(await ask()).toBeDefined();
  await project.json("model-deployer", "down", "models", "--yes");
  expect((await project.zen("model-deployer", "delete", "models")).stdout).toBe("Deleted model deployer: models\n");
});

describe("down asks first", () => {
  test("without a terminal it refuses, and nothing changes", async () => {
    const { project, ask } = await serving();
    await project.zen("stack", "up", "--stack", "serving");
    const before = await ask();
    const stack = await project.zen("stack", "down", "--stack", "serving");
    expect(stack).toMatchObject({ code: 2, stdout: "" });
    expect(withoutWhereabouts(stack.stderr)).toEqual([
      "Error: This will suspend and deprovision all resources of stack 'serving'. That has to be confirmed, and there is no terminal to ask on.",
      "If you are sure: zen stack down --stack serving --yes",
    ]);
    const component = await project.zen("model-deployer", "down", "models", "--output", "json");
    expect(component).toMatchObject({ code: 2, stdout: "" });
    expect(JSON.parse(component.stderr)).toEqual({
      error: {
        code: "confirmation_needed",
        message:
          "This will suspend and deprovision all resources of model deployer 'models'. That has to be confirmed, and --output json leaves no room for a question.",
        hint: "If you are sure: zen model-deployer down models --yes",
      },
    });
    expect(await ask()).toBe(before);
  });

  const terminals = spawnSync(PSEUDO_TERMINAL, ["--version"]).error === undefined;
  test.skipIf(!terminals).each([
    { name: "n", key: "n\r", code: 0, says: "Nothing was changed.", isUp: true },
    { name: "a line that was meant for another window", key: "maybe yes\r", code: 0, says: "Nothing was changed.", isUp: true },
    { name: "Enter", key: "\r", code: 0, says: "Nothing was changed.", isUp: true },
    { name: "Ctrl-C", key: "\u0003", code: 130, says: "Interrupted. Nothing was changed.", isUp: true },
    { name: "y", key: "y\r", code: 0, says: "Suspended and deprovisioned model deployer 'models'.", isUp: false },
  ])("on a terminal, $name is heard", async ({ key, code, says, isUp }) => {
    const { project, ask } = await serving();
    await project.zen("stack", "up", "--stack", "serving");
    const terminal = spawn(
      PSEUDO_TERMINAL,
      ["-qec", `stty cols 200; '${process.execPath}' '${zenBin}' stack down --stack serving`, "/dev/null"],
      {
        cwd: project.folder,
        env: { ...project.env, TERM: "xterm" },
        stdio: ["pipe", "pipe", "pipe"],
      },
    );
    onTestFinished(() => void terminal.kill("SIGKILL"));
    const end = ended(terminal);
    let screen = "";
    terminal.stdout.on("data", (text: string) => {
      const asked = screen.includes(QUESTION);
      screen += text;
      if (!asked && screen.includes(QUESTION)) terminal.stdin.write(key);
    });
    const { stdout, code: ending } = await end;
    expect(stdout).toContain(says);
    expect(ending).toBe(code);
    expect((await ask()) !== undefined).toBe(isUp);
  });
});

describe("logs", () => {
  test("the log is shown, or its last lines", async () => {
    const { project, ask } = await serving();
    const none = await project.zen("model-deployer", "logs", "models");
    expect([none.code, withoutWhereabouts(none.stderr)]).toEqual([
      1,
      [
        "Error: Unable to find log file for model deployer 'models'.",
        `It would be ${path.join(project.root, "models/server.log")}. Start the component: zen model-deployer up models`,
      ],
    ]);
    const other = await project.zen("artifact-store", "logs");
    expect([other.code, withoutWhereabouts(other.stderr).slice(-2)]).toEqual([
      1,
      ["Error: Unable to find log file for artifact store 'default'.", "Its flavor keeps none."],
    ]);
    await project.zen("model-deployer", "up", "models");
    await ask();
    expect((await project.zen("model-deployer", "logs", "models")).stdout).toBe("listening\nasked\n");
    expect((await project.zen("model-deployer", "logs", "--stack", "serving", "--tail", "1")).stdout).toBe("asked\n");
    expect((await project.zen("model-deployer", "logs", "models", "--tail", "9")).stdout).toBe("listening\nasked\n");
    expect(await project.json("model-deployer", "logs", "models")).toEqual(["listening", "asked"]);
    expect((await project.zen("model-deployer", "logs", "models", "--tail", "0")).code).toBe(2);
  });

  test("--tail reads no more of a large log than it must show", async () => {
    const { project, folder } = await serving();
    await project.zen("model-deployer", "up", "models");
    const line = (n: number): string => `line ${n} ${"é".repeat(100)}`;
    const log = Array.from({ length: 20_000 }, (_, n) => line(n));
    writeFileSync(path.join(folder, "server.log"), log.join("\n"));
    const { stdout } = await project.zen("model-deployer", "logs", "models", "--tail", "1000");
    expect(stdout).toBe(log.slice(-1000).join("\n"));
  });

  test("--follow goes on over truncation and replacement, until Ctrl-C", async () => {
    const { project, folder } = await serving();
    await project.zen("model-deployer", "up", "models");
    const file = path.join(folder, "server.log");
    const child = project.start([zenBin, "model-deployer", "logs", "models", "--follow", "--tail", "1"]);
    let seen = "";
    child.stdout!.on("data", (text: Buffer) => (seen += text.toString()));
    const end = ended(child);
    onTestFinished(() => void child.kill("SIGKILL"));
    const shows = (text: string): Promise<void> => vi.waitFor(() => expect(seen).toBe(text), { timeout: 20_000, interval: 50 });
    await shows("listening\n");
    appendFileSync(file, "more\n");
    await shows("listening\nmore\n");
    truncateSync(file);
    appendFileSync(file, "anew\n");
    await shows("listening\nmore\nanew\n");
    renameSync(file, `${file}.1`);
    writeFileSync(file, "rotated, and longer than before\n");
    await shows("listening\nmore\nanew\nrotated, and longer than before\n");
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
  });

  test("--follow ends when nobody reads any more", async () => {
    const { project, folder } = await serving();
    await project.zen("model-deployer", "up", "models");
    const file = path.join(folder, "server.log");
    const child = project.start([zenBin, "model-deployer", "logs", "models", "-f", "--output", "json"]);
    onTestFinished(() => void child.kill("SIGKILL"));
    const exit = new Promise((resolve) => child.on("exit", resolve));
    const first = await new Promise<string>((resolve) => child.stdout!.once("data", (text: Buffer) => resolve(text.toString())));
    expect(first).toBe(`{"line":"listening"}\n`);
    child.stdout!.destroy();
    appendFileSync(file, "more\n");
    expect(await exit).toBe(0);
  });
});
