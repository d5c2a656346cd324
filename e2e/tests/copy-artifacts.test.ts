import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { GO_MISSING, S3_KEYS, startVersitygw } from "@zen-tests/servers";
import { ended, Project, workspace, type Ended } from "../src/project.ts";

// While the file is loaded: to build it may take longer than a test.
const server = GO_MISSING === undefined ? await startVersitygw() : undefined;
afterAll(() => server?.[Symbol.asyncDispose]());

/** Every kind of output: a value, two outputs of one step, a file that another step returns again, and a map's. */
const PIPELINE = `import { file, json, map, pipeline, step, type FileRef } from "@zen/core";
const load = step("load", () => [3, 1, 2]);
const split = step("split", { outputs: { head: json<number[]>(), tail: json<number[]>() } }, ({ rows }: { rows: number[] }) => ({
  head: rows.slice(0, 1),
  tail: rows.slice(1),
}));
const dump = step("dump", { output: file() }, () => new Uint8Array(3_000_000).fill(7));
const pass = step("pass", { output: file() }, ({ data }: { data: FileRef }) => data);
const double = step("double", ({ n }: { n: number }) => 2 * n);
export const p = pipeline("p", () => {
  const rows = load();
  const { head, tail } = split({ rows });
  return { head, tail, data: pass({ data: dump() }), doubled: map(rows, (n) => double({ n })) };
});`;
const ARTIFACTS = ["double[0].output", "double[1].output", "double[2].output"];

interface Copied {
  readonly artifact_store: string;
  readonly dry_run: boolean;
  readonly recorded: number;
  readonly not_done: number;
  readonly artifacts: { id: string; name: string; status: string; size: number; uri: string; message?: string; hint?: string }[];
}

interface Places {
  readonly project: Project;
  /** Of the artifact store of the stack `default`, where the run was. */
  readonly from: string;
  /** Of that of the stacks `shared` and `apart`. */
  readonly to: string;
}

/**
 * A project with one run, and two other stacks, both with their artifacts in the same other folder: `shared` remembers its
 * runs where `default` does, `apart` elsewhere.
 */
async function places({ pipeline = PIPELINE, to }: { pipeline?: string; to?: string } = {}): Promise<Places> {
  const project = new Project({ "p.ts": pipeline });
  const folder = to ?? path.join(project.root, "disk");
  for (const args of [
    ["artifact-store", "register", "disk", "--flavor=local", `--path=${folder}`],
    ["metadata-store", "register", "elsewhere", "--flavor=sqlite", `--uri=${path.join(project.root, "elsewhere.db")}`],
    ["stack", "register", "shared", "-o", "default", "-m", "default", "-a", "disk"],
    ["stack", "register", "apart", "-o", "default", "-m", "elsewhere", "-a", "disk"],
    ["pipeline", "run", "p.ts"],
  ]) {
    const { code, stderr } = await project.zen(...args);
    expect(code, stderr).toBe(0);
  }
  const { config } = await project.json<{ config: { path: string } }>("artifact-store", "describe", "default");
  return { project, from: config.path, to: folder };
}

async function newestRun(project: Project): Promise<string> {
  return (await project.json<{ id: string }>("run", "describe")).id;
}

const copy = (project: Project, ...args: readonly string[]): Promise<Copied> => project.json("artifact", "copy", ...args);
const statuses = ({ artifacts }: Copied): string[] => [...new Set(artifacts.map(({ status }) => status))];
const tally = ({ artifacts }: Copied, status: string): number => artifacts.filter((artifact) => artifact.status === status).length;
const reasons = async (project: Project, stack: string): Promise<string[]> => {
  const { stdout } = await project.zen("pipeline", "run", "p.ts", "--stack", stack, "--output", "json");
  const last = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { status: string; steps: { cached: boolean; reason: string }[] };
  expect(last.status).toBe("completed");
  return [...new Set(last.steps.map(({ cached, reason }) => `${cached ? "cached" : "ran"}: ${reason.replace(/ \(.*/, "")}`))];
};
const objectsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.name.startsWith("zen.db") && !entry.parentPath.endsWith(".tmp") && !entry.name.endsWith(".log"),
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .toSorted();

