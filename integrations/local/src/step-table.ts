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
  const stored = database.get<Pick<StepRow, "seq" | "record">>(
    "SELECT seq, record FROM step WHERE run_id = ? AND node = ?",
    step.runId,
    step.node,
  );
  const values = [step.status, step.cached ? 1 : 0, step.cacheKey, step.finishedAt, JSON.stringify(step)] as const;
  if (stored) {
    const before = JSON.parse(stored.record) as StepRecord;
    database.run("UPDATE step SET status = ?, cached = ?, cache_key = ?, finished_at = ?, record = ? WHERE seq = ?", ...values, stored.seq);
    // Apart, because naming a column writes its indexes anew, and only a resumed step starts again.
    if (before.startedAt !== step.startedAt) database.run("UPDATE step SET started_at = ? WHERE seq = ?", step.startedAt, stored.seq);
    putLineage(database, stored.seq, step, before);
  } else {
    const seq = database.run(
      "INSERT INTO step (status, cached, cache_key, finished_at, record, run_id, node, started_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      ...values,
      step.runId,
      step.node,
      step.startedAt,
    );
    putLineage(database, seq, step, undefined);
  }
}

export function listSteps(database: SQLiteDatabase, runId: string, page: PageOptions): Page<StepRecord> {
  const from = page.cursor === undefined ? ["", 0] : readTimeCursor(page.cursor);
  const rows = database.all<StepRow>(
    "SELECT seq, started_at, record FROM step WHERE run_id = ? AND (started_at, seq) > (?, ?) ORDER BY started_at, seq LIMIT ?",
    runId,
    ...from,
    rowLimit(page),
  );
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
  const rows = database.all<Pick<StepRow, "record">>(
    "SELECT record FROM step WHERE cache_key = ? AND status = 'completed' AND cached = 0 ORDER BY finished_at DESC, seq DESC LIMIT ?",
    cacheKey,
    limit,
  );
  // Most look-ups find nothing: the artifacts are asked for apart, all at once.
  if (rows.length === 0) return [];
  const steps = rows.map(({ record }) => JSON.parse(record) as StepRecord);
  const ids = JSON.stringify(steps.flatMap(({ outputs }) => Object.values(outputs)));
  const artifacts = new Map(
    database
      .all<{ id: string; record: string }>("SELECT id, record FROM artifact WHERE id IN (SELECT value FROM json_each(?))", ids)
      .map(({ id, record }) => [id, JSON.parse(record) as ArtifactRecord]),
  );
  return steps.flatMap(({ runId, node, finishedAt, outputs }) => {
    const found = Object.entries(outputs).flatMap(([output, id]) => (artifacts.has(id) ? [[output, artifacts.get(id)!] as const] : []));
    return found.length === Object.keys(outputs).length
      ? [{ runId, node, finishedAt: finishedAt!, outputs: Object.fromEntries(found) }]
      : [];
  });
}
