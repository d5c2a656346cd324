import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { ended, events, Project, type Ended } from "../src/project.ts";

// What steps and programs may do to the engine, as whole processes.

const IMPORTS = `import { file, map, pipeline, step } from "@zen/core";
import { setTimeout as sleep } from "node:timers/promises";
`;

/** What stands in the artifact store: objects other than logs. */
function objects(project: Project): string[] {
  const stores = path.join(project.configFolder, "local_stores");
  const files = readdirSync(stores, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ name }) => name).filter((name) => !name.includes(".db") && !name.endsWith(".log"));
}

/** Starts `p.ts`, waits for a line of its output, does something, and waits for its end. */
async function whenSaid(project: Project, line: string, act: (child: ReturnType<Project["start"]>) => void): Promise<Ended> {
  const child = project.start(["p.ts"]);
  const end = ended(child);
  let said = "";
  for await (const [chunk] of (async function* () {
    for (;;) yield (await once(child.stdout!, "data")) as [string];
  })()) {
    said += chunk;
    if (said.includes(line)) break;
  }
  act(child);
  return end;
}

test("Ctrl-C with two runs under way ends both cleanly before the process ends", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const soon = step("soon", async (_: {}, { signal }) => { await new Promise((done) => signal.addEventListener("abort", () => setTimeout(done, 700))); });
const never = step("never", async () => { console.log("under way"); await sleep(60_000); });
const a = pipeline("a", () => { soon(); });
const b = pipeline("b", () => { never(); });
await Promise.all([a().run(), b().run()]);`,
  });
  expect((await whenSaid(project, "under way", (child) => child.kill("SIGINT"))).code).toBe(130);
  const runs = await project.json<any[]>("run", "list");
  expect(runs.map(({ pipeline, status }) => `${pipeline} ${status}`).toSorted()).toEqual(["a cancelled", "b cancelled"]);
});

test("a program's own handlers are left alone, and its signal cancels the run, at whatever moment", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const never = step("never", async (_: {}, { signal }) => { console.log("under way"); await sleep(60_000, undefined, { signal }); });
const p = pipeline("p", () => { never(); });
const control = new AbortController();
process.on("SIGINT", () => control.abort(new Error("the program says so")));
const outcome = await p().run({}, { signal: control.signal }).catch((error) => [error.code, error.details.error.code, error.details.error.cause.message]);
console.log(JSON.stringify(outcome));
for (const milliseconds of [0, 3, 6, 9, 12, 15]) {
  const signal = AbortSignal.timeout(milliseconds);
  console.log(await p().run({}, { signal }).then(() => "completed", (error) => error.code));
}`,
  });
  const { stdout, code } = await whenSaid(project, "under way", (child) => child.kill("SIGINT"));
  const lines = stdout.split("\n").filter((line) => line !== "" && line !== "under way");
  expect(lines).toEqual([`["run_cancelled","run_cancelled","the program says so"]`, ...Array<string>(6).fill("run_cancelled")]);
  expect(code).toBe(0);
});

test("a step may run another pipeline; Ctrl-C ends both within seconds", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const never = step("never", async () => { console.log("under way"); await sleep(60_000); });
const inner = pipeline("inner", () => { never(); });
const outer = pipeline("outer", () => { step("starts", async () => { await inner().run(); })(); });
await outer().run();`,
  });
  const { code } = await whenSaid(project, "under way", (child) => child.kill("SIGINT"));
  expect(code).toBe(130);
  const runs = await project.json<any[]>("run", "list");
  expect(runs.map(({ pipeline, status }) => `${pipeline} ${status}`).toSorted()).toEqual(["inner cancelled", "outer cancelled"]);
});

test("a time-out also ends an output that never ends", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const endless = step("endless", { output: file(), timeout: "300ms" }, () => new ReadableStream<Uint8Array>({ start(controller) { controller.enqueue(new Uint8Array(100_000)); }, pull: () => new Promise(() => {}) }));
export const p = pipeline("p", () => { endless(); });`,
  });
  const { code, stderr } = await project.zen("pipeline", "run", "p.ts");
  expect(code).toBe(1);
  expect(stderr).toContain(`Step "endless" did not end within its time-out of 300ms.`);
  expect(objects(project)).toEqual([]);
});