test("what is copied to a stack that shares the metadata store is read and reused there, without a second record", async () => {
  const { project, from } = await places();
  const run = await newestRun(project);
  const planned = await copy(project, "--run", run, "--to-stack", "shared", "--dry-run");
  expect(planned).toMatchObject({ artifact_store: "disk", dry_run: true, recorded: 0, not_done: 0 });
  expect(statuses(planned)).toEqual(["planned"]);
  expect(planned.artifacts).toHaveLength(5 + ARTIFACTS.length);
  const before = await project.json<unknown[]>("artifact", "list");

  const copied = await copy(project, "--run", run, "--to-stack", "shared");
  expect([statuses(copied), copied.recorded]).toEqual([["copied"], 0]);
  expect(await project.json("artifact", "list")).toEqual(before);

  // The original isn't needed any more.
  for (const file of objectsIn(from)) rmSync(file);
  for (const { name, uri } of copied.artifacts)
    expect(await project.json("artifact", "describe", name, "--stack", "shared")).toMatchObject({ uri });
  expect(await project.json("artifact", "read", "split.tail", "--stack", "shared")).toEqual([1, 2]);
  expect(await reasons(project, "shared")).toEqual(["cached: same code and inputs"]);
});

test("what is copied to a stack with a metadata store of its own is known there, with its run and its steps", async () => {
  const { project } = await places();
  const run = await newestRun(project);
  const copied = await copy(project, "--run", run, "--to-stack", "apart");
  expect([statuses(copied), copied.recorded]).toEqual([["copied"], copied.artifacts.length]);

  const [here, there] = await Promise.all(
    ["default", "apart"].map((stack) => project.json<Record<string, unknown>>("run", "describe", run, "--stack", stack)),
  );
  expect(there).toEqual(here);
  expect(await project.json("artifact", "read", "split.head", "--stack", "apart")).toEqual([3]);
  expect(await reasons(project, "apart")).toEqual(["cached: same code and inputs"]);

  const again = await copy(project, "--run", run, "--to-stack", "apart");
  expect([statuses(again), again.recorded]).toEqual([["present"], 0]);
  const { stdout } = await project.zen("artifact", "copy", "load.output", "--to-stack", "apart");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("Copied 0 artifacts (0 B) to the artifact store 'disk' of stack 'apart'; 1 was there.");
});

test("a run that took its results from the cache is copied with the results", async () => {
  const { project } = await places();
  await project.zen("pipeline", "run", "p.ts");
  const run = await newestRun(project);
  const copied = await copy(project, "--run", run, "--to-stack", "apart");
  expect([statuses(copied), copied.recorded]).toEqual([["copied"], 5 + ARTIFACTS.length]);
  expect((await project.json<{ id: string }[]>("run", "list", "--stack", "apart")).length).toBe(2);
  expect(await reasons(project, "apart")).toEqual(["cached: same code and inputs"]);
});

test("one artifact is copied alone; its step is reused once all its outputs are there", async () => {
  const { project } = await places();
  expect(await copy(project, "split.head", "--to-stack", "apart")).toMatchObject({
    recorded: 1,
    artifacts: [{ name: "split.head", status: "copied" }],
  });
  expect(await project.json("artifact", "read", "split.head", "--stack", "apart")).toEqual([3]);
  const steps = async (): Promise<string[]> =>
    (await project.json<{ steps: { name: string }[] }>("run", "describe", "--stack", "apart")).steps.map(({ name }) => name);
  expect(await steps()).toEqual([]);
  await copy(project, "split.tail", "--to-stack", "apart");
  expect(await steps()).toEqual(["split"]);
});

