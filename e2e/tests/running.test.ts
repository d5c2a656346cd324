import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ended, events, Project, zenBin } from "../src/project.ts";

const finishedRun = (stdout: string): any => events(stdout).at(-1);

test("a failing step is retried, with its attempts recorded; what can't be mended isn't", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const flaky = step("flaky", { retries: { limit: 3, delay: "10ms" } }, (_: {}, { step }) => { if (step.attempt < 3) throw new Error("not yet " + step.attempt); return step.attempt; });
const stubborn = step("stubborn", { retries: { limit: 5, delay: "10ms", when: (error) => !error.message.includes("final") } }, (): number => { throw new Error("final"); });
export const p = pipeline("p", () => ({ flaky: flaky() }));
export const q = pipeline("q", () => ({ stubborn: stubborn() }));`,
  });
  const good = await project.zen("pipeline", "run", "p.ts#p", "--output", "json");
  expect(good.code).toBe(0);
  expect(finishedRun(good.stdout).steps).toMatchObject([{ name: "flaky", status: "completed", attempts: 3 }]);
  expect(events(good.stdout).filter(({ type }) => type === "step.retried")).toMatchObject([
    { attempt: 1, message: "not yet 1" },
    { attempt: 2, message: "not yet 2" },
  ]);

  const bad = await project.zen("pipeline", "run", "p.ts#q", "--output", "json");
  expect(bad.code).toBe(1);
  expect(finishedRun(bad.stdout)).toMatchObject({ status: "failed", steps: [{ name: "stubborn", status: "failed", attempts: 1 }] });
  expect(JSON.parse(bad.stderr)).toMatchObject({ error: { code: "run_failed", message: `Step "stubborn" failed: final` } });
});

test("an attempt that takes too long ends: its signal is aborted, and the next attempt may do better", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
import { appendFileSync } from "node:fs";
const slow = step("slow", { timeout: "200ms", retries: { limit: 1, delay: "1ms" } }, async (_: {}, { step, signal }) => {
  if (step.attempt === 1) { signal.addEventListener("abort", () => appendFileSync("aborted.txt", String(signal.reason.code))); await new Promise(() => {}); }
  return "done";
});
const never = step("never", { timeout: "100ms" }, () => new Promise<string>(() => {}));
export const p = pipeline("p", () => ({ a: slow() }));
export const q = pipeline("q", () => ({ a: never() }));`,
  });
  const good = await project.zen("pipeline", "run", "p.ts#p", "--output", "json");
  expect(finishedRun(good.stdout).steps).toMatchObject([{ status: "completed", attempts: 2 }]);
  expect(readFileSync(path.join(project.folder, "aborted.txt"), "utf8")).toBe("step_timeout");
  const bad = await project.zen("pipeline", "run", "p.ts#q");
  expect(bad.code).toBe(1);
  expect(bad.stderr).toContain(`Step "never" did not end within its time-out of 100ms.`);
});

test("a second run is served from the cache and says why; each kind of change misses, and says which", async () => {
  const text = `import { pipeline, step } from "@zen/core";
import { twice } from "./twice.ts";
const load = step("load", ({ n }: { n: number }) => Array.from({ length: n }, (_, i) => i));
const double = step("double", ({ rows }: { rows: number[] }) => rows.map(twice));
export const p = pipeline("p", ({ n = 3 }: { n?: number }) => double({ rows: load({ n }) }));`;
  const project = new Project({ "p.ts": text, "twice.ts": "export const twice = (n: number) => n * 2;\n" });
  const run = async (...args: string[]): Promise<string[]> => {
    const { stdout, stderr, code } = await project.zen("pipeline", "run", "p.ts", ...args, "--output", "json");
    expect(stderr, stdout).toBe("");
    expect(code).toBe(0);
    return finishedRun(stdout).steps.map((step: any) => `${step.name} ${step.cached ? "hit" : "miss"}: ${step.reason}`);
  };
  expect(await run()).toEqual(["load miss: no earlier result", "double miss: no earlier result"]);
  expect(await run()).toEqual(["load hit: same code and inputs (n=3)", "double hit: same code and inputs"]);
  expect(await run("--param", "n=4")).toEqual(["load miss: its input n changed", "double miss: its input rows changed"]);
  expect(await run("--no-cache")).toEqual(["load miss: the cache is off for this run", "double miss: the cache is off for this run"]);
  project.write({ "twice.ts": "export const twice = (n: number) => n + n;\n" });
  expect(await run()).toEqual(["load miss: its code changed", "double miss: its code changed"]);

  const artifacts = await project.json<any[]>("artifact", "list", "--limit", "1");
  const { uri } = await project.json<any>("artifact", "describe", artifacts[0].id);
  rmSync(uri);
  expect(await run()).toEqual([
    "load hit: same code and inputs (n=3)",
    "double miss: its earlier result is no longer in the artifact store",
  ]);
});