test("what goes on after its attempt has ended leaves nothing behind: no events, no objects, no folders", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
import { writeFileSync } from "node:fs";
const zombie = step("zombie", { output: file(), timeout: "50ms" }, async (_: {}, ctx) => {
  await sleep(300);
  ctx.log.info("late");
  ctx.progress(1, 2);
  const said = [];
  for (const late of [() => ctx.scratch, () => ctx.file("late.txt")]) try { late(); } catch (error) { said.push((error as { code: string }).code); }
  writeFileSync("said.json", JSON.stringify(said));
  return new TextEncoder().encode("late");
});
const p = pipeline("p", () => { zombie(); });
const seen: string[] = [];
await p().run({}, { onEvent: ({ type }) => seen.push(type) }).catch(() => {});
await sleep(500);
console.log(seen.join());`,
    "tmp/.keep": "",
  });
  const child = project.start(["p.ts"], { env: { ...project.env, TMPDIR: path.join(project.folder, "tmp") } });
  expect((await ended(child)).stdout).toBe("run.started,step.started,step.failed,run.finished\n");
  expect(JSON.parse(readFileSync(path.join(project.folder, "said.json"), "utf8"))).toEqual(["attempt_ended", "attempt_ended"]);
  expect(readdirSync(path.join(project.folder, "tmp"))).toEqual([".keep"]);
  expect(objects(project)).toEqual([]);
});

test("an attempt that fails, or doesn't return all that it wrote, leaves no objects", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const half = step("half", { outputs: { a: file(), b: file() }, retries: { limit: 2, delay: "1ms" } }, async (_: {}, ctx) => {
  const written = ctx.file("written.txt");
  const writer = written.writable().getWriter();
  await writer.write(new TextEncoder().encode("written"));
  await writer.close();
  if (ctx.step.attempt < 3) return { a: written, b: "/no/such/file" };
  const extra = ctx.file("extra.txt").writable().getWriter();
  await extra.write(new TextEncoder().encode("extra"));
  await extra.close();
  return { a: written, b: new TextEncoder().encode("b") };
});
export const p = pipeline("p", () => { half(); });
export const q = pipeline("q", () => { half.with({ retries: 0 })(); });`,
  });
  expect((await project.zen("pipeline", "run", "p.ts#q")).code).toBe(1);
  expect(objects(project)).toEqual([]);
  // A file that isn't there isn't worth another attempt, so this one throws by itself.
  project.write({
    "p.ts": readFileSync(path.join(project.folder, "p.ts"), "utf8").replace(
      `return { a: written, b: "/no/such/file" }`,
      `throw new Error("not yet")`,
    ),
  });
  const { code, stderr } = await project.zen("pipeline", "run", "p.ts#p");
  expect(code, stderr).toBe(0);
  expect(objects(project)).toHaveLength(2);
});

test("a step that calls process.exit fails, and the run ends as it should", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const leave = step("leave", () => { process.exit(0); });
export const p = pipeline("p", () => { leave(); });`,
  });
  const { code, stdout, stderr } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(code).toBe(1);
  expect(JSON.parse(stderr)).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "run_failed",
        "hint": "Return from the step to end it, or throw an error: the process is the run's.",
        "message": "Step "leave" called process.exit(0).",
      },
    }
  `);
  expect(events(stdout).at(-1)).toMatchObject({ status: "failed", steps: [{ name: "leave", status: "failed" }] });
});

test("a policy of retries that throws fails its step, and nothing else", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const bad = step("bad", { retries: { limit: 2, when: () => { throw new TypeError("no policy"); } } }, () => { throw new Error("first"); });
export const p = pipeline("p", () => { bad(); });`,
  });
  const { code, stdout } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(code).toBe(1);
  expect(events(stdout).at(-1)).toMatchObject({
    status: "failed",
    failure: { message: `Step "bad" failed: no policy` },
    steps: [{ status: "failed", attempts: 1 }],
  });
});

test("a listener that throws is warned about once, and the run goes on", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const one = step("one", () => 1);
const run = await pipeline("p", () => ({ one: one() }))().run({}, { onEvent: () => { throw new Error("not listening"); } });
console.log(run.status);`,
  });
  const { stdout, stderr, code } = await project.node("p.ts");
  expect([stdout, code]).toEqual(["completed\n", 0]);
  expect(stderr.match(/ZenWarning: onEvent threw at run.started: not listening/g)).toHaveLength(1);
  expect(stderr.match(/not listening/g)).toHaveLength(1);
});