test("an artifact in another store that is registered is read from there; in one that isn't, the error says so", async () => {
  const { project } = await places();
  await project.zen("stack", "set", "shared");
  expect(await project.json("artifact", "read", "load.output")).toEqual([3, 1, 2]);
  expect(await project.json("run", "describe")).toMatchObject({
    outputs: expect.arrayContaining([expect.objectContaining({ name: "doubled[0]" })]),
  });
  const { config } = await project.json<{ config: { path: string } }>("artifact-store", "describe", "default");
  for (const args of [
    ["stack", "delete", "default", "--yes"],
    ["artifact-store", "delete", "default"],
  ])
    expect(await project.zen(...args)).toMatchObject({ code: 0 });
  const { stderr, code } = await project.zen("artifact", "read", "load.output");
  const { id, uri } = await project.json<{ id: string; uri: string }>("artifact", "describe", "load.output");
  expect(uri.startsWith(`${config.path}/`)).toBe(true);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").slice(-2)).toEqual([
    `Error: The artifact ${id} is in ${config.path}, the artifact store of the active stack is ${path.join(project.root, "disk")}, and no other one that is registered has that path.`,
    `Register it: zen artifact-store register NAME --flavor=FLAVOR --path=${config.path}`,
  ]);
});

test("a run's logs are read from its own stack's store, whichever stack is active", async () => {
  const { project } = await places({
    pipeline: `import { pipeline, step } from "@zen/core";
const load = step("load", () => { console.log("loading"); return 1; });
export const p = pipeline("p", () => ({ n: load() }));`,
  });
  await project.zen("stack", "set", "shared");
  expect((await project.zen("run", "logs")).stdout).toContain("[load] loading\n");
});

test("a copy is an input of a run on the stack that has it", async () => {
  const { project } = await places();
  project.write({
    "sum.ts": `import { pipeline, step, type Handle } from "@zen/core";
const load = step("load", () => [3, 1, 2]);
const add = step("add", ({ rows }: { rows: number[] }) => rows.reduce((sum, n) => sum + n, 0));
const made = await pipeline("made", () => load())().run();
const sum = pipeline("sum", ({ rows }: { rows: Handle<number[]> }) => add({ rows }));
const onShared = () => sum({ rows: made.outputs }).run({}, { stack: "shared" });
if (process.argv[2] === undefined) console.log(await onShared().catch((error) => [error.message, error.hint]), made.outputs.id);
else console.log(await (await onShared()).outputs.read());`,
  });
  const { config } = await project.json<{ config: { path: string } }>("artifact-store", "describe", "default");
  const refused = await project.node("sum.ts");
  expect(refused.stdout.replace(/[0-9a-f-]{36}(?=[) \n])/g, "ID")).toBe(`[
  'The artifact load.output (ID), an input, is in ${config.path}, and the artifact store of the stack "shared" is ${path.join(project.root, "disk")}.',
  'Run on a stack that has the artifact store in which it was made, or copy it: zen artifact copy ID --to-stack shared'
] ID
`);
  await copy(project, refused.stdout.trimEnd().split(" ").at(-1)!, "--to-stack", "shared");
  expect((await project.node("sum.ts", "again")).stdout).toBe("6\n");
});

test("a damaged original is named and not copied, the others are; a damaged copy is made anew", async () => {
  const { project, from, to } = await places();
  const run = await newestRun(project);
  const { id, uri } = await project.json<{ id: string; uri: string }>("artifact", "describe", "split.head");
  const original = readFileSync(uri);
  writeFileSync(uri, "[4]");
  const failed = await project.zen("artifact", "copy", "--run", run, "--to-stack", "apart", "--output", "json");
  expect(failed.code).toBe(1);
  const outcome = JSON.parse(failed.stdout) as Copied;
  expect([tally(outcome, "copied"), tally(outcome, "failed"), outcome.not_done]).toEqual([4 + ARTIFACTS.length, 1, 0]);
  expect(JSON.parse(failed.stderr)).toEqual({
    error: {
      code: "copy_failed",
      message: `1 artifact could not be copied to stack 'apart'. The artifact split.head (${id}) is damaged: what is at ${uri} is not what was stored there (another sha256).`,
      hint: "Somebody has changed it, or the disk is failing. Put it back from a backup, or make it again: zen pipeline run FILE --no-cache",
    },
  });
  expect(existsSync(uri.replace(from, to))).toBe(false);
  expect((await project.zen("artifact", "describe", "split.head", "--stack", "apart")).code).toBe(2);

  writeFileSync(uri, original);
  const loaded = await project.json<{ uri: string }>("artifact", "describe", "load.output");
  writeFileSync(loaded.uri.replace(from, to), "[9,9,9]");
  expect((await project.zen("artifact", "read", "load.output", "--stack", "apart")).stderr).toContain("is damaged: what is at");
  const mended = await copy(project, "--run", run, "--to-stack", "apart");
  expect([tally(mended, "copied"), tally(mended, "repaired"), tally(mended, "present")]).toEqual([1, 1, 3 + ARTIFACTS.length]);
  expect(await project.json("artifact", "read", "load.output", "--stack", "apart")).toEqual([3, 1, 2]);
});

