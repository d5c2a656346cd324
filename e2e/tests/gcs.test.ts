import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { GO_MISSING, makeGcsBucket, startFakeGcsServer } from "@zen-tests/servers";
import { afterAll, expect, test } from "vitest";
import { expectCheckToGiveUp } from "../src/frozen-check.ts";
import { ended, events, Project, workspace, type Ended } from "../src/project.ts";
import { copyQuickstart, RUN_QUICKSTART } from "../src/quickstart.ts";
import { WAITING } from "../src/waiting-pipeline.ts";

const skip = GO_MISSING !== undefined;
const server = skip ? undefined! : await startFakeGcsServer("filesystem");
afterAll(() => server?.[Symbol.asyncDispose]());

const PIPELINE = `import { appendFileSync } from "node:fs";
import { bytes, pipeline, step } from "@zen/core";
const load = step("load", ({ rows }: { rows: number }) => {
  appendFileSync("ran.txt", "load\\n");
  return Array.from({ length: rows }, (_, n) => ({ n, square: n * n }));
});
const big = step("big", { outputs: { output: bytes() } }, (_: {}) => ({ output: new Uint8Array(20_000_000).fill(5) }));
const total = step("total", ({ rows, filler }: { rows: { square: number }[]; filler: Uint8Array }) => {
  console.log("adding", rows.length, "rows");
  return rows.reduce((sum, row) => sum + row.square, filler.length);
});
export const squares = pipeline("squares", ({ rows = 1000 }: { rows?: number }) =>
  total({ rows: load({ rows }), filler: big().output }));
`;

/** A project on a stack whose artifacts are on GCS; its metadata is in `shared`, as two machines with one database have it. */
async function projectOnGcs(shared: string): Promise<Project> {
  const project = new Project({ "p.ts": PIPELINE });
  const manifest = path.join(project.folder, "package.json");
  const { dependencies, ...rest } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: object };
  writeFileSync(manifest, JSON.stringify({ ...rest, dependencies: { ...dependencies, "@zen/integration-gcs": "*" } }));
  symlinkSync(path.join(workspace, "integrations/gcs"), path.join(project.folder, "node_modules/@zen/integration-gcs"), "dir");
  for (const command of [
    `artifact-store register cloud --flavor=gcp --path=gs://zen/artifacts --api_endpoint=${server.url} --max_attempts=4`,
    `metadata-store register shared --flavor=sqlite --uri=${shared}`,
    "stack register cloud -o default -m shared -a cloud --set",
  ]) {
    const { code, stdout, stderr } = await project.zen(...command.split(" "));
    expect(code, stdout + stderr).toBe(0);
  }
  return project;
}

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test.skipIf(skip)("a run keeps its artifacts on GCS; they are read, described, and reused on another machine", async () => {
  const shared = path.join(new Project().root, "zen.db");
  const [one, other] = [await projectOnGcs(shared), await projectOnGcs(shared)];
  const first = await one.zen("pipeline", "run", "p.ts", "--output", "json");
  expect(first.code, first.stderr).toBe(0);
  expect(events(first.stdout).at(-1)).toMatchObject({ status: "completed" });

  for (const project of [one, other]) {
    expect((await project.zen("artifact", "read", "total.output")).stdout).toBe("352833500\n");
    const described = await project.json<{ uri: string }>("artifact", "describe", "load.output");
    expect(described.uri).toMatch(/^gs:\/\/zen\/artifacts\/[^/]+\/[^/]+$/);
    expect((await project.zen("artifact", "read", "big.output", "--to", "big.bin")).code).toBe(0);
    expect(readFileSync(path.join(project.folder, "big.bin")).equals(Buffer.alloc(20_000_000, 5))).toBe(true);
  }
  const again = await other.zen("pipeline", "run", "p.ts", "--output", "json");
  const { status, steps } = events(again.stdout).at(-1) as { status: string; steps: { name: string; cached: boolean }[] };
  expect(status).toBe("completed");
  expect(new Map(steps.map(({ name, cached }) => [name, cached]))).toEqual(new Map(["load", "big", "total"].map((name) => [name, true])));
  expect(existsSync(path.join(other.folder, "ran.txt"))).toBe(false);
});

test.skipIf(skip)("a check of a server that hangs gives up in time, and nothing is registered", async () => {
  const project = await projectOnGcs(path.join(new Project().root, "zen.db"));
  const settings = ["--flavor=gcs", "--path=gs://zen/frozen", `--api-endpoint=${server.url}`];
  await expectCheckToGiveUp(server, (...args) => project.zen(...args), settings);
});

