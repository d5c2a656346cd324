import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ended, Project } from "../src/project.ts";

const KILLS = 50;

/** Some forty steps: a chain, a map, files, larger values. */
const pipeline = `import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { file, json, map, pipeline, step, type FileRef, type Handle } from "@zen/core";
const rows = step("rows", ({ seed }: { seed: number }) => Array.from({ length: 20 }, (_, n) => ({ n, text: createHash("sha256").update(seed + ":" + n).digest("hex").repeat(40) })));
const grow = step("grow", async ({ text, n }: { text: string; n: number }) => { await new Promise((r) => setTimeout(r, n % 4)); return text.repeat(1 + (n % 5)); });
const link = step("link", ({ before }: { before: { n: number } }) => ({ n: before.n + 1 }));
const save = step("save", { outputs: { data: file(), size: json<number>() } }, (({ texts }: { texts: string[] }, ctx: any) => {
  const out = ctx.file("texts.txt");
  writeFileSync(out.path, texts.join("\\n").repeat(40));
  return { data: out, size: texts.length };
}) as any);
const count = step("count", async ({ data }: { data: FileRef }) => { let n = 0; for await (const chunk of data.stream()) n += chunk.length; return n; });
export const p = pipeline("killed", ({ seed }: { seed: number }) => {
  const all = rows({ seed });
  const texts = map(all, (row) => grow({ text: row.text, n: row.n }), { as: "grown" });
  let last: Handle<{ n: number }> = link({ before: { n: seed } });
  for (let i = 0; i < 14; i++) last = link({ before: last });
  const { data, size } = save({ texts }) as any;
  return { last, size, bytes: count({ data }) };
});
if (import.meta.main) await p({ seed: Number(process.argv[2]) }).run({}, { onEvent: ({ type }) => { if (type === "run.started") console.log("started"); } });
`;

/** Looks at what a killed run left, runs the pipeline again, and prints what is wrong. */
const inspect = `import { createHash } from "node:crypto";
import { Repository } from "@zen/core";
import { p } from "./p.ts";
const seed = Number(process.argv[2]);
const { metadataStore, artifactStore } = await new Repository().activeStack;
const problems: string[] = [];
const seen = new Set((process.argv[3] ?? "").split(","));
const { entries: runs } = await metadataStore.listRuns({ status: "running" }, { limit: 1 });
const killed = runs.find(({ id }) => !seen.has(id));
const committed: string[] = [];
const keys = new Set<string>();
if (killed) {
  for (const step of (await metadataStore.listSteps(killed.id)).entries) if (step.status === "completed") committed.push(step.node);
  for (const artifact of (await metadataStore.listArtifacts({ runId: killed.id })).entries) {
    keys.add(artifact.key);
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of await artifactStore.read(artifact.key)) { hash.update(chunk); size += chunk.length; }
    if (size !== artifact.size || "sha256:" + hash.digest("hex") !== artifact.digest) problems.push(artifact.name + " is not whole");
  }
}
const cached = new Set<string>();
const run = await p({ seed }).run({}, { onEvent: (event) => { if (event.type === "step.cached") cached.add(event.node!); } });
for (const node of committed) if (!cached.has(node)) problems.push(node + " had been committed and was not reused");
const { last, size, bytes } = run.outputs as any;
if ((await last.read()).n !== seed + 15 || (await size.read()) !== 20 || !((await bytes.read()) > 0)) problems.push("the outputs are wrong");
if (killed) for (const { key } of (await artifactStore.list(killed.id + "/")).objects) if (!keys.has(key) && !key.endsWith(".log")) problems.push(key + " was left behind");
console.log(JSON.stringify({ killed: killed?.id ?? null, committed: committed.length, problems }));
`;