test("cache: false is obeyed, and its dependants hit by content", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
import { readFileSync } from "node:fs";
const read = step("read", { cache: false }, ({ path }: { path: string }) => readFileSync(path, "utf8"));
const count = step("count", ({ text }: { text: string }) => text.length);
export const p = pipeline("p", () => count({ text: read({ path: "data.txt" }) }));`,
    "data.txt": "one",
  });
  const run = async (): Promise<string[]> =>
    finishedRun((await project.zen("pipeline", "run", "p.ts", "--output", "json")).stdout).steps.map(
      (step: any) => `${step.name} ${step.cached}: ${step.reason}`,
    );
  await run();
  expect(await run()).toEqual(["read false: cache: false", "count true: same code and inputs"]);
  writeFileSync(path.join(project.folder, "data.txt"), "three");
  expect(await run()).toEqual(["read false: cache: false", "count false: its input text changed"]);
});

test("a step that looks at its run isn't reused in another", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const size = step("size", (_: {}, { run }) => run.runtime.batchSize ?? null);
export const p = pipeline("p", () => size());`,
  });
  for (const batchSize of [1, 2]) {
    const { stdout } = await project.zen("pipeline", "run", "p.ts", "--runtime", `batchSize=${batchSize}`, "--output", "json");
    const run = finishedRun(stdout);
    expect(run.steps).toMatchObject([{ cached: false }]);
    expect(await project.json("artifact", "read", run.outputs[0].id)).toBe(batchSize);
  }
});

test("a step that changes its input changes nobody else's", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const make = step("make", () => ({ list: [3, 1, 2], at: new Date(0) }));
const spoil = step("spoil", ({ v }: { v: { list: number[]; at: Date } }) => { v.list.sort(); v.at.setFullYear(2000); return v.list; });
const look = step("look", ({ v, after }: { v: { list: number[]; at: Date }; after: number[] }) => [v.list, v.at.getUTCFullYear(), after.length]);
export const p = pipeline("p", () => { const v = make(); return look({ v, after: spoil({ v }) }); });`,
  });
  const run = finishedRun((await project.zen("pipeline", "run", "p.ts", "--output", "json")).stdout);
  expect(await project.json("artifact", "read", run.outputs[0].id)).toEqual([[3, 1, 2], 1970, 3]);
});

test("what a step prints is a log event and is kept with the run; stdout has the answer only", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
console.log("stray, while imported");
const talk = step("talk", (_: {}, { log }) => { console.log("printed"); console.error("complained"); process.stdout.write("half "); process.stdout.write("line\\n"); log.info("logged", { n: 1 }); });
export const p = pipeline("p", () => { talk(); });`,
  });
  const { stdout, stderr } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(stderr).toBe("");
  expect(
    events(stdout)
      .filter(({ type }) => type === "step.log")
      .map(({ level, message, fields }) => [level, message, fields]),
  ).toEqual([
    ["info", "printed", undefined],
    ["warn", "complained", undefined],
    ["info", "half line", undefined],
    ["info", "logged", { n: 1 }],
  ]);
  const logs = await project.json<any[]>("run", "logs");
  expect(logs.map(({ message }) => message)).toEqual(["printed", "complained", "half line", "logged"]);
  const program = await project.node(
    "--input-type=module",
    "-e",
    `const { p } = await import("./p.ts"); await p().run({}, { cache: false });`,
  );
  expect(program.stdout).toContain("printed\n");
});