test.runIf(process.platform === "linux")("a store that may not be written to ends the copy, and nothing is recorded", async () => {
  const { project } = await places({ to: "/sys/zen-artifacts" });
  const run = await newestRun(project);
  const { stdout, stderr, code } = await project.zen(
    "artifact",
    "copy",
    "--run",
    run,
    "--to-stack",
    "apart",
    "--concurrency",
    "1",
    "--output",
    "json",
  );
  expect(code).toBe(1);
  const { artifacts, not_done, recorded } = JSON.parse(stdout) as Copied;
  expect([artifacts.length, not_done, recorded]).toEqual([1, 4 + ARTIFACTS.length, 0]);
  const { error } = JSON.parse(stderr) as { error: { message: string; hint: string } };
  expect(error.message).toMatch(
    /^8 artifacts could not be copied to stack 'apart'\. Can't write ".*" in the artifact store "disk": this user has no right to do that at /,
  );
  expect(error.hint).toBe(
    `Give the user that runs zen the right to read and write the folder and all that is in it.\nWhat is copied stays copied. To go on: zen artifact copy --run ${run} --to-stack apart --concurrency 1`,
  );
  expect((await project.zen("run", "list", "--stack", "apart", "--output", "json")).stdout).toBe("[]\n");
});

test("a full disk ends the copy, which goes on when there is room", async ({ skip }) => {
  const disk = path.join(new Project().root, "small-disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], { stdio: "pipe" });
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    return skip("mounting a small disk needs root");
  }
  try {
    const { project, to } = await places({ to: path.join(disk, "store") });
    const run = await newestRun(project);
    const full = await project.zen("artifact", "copy", "--run", run, "--to-stack", "apart", "--concurrency", "1");
    expect(full.code).toBe(1);
    expect(full.stderr).toContain("there is no space left where ");
    expect(readdirSync(path.join(to, ".tmp"))).toEqual([]);
    execFileSync("mount", ["-o", "remount,size=20m", disk]);
    const copied = await copy(project, "--run", run, "--to-stack", "apart");
    expect(statuses(copied).toSorted()).toEqual(["copied", "present"]);
    expect(await reasons(project, "apart")).toEqual(["cached: same code and inputs"]);
  } finally {
    execFileSync("umount", [disk]);
  }
});

/** Thirty files of 4 MB. */
const FILES = `import { file, map, pipeline, step } from "@zen/core";
const one = step("one", { output: file() }, ({ n }: { n: number }) => new Uint8Array(4_000_000).fill(n));
export const p = pipeline("p", () => ({ files: map(Array.from({ length: 30 }, (_, n) => n), (n) => one({ n })) }));`;