/** Reads every artifact there is, and looks for files that belong to none. */
const everything = `import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "@zen/core";
const { metadataStore, artifactStore } = await new Repository().activeStack;
const problems: string[] = [];
const keys = new Set<string>();
for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
  const page = await metadataStore.listArtifacts({}, { cursor });
  for (const artifact of page.entries) {
    keys.add(artifact.key);
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of await artifactStore.read(artifact.key)) { hash.update(chunk); size += chunk.length; }
    if (size !== artifact.size || "sha256:" + hash.digest("hex") !== artifact.digest) problems.push(artifact.name + " is not whole");
  }
  cursor = page.cursor;
}
for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
  const page = await artifactStore.list("", { cursor });
  for (const { key } of page.objects) if (!keys.has(key) && !key.endsWith(".log")) problems.push(key + " belongs to no run");
  cursor = page.cursor;
}
for (const file of readdirSync(join(artifactStore.path, ".tmp"))) problems.push(".tmp/" + file + " was left behind");
console.log(JSON.stringify({ artifacts: keys.size, problems }));
`;

/** A small generator whose sequence a seed repeats (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test(
  `after SIGKILL at ${KILLS} random moments everything listed is whole, every command works, and what was committed is reused`,
  { timeout: 300_000 },
  async () => {
    const seed = Number(process.env["ZEN_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`ZEN_SEED=${seed}`);
    const next = random(seed);
    const project = new Project({ "p.ts": pipeline, "inspect.ts": inspect, "everything.ts": everything });
    // The first one also makes the default stack; the second one is as long as those that follow.
    expect((await project.node("p.ts", "-2")).code).toBe(0);
    const { before, during } = await lengths(project);

    const killedRuns: string[] = [];
    let committed = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = project.start(["p.ts", String(kill)]);
      const exit = once(child, "exit");
      // Some before the run is on, most while it is.
      if (kill % 10 === 0) await sleep(next() * before);
      else {
        await Promise.race([once(child.stdout!, "data"), exit]);
        await sleep(next() * during);
      }
      child.kill("SIGKILL");
      await exit;
      const { stdout, stderr, code } = await ended(project.start(["inspect.ts", String(kill), killedRuns.join(",")]));
      expect(code, stderr).toBe(0);
      const found = JSON.parse(stdout) as { killed: string | null; committed: number; problems: string[] };
      expect(found.problems, `kill ${kill} of ZEN_SEED=${seed}`).toEqual([]);
      committed += found.committed;
      if (found.killed !== null) killedRuns.push(found.killed);
      if (kill % 10 === 0) await everyCommandWorks(project, killedRuns);
    }
    const { stdout, stderr } = await project.node("everything.ts");
    expect(JSON.parse(stdout || stderr), `ZEN_SEED=${seed}`).toEqual({ artifacts: expect.any(Number), problems: [] });
    // Otherwise the moments missed what they were to hit.
    expect(killedRuns.length).toBeGreaterThan(KILLS / 2);
    expect(committed).toBeGreaterThan(0);
  },
);

/** How long a run takes, and how long it takes until it is on, in milliseconds. */
async function lengths(project: Project): Promise<{ before: number; during: number }> {
  const start = performance.now();
  const child = project.start(["p.ts", "-1"]);
  await once(child.stdout!, "data");
  const started = performance.now();
  await once(child, "exit");
  return { before: started - start, during: performance.now() - started };
}

async function everyCommandWorks(project: Project, killedRuns: readonly string[]): Promise<void> {
  const runs = await project.json<{ id: string; status: string }[]>("run", "list");
  const expected = runs.map(({ id }) => ({ id, status: killedRuns.includes(id) ? "interrupted" : "completed" }));
  expect(runs.map(({ id, status }) => ({ id, status }))).toEqual(expected);
  const described = await Promise.all(killedRuns.slice(-1).map((id) => project.json("run", "describe", id)));
  expect(described).toMatchObject(killedRuns.slice(-1).map((id) => ({ id, status: "interrupted" })));
  for (const command of [["pipeline", "list"], ["artifact", "list"], ["stack", "list"], ["run", "logs"], ["status"]])
    await project.json(...command);
}