test("the other steps of a failed run finish, and nothing that depends on the failure starts", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
const bad = step("bad", async (): Promise<number> => { throw new TypeError("boom"); });
const slow = step("slow", async () => { await new Promise((r) => setTimeout(r, 200)); return 1; });
const after = step("after", ({ n }: { n: number }) => n);
export const p = pipeline("p", () => ({ a: after({ n: bad() }), s: slow() }));`,
  });
  const { stdout, code } = await project.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(code).toBe(1);
  const { status, steps } = finishedRun(stdout);
  expect(status).toBe("failed");
  expect(Object.fromEntries(steps.map((step: any) => [step.name, step.status]))).toEqual({ bad: "failed", slow: "completed" });
});

test("a step that throws shows the user's frames only", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step } from "@zen/core";
function deep(): never { throw new RangeError("too deep"); }
const bad = step("bad", () => deep());
export const p = pipeline("p", () => bad());`,
  });
  const { stderr, code } = await project.zen("pipeline", "run", "p.ts");
  expect(code).toBe(1);
  expect(stderr).toContain(`Step "bad" failed: too deep`);
  expect(stderr).toContain("p.ts:2");
  expect(stderr).not.toMatch(/node:internal|@zen\/core|packages\/core|execute-step/);
});

const endless = `import { pipeline, step } from "@zen/core";
const quick = step("quick", () => 1);
const never = step("never", ({ n }: { n: number }) => new Promise<number>(() => {}));
export const p = pipeline("p", () => never({ n: quick() }));
if (import.meta.main) await p().run();`;

test.each([
  ["zen pipeline run", [zenBin, "pipeline", "run", "p.ts"], "SIGINT", 130],
  ["zen pipeline run", [zenBin, "pipeline", "run", "p.ts"], "SIGTERM", 130],
  ["node p.ts", ["p.ts"], "SIGINT", 130],
] as const)("%s (%s) with a step that never settles goes on until %s, which ends it cleanly", async (_what, args, signal, code) => {
  const project = new Project({ "p.ts": endless });
  const child = project.start(args);
  const end = ended(child);
  await sleep(2_500);
  expect(child.exitCode).toBeNull();
  const [running] = await project.json<any[]>("run", "list");
  expect(running).toMatchObject({ pipeline: "p", status: "running" });
  child.kill(signal);
  expect((await end).code).toBe(code);
  const [run] = await project.json<any[]>("run", "list");
  expect(run).toMatchObject({ id: running.id, status: "cancelled" });
  const { steps } = await project.json<any>("run", "describe", run.id);
  expect(steps).toMatchObject([
    { name: "quick", status: "completed" },
    { name: "never", status: "cancelled" },
  ]);
});

test("Ctrl-C ends a pipeline of synchronous steps at the next step", async () => {
  const project = new Project({
    "p.ts": `import { pipeline, step, type Handle } from "@zen/core";
const busy = step("busy", ({ n }: { n: number }) => { const end = Date.now() + 300; while (Date.now() < end); return n + 1; });
export const p = pipeline("p", () => { let n: Handle<number> = busy({ n: 0 }); for (let i = 0; i < 40; i++) n = busy({ n }); return n; });`,
  });
  const child = project.start([zenBin, "pipeline", "run", "p.ts"]);
  const end = ended(child);
  await sleep(2_000);
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  const [run] = await project.json<any[]>("run", "list");
  expect(run).toMatchObject({ status: "cancelled" });
});

test("a second Ctrl-C ends at once", async () => {
  const project = new Project({ "p.ts": endless });
  const child = project.start([zenBin, "pipeline", "run", "p.ts"]);
  await sleep(2_000);
  child.kill("SIGINT");
  // Later than what counts as one press.
  await sleep(500);
  child.kill("SIGINT");
  const second = performance.now();
  const [code] = (await once(child, "exit")) as [number];
  expect(code).toBe(130);
  expect(performance.now() - second).toBeLessThan(2_000);
});