test.each(["SIGKILL", "SIGINT"] as const)("a copy that is ended by %s leaves whole objects only, and goes on", async (signal) => {
  const { project, from, to } = await places({ pipeline: FILES });
  const run = await newestRun(project);
  const child = project.start([project.zenBin, "artifact", "copy", "--run", run, "--to-stack", "apart", "--concurrency", "2"]);
  const end = ended(child);
  await new Promise<void>((resolve) => child.stderr!.on("data", (text: string) => text.includes("[3/30]") && resolve()));
  child.kill(signal);
  const { code, stderr } = await end;
  expect(code).toBe(signal === "SIGKILL" ? 137 : 130);
  const said = /Error: Interrupted before \d+ artifacts were copied to stack 'apart'\.\n.*To go on: zen artifact copy --run /;
  expect(said.test(stderr)).toBe(signal === "SIGINT");
  const left = objectsIn(to);
  expect(left.length).toBeGreaterThanOrEqual(3);
  expect(left.length).toBeLessThan(30);
  for (const file of left) expect(readFileSync(file).equals(readFileSync(file.replace(to, from)))).toBe(true);

  const rest = await copy(project, "--run", run, "--to-stack", "apart");
  expect([tally(rest, "present"), tally(rest, "copied")]).toEqual([left.length, 30 - left.length]);
  expect(objectsIn(to).map((file) => file.replace(to, from))).toEqual(objectsIn(from));
  expect(await reasons(project, "apart")).toEqual(["cached: same code and inputs"]);
});

test("a copy holds a few MiB at a time, whatever the size", async () => {
  const { project, from, to } = await places({
    pipeline: `import { file, pipeline, step } from "@zen/core";
const one = step("one", { output: file() }, () => new ReadableStream({ start(c) { this.n = 0; }, pull(c) { if (this.n++ < 400) c.enqueue(new Uint8Array(1 << 20)); else c.close(); } } as any));
export const p = pipeline("p", () => ({ file: one() }));`,
  });
  const peak = path.join(project.root, "peak");
  const hook = `data:text/javascript,import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS)));`;
  const { code, stderr } = await ended(
    project.start(["--import", hook, project.zenBin, "artifact", "copy", "one.output", "--to-stack", "apart"]),
  );
  expect(code, stderr).toBe(0);
  expect(objectsIn(to).map((file) => file.replace(to, from))).toEqual(objectsIn(from));
  expect(Number(readFileSync(peak, "utf8")) / 1024).toBeLessThan(200);
});

test.runIf(process.platform === "linux")("the line to go on with has all that was said", async () => {
  const { project } = await places({ to: "/sys/zen-artifacts" });
  const run = await newestRun(project);
  await project.zen("stack", "set", "shared");
  const flags = ["--to-stack", "apart", "--profile", "default", "--stack", "default", "--concurrency", "1"];
  const { stderr } = await project.zen("artifact", "copy", "--run", run, ...flags);
  expect(stderr.trimEnd().split("\n").at(-1)).toBe(
    `What is copied stays copied. To go on: zen artifact copy --run ${run} ${flags.join(" ")}`,
  );
});

test("a run that is still on is refused", async () => {
  const { project } = await places({
    pipeline: `import { existsSync } from "node:fs";
import { pipeline, step } from "@zen/core";
const first = step("first", () => 1);
const second = step("second", async ({ n }: { n: number }, ctx) => {
  while (existsSync("wait")) await new Promise((resolve) => setTimeout(resolve, 50));
  return n;
});
export const p = pipeline("p", () => second({ n: first() }));`,
  });
  writeFileSync(path.join(project.folder, "wait"), "");
  appendFileSync(path.join(project.folder, "p.ts"), "\nexport const changed = 1;");
  const running = ended(project.start([project.zenBin, "pipeline", "run", "p.ts#p", "--run-name", "long"]));
  onTestFinished(() => rmSync(path.join(project.folder, "wait"), { force: true }));
  const listed = async (): Promise<unknown[]> =>
    JSON.parse((await project.zen("artifact", "list", "--run", "long", "--output", "json")).stdout || "[]");
  await vi.waitFor(async () => expect(await listed()).toHaveLength(1), { timeout: 20_000, interval: 100 });
  const { stderr, code } = await project.zen("artifact", "copy", "--run", "long", "--to-stack", "apart");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /Error: The run long \([0-9a-f-]{36}\) is still running: its artifacts can be copied when it has ended\.\nSee how it goes: zen run describe /,
  );
  rmSync(path.join(project.folder, "wait"));
  await running;
  expect(statuses(await copy(project, "--run", "long", "--to-stack", "apart"))).toEqual(["copied"]);
});

