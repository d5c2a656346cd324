import type { ArtifactRecord, CachedStep, Page, PageOptions, StepRecord } from "@zen/core";
import { putLineage } from "./lineage.ts";
import { pageOf, readTimeCursor, rowLimit, timeCursor } from "./page.ts";
import type { SQLiteDatabase } from "./sqlite-database.ts";

interface StepRow {
  readonly seq: number;
  readonly started_at: string;
  readonly record: string;
}

const record = (row: StepRow): StepRecord => JSON.parse(row.record) as StepRecord;

export function putStep(database: SQLiteDatabase, step: StepRecord): void {
  const stored = database.get<Pick<StepRow, "seq" | "record">>("SELECT seq, record FROM step WHERE run_id = ? AND node = ?", step.runId, step.node);
  const values = [step.status, step.cached ? 1 : 0, step.cacheKey, step.finishedAt, JSON.stringify(step)] as const;
  if (stored) {
    const before = JSON.parse(stored.record) as StepRecord;
    database.run("UPDATE step SET status = ?, cached = ?, cache_key = ?, finished_at = ?, record = ? WHERE seq = ?", ...values, stored.seq);
    // Apart, because naming a column writes its indexes anew, and only a resumed step starts again.
    if (before.startedAt !== step.startedAt) database.run("UPDATE step SET started_at = ? WHERE seq = ?", step.startedAt, stored.seq);
    putLineage(database, stored.seq, step, before);
  } else {
    const seq = database.run("INSERT INTO step (status, cached, cache_key, finished_at, record, run_id, node, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ...values, step.runId, step.node, step.startedAt);
    putLineage(database, seq, step, undefined);
  }
}

export function listSteps(database: SQLiteDatabase, runId: string, page: PageOptions): Page<StepRecord> {
  const from = page.cursor === undefined ? ["", 0] : readTimeCursor(page.cursor);
  const rows = database.all<StepRow>("SELECT seq, started_at, record FROM step WHERE run_id = ? AND (started_at, seq) > (?, ?) ORDER BY started_at, seq LIMIT ?", runId, ...from, rowLimit(page));
  return pageOf(rows, page, record, timeCursor);
}

export function listConsumers(database: SQLiteDatabase, artifactId: string, page: PageOptions): Page<StepRecord> {
  const from = page.cursor === undefined ? ["\u{10ffff}", 0] : readTimeCursor(page.cursor);
  const rows = database.all<StepRow>(
    `SELECT seq, step_input.started_at, record FROM step_input JOIN step ON seq = step_input.step
     WHERE artifact_id = ? AND (step_input.started_at, step_input.step) < (?, ?) ORDER BY step_input.started_at DESC, step_input.step DESC LIMIT ?`,
    artifactId,
    ...from,
    rowLimit(page),
  );
  return pageOf(rows, page, record, timeCursor);
}

export function findCached(database: SQLiteDatabase, cacheKey: string, limit: number): CachedStep[] {
  // One row per output; a step without outputs has one row of nulls.
  const rows = database.all<{ seq: number; step: string; output: string | null; artifact: string | null }>(
    `SELECT found.seq, found.record AS step, wanted.key AS output, artifact.record AS artifact
     FROM (SELECT seq, record, finished_at FROM step WHERE cache_key = ? AND status = 'completed' AND cached = 0 ORDER BY finished_at DESC, seq DESC LIMIT ?) AS found
     LEFT JOIN json_each(found.record, '$.outputs') AS wanted
     LEFT JOIN artifact ON artifact.id = wanted.value
     ORDER BY found.finished_at DESC, found.seq DESC`,
    cacheKey,
    limit,
  );
  const found = new Map<number, { step: StepRecord; outputs: Record<string, ArtifactRecord>; whole: boolean }>();
  for (const { seq, step, output, artifact } of rows) {
    let entry = found.get(seq);
    if (!entry) found.set(seq, (entry = { step: JSON.parse(step) as StepRecord, outputs: {}, whole: true }));
    if (output === null) continue;
    if (artifact === null) entry.whole = false;
    else entry.outputs[output] = JSON.parse(artifact) as ArtifactRecord;
  }
  return [...found.values()].filter(({ whole }) => whole).map(({ step, outputs }) => ({ runId: step.runId, node: step.node, finishedAt: step.finishedAt!, outputs }));
}