test("a log line takes any fields, as they were at that moment", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const talk = step("talk", (_: {}, { log }) => {
  const cycle: Record<string, unknown> = {};
  cycle.cycle = cycle;
  const changing = { n: 1 };
  log.info("big", { n: 1n });
  log.info("cycle", cycle);
  log.info("changing", changing);
  log.info({ not: "text" } as never);
  changing.n = 2;
});
export const p = pipeline("p", () => { talk(); });`,
  });
  const { stdout, code, stderr } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(code, stderr).toBe(0);
  const logged = events(stdout).filter(({ type }) => type === "step.log");
  const expected = [
    ["big", { n: "1" }],
    ["cycle", { unloggable: "the fields are not JSON" }],
    ["changing", { n: 1 }],
    ["{ not: 'text' }", undefined],
  ];
  expect(logged.map(({ message, fields }) => [message, fields])).toEqual(expected);
  const kept = await project.json<any[]>("run", "logs");
  expect(kept.map(({ message, fields }) => [message, fields])).toEqual(expected);
});

test("what made an attempt fail is the last line of its log, with the frames that are the user's", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const shaky = step("shaky", { retries: 1 }, (_: {}, { step, log }) => {
  log.info("try");
  if (step.attempt === 1) throw new TypeError("no luck", { cause: new Error("a dull day") });
  return () => {};
});
export const p = pipeline("p", () => { shaky(); });`,
  });
  expect((await project.zen("pipeline", "run", "p.ts")).code).toBe(1);
  const lines = await project.json<{ attempt: number; level: string; message: string }[]>("run", "logs");
  expect(lines.map(({ attempt, level, message }) => [attempt, level, message.replace(/file:\S*\//, "…/")])).toEqual([
    [1, "info", "try"],
    [1, "error", "no luck (cause: a dull day)\n    at Object.fn (…/p.ts:6:33)"],
    [2, "info", "try"],
    [
      2,
      "error",
      `Step "shaky" returned a value that can't be stored: output is a function.\nReturn the data that it works on, and call it in the step that reads it.`,
    ],
  ]);
  const { stdout } = await project.zen("run", "logs");
  expect(stdout).toMatch(/\[shaky\] error no luck \(cause: a dull day\)\n {4}at Object\.fn \(file:.*p\.ts:6:33\)\n/);
});

test("a run that another process has taken over stops, and tells its steps why", async () => {
  const project = new Project({
    "p.ts": `${IMPORTS}
const short = step("short", async () => { console.log("under way"); await sleep(1_500); });
const long = step("long", async (_: {}, { signal }) => { await new Promise((done) => signal.addEventListener("abort", done)); console.log((signal.reason as { code: string }).code); });
const p = pipeline("p", () => { short(); long(); });
await p().run().catch((error) => console.log(error.code));`,
  });
  const { stdout } = await whenSaid(project, "under way", () => {
    const [store] = readdirSync(path.join(project.configFolder, "local_stores"));
    const database = new DatabaseSync(path.join(project.configFolder, "local_stores", store!, "zen.db"), { timeout: 10_000 });
    database.exec("UPDATE run SET epoch = epoch + 1");
    database.close();
  });
  expect(stdout).toBe("under way\nlease_lost\nlease_lost\n");
});