test.skipIf(skip)("the quickstart runs on it, unchanged, and its artifacts are read back", async () => {
  const project = await projectOnGcs(path.join(new Project().root, "zen.db"));
  copyQuickstart(project);
  const { stdout, stderr } = await project.zen(...RUN_QUICKSTART, "--output", "json");
  expect(events(stdout).at(-1), stderr).toMatchObject({ pipeline: "which-language", status: "completed" });
  const described = await project.json<{ uri: string }>("artifact", "describe", "evaluate.scores");
  expect(described.uri).toMatch(/^gs:\/\/zen\/artifacts\//);
  expect(await project.json("artifact", "read", "evaluate.scores")).toMatchObject({ accuracy: expect.any(Number) });
});

test.skipIf(skip)("a run whose server is gone ends in time and says so; started again, it completes", async () => {
  const project = await projectOnGcs(path.join(new Project().root, "zen.db"));
  await server.kill();
  const failed = await project.zen("pipeline", "run", "p.ts");
  expect(failed.code).toBe(1);
  expect(failed.stderr + failed.stdout).toContain("the connection failed (ECONNREFUSED)");
  await server.start();
  const { code, stderr } = await project.zen("pipeline", "run", "p.ts");
  expect(code, stderr).toBe(0);
  expect((await project.zen("artifact", "read", "total.output")).stdout).toBe("352833500\n");
});

test.skipIf(skip).for([
  {
    what: "whose server is killed",
    harm: () => server.kill(),
    mend: () => server.start(),
    said: "the connection failed (ECONNREFUSED)",
    ran: "load grow grow ",
  },
  {
    what: "whose bucket is deleted",
    harm: () => rm(path.join(server.folder, "zen"), { recursive: true }),
    mend: () => makeGcsBucket(server.url, "zen"),
    said: "there is no such bucket",
    ran: "load grow load grow ",
  },
])("a run $what in its middle fails and says so; started again, it completes", async ({ harm, mend, said, ran }) => {
  const project = await projectOnGcs(path.join(new Project().root, "zen.db"));
  project.write({ "p.ts": WAITING });
  const file = path.join(project.folder, "ran.txt");
  const running = ended(project.start([project.zenBin, "pipeline", "run", "p.ts"]));
  while (!(existsSync(file) && readFileSync(file, "utf8") === "load grow ")) await sleep(20);
  await harm();
  project.write({ go: "" });
  const failed = await running;
  await mend();
  expect(failed.code).toBe(1);
  expect(failed.stdout + failed.stderr).toContain(said);
  const again = await project.zen("pipeline", "run", "p.ts");
  expect(again.code, again.stderr).toBe(0);
  expect(readFileSync(file, "utf8")).toBe(ran);
  expect((await project.zen("artifact", "read", "total.output")).stdout).toBe("140000000\n");
});

test.skipIf(skip)("a key of a service account is refused in clear, and a reference to it leaves no trace", async () => {
  const project = await projectOnGcs(path.join(new Project().root, "zen.db"));
  const secret = "not-a-real-key-7Hq3";
  const register = ["artifact-store", "register", "keyed", "--flavor=gcs", "--path=gs://zen/keyed", `--api_endpoint=${server.url}`];
  const refused = await project.zen(...register, `--service_account_key=${secret}`);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--service_account_key='{{env.SERVICE_ACCOUNT_KEY}}'");
  expect((await project.zen(...register, "--service_account_key={{env.GCS_KEY}}")).code).toBe(0);
  expect((await project.zen("stack", "register", "keyed", "-o", "default", "-m", "shared", "-a", "keyed", "--set")).code).toBe(0);
  const env = { ...project.env, GCS_KEY: JSON.stringify({ type: "service_account", client_email: "zen@p", private_key: secret }) };
  const run = await ended(project.start([project.zenBin, "pipeline", "run", "p.ts", "--debug"], { env }));
  expect(run.code).toBe(1);
  const ends: Ended[] = [];
  for (const command of [
    "artifact-store describe keyed",
    "artifact-store list",
    "artifact-store check keyed",
    `artifact-store register again --flavor=gcs --path=gs://zen/keyed --api_endpoint=${server.url} --service_account_key={{env.GCS_KEY}} --check`,
    "stack check keyed",
    "stack export keyed",
    "stack diff keyed.yaml",
    "artifact copy total.output --to-stack keyed --stack cloud",
    "run describe",
    "run logs",
  ])
    for (const flags of [[], ["--debug"], ["--output", "json", "--debug"]])
      ends.push(await ended(project.start([project.zenBin, ...command.split(" "), ...flags], { env })));
  expect(ends.some(({ code }) => code !== 0)).toBe(true);
  expect(filesIn(project.root).some((file) => file.endsWith("keyed.yaml"))).toBe(true);
  const everything = [refused, run, ...ends].map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(everything).not.toContain(secret);
  for (const file of filesIn(project.root)) expect(readFileSync(file, "latin1").includes(secret), file).toBe(false);
});
