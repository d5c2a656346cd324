// What a linear pipeline of N steps writes, without any engine: per step two commits to SQLite and one create-only file.
import { linkSync, mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createHash, randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

const steps = Number(process.argv[2]);
const folder = process.argv[3]!;
const start = performance.now();
mkdirSync(folder, { recursive: true });
const database = new DatabaseSync(path.join(folder, "bare.db"), { timeout: 10_000 });
// The same tables and indexes as the SQLite metadata store's, and records of the same size.
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE run (id TEXT PRIMARY KEY, owner TEXT, epoch INTEGER) STRICT;
CREATE TABLE step (seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, node TEXT NOT NULL, status TEXT, cached INTEGER, cache_key TEXT, started_at TEXT, finished_at TEXT, record TEXT, UNIQUE (run_id, node)) STRICT;
CREATE INDEX step_started ON step (run_id, started_at);
CREATE INDEX step_cache_key ON step (cache_key, finished_at) WHERE cache_key IS NOT NULL AND status = 'completed' AND cached = 0;
CREATE TABLE step_input (artifact_id TEXT, started_at TEXT, step INTEGER, PRIMARY KEY (artifact_id, started_at, step)) STRICT, WITHOUT ROWID;
CREATE TABLE attempt (run_id TEXT, id TEXT, node TEXT, record TEXT, PRIMARY KEY (run_id, id)) STRICT, WITHOUT ROWID;
CREATE TABLE artifact (id TEXT PRIMARY KEY, run_id TEXT, name TEXT, record TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_run ON artifact (run_id);
CREATE INDEX artifact_name ON artifact (name);`);
const [begin, commit] = [database.prepare("BEGIN IMMEDIATE"), database.prepare("COMMIT")];
const lease = database.prepare("SELECT owner, epoch FROM run WHERE id = ?");
const putStep = database.prepare(
  "INSERT INTO step (run_id, node, status, cached, cache_key, started_at, finished_at, record) VALUES (?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT (run_id, node) DO UPDATE SET status = excluded.status, finished_at = excluded.finished_at, record = excluded.record RETURNING seq",
);
const putInput = database.prepare("INSERT OR IGNORE INTO step_input VALUES (?, ?, ?)");
const putAttempt = database.prepare("INSERT INTO attempt VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record");
const putArtifact = database.prepare("INSERT INTO artifact VALUES (?, ?, ?, ?)");
const find = database.prepare(
  "SELECT record FROM step WHERE cache_key = ? AND status = 'completed' AND cached = 0 ORDER BY finished_at DESC LIMIT 5",
);

const run = randomUUID();
database
  .prepare("INSERT INTO run VALUES (?, ?, 1)")
  .run(run, JSON.stringify({ host: "here", bootId: run, pid: process.pid, processStart: "1" }));
mkdirSync(path.join(folder, run));
let before = randomUUID();
for (let n = 0; n < steps; n++) {
  const [node, attempt, artifact] = [n === 0 ? "next" : `next-${n + 1}`, randomUUID(), randomUUID()];
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const key = `v1 step=next code=${hash(run).slice(0, 32)} outputs=${hash("output").slice(0, 32)} in.before=${hash(before).slice(0, 32)}`;
  const now = (): string => new Date().toISOString();
  const step = {
    runId: run,
    node,
    step: "next",
    status: "running",
    cached: false,
    reason: "no earlier result",
    cacheKey: key,
    cachedFrom: null,
    inputs: { kind: "object", fields: { before: { kind: "artifact", id: before } } },
    outputs: {},
    attempts: 1,
    metadata: {},
    startedAt: now(),
    finishedAt: null,
    failure: null,
  };
  const tried = { id: attempt, runId: run, node, number: 1, status: "running", logs: 0, startedAt: now(), finishedAt: null, failure: null };
  find.all(key);
  begin.run();
  lease.get(run);
  const { seq } = putStep.get(run, node, "running", key, step.startedAt, null, JSON.stringify(step)) as { seq: number };
  putInput.run(before, step.startedAt, seq);
  putAttempt.run(run, attempt, node, JSON.stringify(tried));
  commit.run();
  const value = JSON.stringify({ seed: run, n });
  const file = path.join(folder, run, artifact);
  writeFileSync(`${file}.part`, value, { flag: "wx" });
  linkSync(`${file}.part`, file);
  unlinkSync(`${file}.part`);
  const finishedAt = now();
  const made = {
    id: artifact,
    runId: run,
    node,
    output: "output",
    name: `${node}.output`,
    store: folder,
    key: `${run}/${artifact}`,
    size: value.length,
    digest: `sha256:${hash(value)}`,
    materializer: "json",
    fileName: null,
    metadata: {},
    createdAt: finishedAt,
  };
  begin.run();
  lease.get(run);
  putArtifact.run(artifact, run, made.name, JSON.stringify(made));
  putAttempt.run(run, attempt, node, JSON.stringify({ ...tried, status: "completed", finishedAt }));
  putStep.get(
    run,
    node,
    "completed",
    key,
    step.startedAt,
    finishedAt,
    JSON.stringify({ ...step, status: "completed", outputs: { output: artifact }, finishedAt }),
  );
  commit.run();
  before = artifact;
}
database.close();
console.log(JSON.stringify({ milliseconds: performance.now() - start }));