test("a run whose process was killed is interrupted, and what it had committed is reused", async () => {
  const project = new Project({ "p.ts": endless });
  const child = project.start(["p.ts"]);
  await sleep(2_000);
  child.kill("SIGKILL");
  await once(child, "exit");
  const [run] = await project.json<any[]>("run", "list", "--status", "interrupted");
  expect(run).toMatchObject({ pipeline: "p", status: "interrupted" });
  expect(await project.json("run", "list", "--status", "running")).toEqual([]);
  project.write({ "p.ts": endless.replace(`new Promise<number>(() => {})`, "n + 1") });
  const again = finishedRun((await project.zen("pipeline", "run", "p.ts", "--output", "json")).stdout);
  expect(again.status).toBe("completed");
});

test("map settles: each item says ok or error; without it the run fails", async () => {
  const text = (options: string): string => `import { map, pipeline, step } from "@zen/core";
const half = step("half", ({ n }: { n: number }) => { if (n % 2) throw new Error("odd " + n); return n / 2; });
const list = step("list", () => [2, 3, 4]);
export const p = pipeline("p", () => map(list(), (n) => half({ n }), ${options}));`;
  const project = new Project({ "p.ts": text(`{ onError: "settle", key: (n) => "n" + n }`) });
  const { stdout, code } = await project.node(
    "--input-type=module",
    "-e",
    `const { p } = await import("./p.ts"); const run = await p().run(); console.log(JSON.stringify(await run.outputs.read()));`,
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual([
    { ok: true, value: 1 },
    { ok: false, error: { name: "Error", message: "odd 3", attempts: 1 } },
    { ok: true, value: 2 },
  ]);
  const { steps } = await project.json<any>("run", "describe");
  expect(steps.map(({ name, status }: any) => `${name} ${status}`).toSorted()).toEqual([
    "list completed",
    "map/half[n2] completed",
    "map/half[n3] failed",
    "map/half[n4] completed",
  ]);

  project.write({ "p.ts": text(`{}`) });
  const failed = await project.zen("pipeline", "run", "p.ts");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(`Step "map/half[1]" failed: odd 3`);
});

test("the branch that isn't taken is skipped, and gives undefined", async () => {
  const project = new Project({
    "p.ts": `import { atLeast, pipeline, step, when } from "@zen/core";
const score = step("score", ({ n }: { n: number }) => ({ accuracy: n }));
const deploy = step("deploy", () => "http://model");
export const p = pipeline("p", ({ n }: { n: number }) => ({ url: when(atLeast(score({ n }).accuracy, 0.5), () => deploy()) }));
if (import.meta.main) for (const n of [0.4, 0.6]) { const run = await p({ n }).run(); console.log(String(await run.outputs.url.read())); }`,
  });
  expect((await project.node("p.ts")).stdout).toBe("undefined\nhttp://model\n");
  const runs = await project.json<any[]>("run", "list");
  const { steps } = await project.json<any>("run", "describe", runs[1].id);
  expect(steps.find(({ name }: any) => name === "when/deploy")).toMatchObject({ status: "skipped", reason: "its branch was not taken" });
});

test("nothing is left behind in the temporary folder, and files go by reference", async () => {
  const project = new Project({
    "p.ts": `import { file, pipeline, step, type FileRef } from "@zen/core";
import { writeFileSync, existsSync, readFileSync } from "node:fs";
const make = step("make", { output: file() }, (_: {}, ctx) => { const out = ctx.file("a.txt"); writeFileSync(out.path, "hello"); writeFileSync(ctx.scratch + "/junk", "x"); return out; });
const use = step("use", async ({ f }: { f: FileRef }) => [f.name, f.size, await f.text(), readFileSync(await f.path(), "utf8")]);
export const p = pipeline("p", () => use({ f: make() }));`,
  });
  const tmp = path.join(project.folder, "tmp");
  project.write({ "tmp/.keep": "" });
  const child = project.start([zenBin, "pipeline", "run", "p.ts", "--output", "json"], { env: { ...project.env, TMPDIR: tmp } });
  const run = finishedRun((await ended(child)).stdout);
  expect(await project.json("artifact", "read", run.outputs[0].id)).toEqual(["a.txt", 5, "hello", "hello"]);
  // Node keeps its own compile cache there.
  expect(readdirSync(tmp).filter((name) => name !== "node-compile-cache")).toEqual([".keep"]);
});