test("a secret is refused before the first step, and the step that takes it is named", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, secret, step } from "@zen/core";
const first = step("first", () => { throw new Error("must not run"); });
const call = step("call", (_: { after: unknown; key: string }) => 1);
export const p = pipeline("p", () => { call({ after: first(), key: secret("openai", "key") }); });`,
  });
  const { code, stderr, stdout } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect([code, stdout]).toEqual([1, ""]);
  expect(JSON.parse(stderr)).toMatchInlineSnapshot(`
    {
      "error": {
        "code": "no_secrets_manager",
        "hint": "Let the step read it from the environment for now: process.env.NAME.",
        "message": "Step "call" takes the secret "openai", and this version of zen has no secrets manager to offer.",
      },
    }
  `);
});

/** A project with a stack called "noisy", whose alerter and experiment tracker have these hooks (plain JavaScript; \`note\` writes to notes.txt). */
async function withHooks(hooks: { alerter?: string; tracker?: string }): Promise<{ project: Project; notes: () => string[] }> {
  const flavors = ["alerter", "experiment_tracker"].map((type) => ({ type, flavor: "noisy", contract: 0, module: ".", export: type }));
  const project = new Project({
    "package.json": JSON.stringify({
      name: "project",
      type: "module",
      dependencies: { "@zen/core": "*", "@zen/cli": "*", "zen-noisy": "*" },
    }),
    "node_modules/zen-noisy/package.json": JSON.stringify({
      name: "zen-noisy",
      version: "1.0.0",
      type: "module",
      exports: "./index.js",
      zen: { manifestVersion: 1, integration: "noisy", flavors },
    }),
    "node_modules/zen-noisy/index.js": `import { BaseAlerter, BaseExperimentTracker } from "@zen/core";
import { appendFileSync } from "node:fs";
const note = (what) => appendFileSync("notes.txt", what + "\\n");
export class alerter extends BaseAlerter { static FLAVOR = "noisy"; ${hooks.alerter ?? ""} }
export class experiment_tracker extends BaseExperimentTracker { static FLAVOR = "noisy"; ${hooks.tracker ?? ""} }`,
    "p.ts": `${IMPORTS}const one = step("one", () => 1);\nexport const p = pipeline("p", () => { one(); });`,
    "notes.txt": "",
  });
  for (const args of [
    ["alerter", "register", "al", "--flavor=noisy"],
    ["experiment-tracker", "register", "et", "--flavor=noisy"],
    ["stack", "register", "noisy", "-o", "default", "-a", "default", "-m", "default", "-al", "al", "-e", "et"],
  ]) {
    const { code, stderr } = await project.zen(...args);
    expect(code, stderr).toBe(0);
  }
  const notes = (): string[] => readFileSync(path.join(project.folder, "notes.txt"), "utf8").split("\n").slice(0, -1);
  return { project, notes };
}

test("every component cleans up after a step, also when another one fails to", async () => {
  const { project, notes } = await withHooks({
    alerter: `async cleanupStepRun() { note("alerter"); throw new Error("can't clean up"); }`,
    tracker: `prepareStepRun() { note("prepare"); } async cleanupStepRun() { note("tracker"); }`,
  });
  const { code, stderr } = await project.zen("pipeline", "run", "p.ts", "--stack", "noisy");
  expect(code).toBe(1);
  expect(stderr).toContain(`Step "one" failed: can't clean up`);
  expect(notes()).toEqual(["prepare", "alerter", "tracker"]);
  expect(objects(project)).toEqual([]);
});

test("a component that can't be prepared fails the run, and all of them clean up", async () => {
  const { project, notes } = await withHooks({
    alerter: `async preparePipelineRun() { throw new Error("no route to the pager"); } async cleanupPipelineRun() { note("alerter"); }`,
    tracker: `async cleanupPipelineRun() { note("tracker"); throw new Error("not cleaned up"); }`,
  });
  const { code, stderr } = await project.zen("pipeline", "run", "p.ts", "--stack", "noisy");
  expect(code).toBe(1);
  expect(stderr).toContain("no route to the pager");
  expect(notes()).toEqual(["alerter", "tracker"]);
  expect(await project.json<any[]>("run", "list")).toMatchObject([{ status: "failed" }]);
});

test.each(["preparePipelineDeployment", "preparePipelineRun", "prepareStepRun"])(
  "Ctrl-C ends a run whose component hangs in %s",
  async (hook) => {
    const { project, notes } = await withHooks({
      alerter: `async ${hook}() { process.stdout.write("under way\\n"); await new Promise(() => setInterval(() => {}, 1_000)); } async cleanupPipelineRun() { note("cleaned up"); }`,
    });
    project.write({
      "p.ts": `${IMPORTS}const one = step("one", () => 1);\nawait pipeline("p", () => { one(); })().run({}, { stack: "noisy" });`,
    });
    const { code } = await whenSaid(project, "under way", (child) => child.kill("SIGINT"));
    expect(code).toBe(130);
    expect(notes()).toEqual(["cleaned up"]);
    expect(await project.json<any[]>("run", "list")).toMatchObject([{ status: "cancelled" }]);
  },
);