test("a copy that can't be meant is refused", async () => {
  const { project } = await places();
  const refused = async (...args: string[]): Promise<string> => {
    const { stderr, code } = await project.zen("artifact", "copy", ...args);
    expect(code).toBe(2);
    return stderr
      .trimEnd()
      .split("\n")
      .find((line) => line.startsWith("Error: "))!;
  };
  expect(await refused("load.output")).toBe("Error: Say where to: --to-stack NAME.");
  expect(await refused("--to-stack", "apart")).toBe("Error: Say what to copy: an artifact, or with --run RUN all of a run.");
  expect(await refused("load.output", "--run", "x", "--to-stack", "apart")).toBe(
    "Error: Say what to copy: either an artifact or, with --run RUN, all of a run.",
  );
  expect(await refused("load.output", "--to-stack", "aprat")).toBe(
    `Error: There is no stack "aprat" in the profile "default". Did you mean "apart"?`,
  );
  expect(await refused("laod.output", "--to-stack", "apart")).toBe(
    `Error: There is no artifact "laod.output". Did you mean "load.output"?`,
  );
});

test.skipIf(GO_MISSING)("artifacts go to S3 and come back the same, and no output has a secret", async () => {
  // For versitygw a bucket is a folder.
  mkdirSync(path.join(server!.folder, "artifacts"));
  const { project, from } = await places();
  symlinkSync(path.join(workspace, "integrations/s3"), path.join(project.folder, "node_modules/@zen/integration-s3"), "dir");
  const manifest = path.join(project.folder, "package.json");
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(`"zod"`, `"@zen/integration-s3":"*","zod"`));
  const output: string[] = [];
  const zen = async (...args: string[]): Promise<Ended> => {
    const env = { ...project.env, KEY: S3_KEYS.accessKeyId, SECRET: S3_KEYS.secretAccessKey };
    const result = await ended(project.start([project.zenBin, ...args], { env }));
    output.push(result.stdout, result.stderr);
    return result;
  };
  const keys = ["--access-key-id={{env.KEY}}", "--secret-access-key={{env.SECRET}}"];
  for (const args of [
    ["artifact-store", "register", "bucket", "--flavor=s3", "--path=s3://artifacts/team", `--endpoint=${server!.url}`, ...keys, "--check"],
    ["metadata-store", "register", "team", "--flavor=sqlite", `--uri=${path.join(project.root, "team.db")}`],
    ["stack", "register", "team", "-o", "default", "-m", "team", "-a", "bucket"],
    ["stack", "check", "team"],
    ["artifact", "copy", "--run", await newestRun(project), "--to-stack", "team"],
    ["artifact", "copy", "--run", await newestRun(project), "--to-stack", "apart", "--stack", "team"],
  ]) {
    const { code, stderr } = await zen(...args);
    expect(code, stderr).toBe(0);
  }
  expect((await zen("artifact", "read", "split.tail", "--stack", "team")).stdout).toBe("[1, 2]\n");
  const { stdout } = await zen("pipeline", "run", "p.ts", "--stack", "team", "--output", "json");
  const { steps } = JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as { steps: { cached: boolean }[] };
  expect(steps.every(({ cached }) => cached)).toBe(true);

  const back = path.join(project.root, "disk");
  expect(objectsIn(back).map((file) => file.replace(back, from))).toEqual(objectsIn(from));
  for (const file of objectsIn(back)) expect(readFileSync(file).equals(readFileSync(file.replace(back, from)))).toBe(true);
  expect(objectsIn(server!.folder).filter((file) => file.includes(".zen-check"))).toEqual([]);
  for (const text of output) expect(text).not.toContain(S3_KEYS.secretAccessKey);
});
