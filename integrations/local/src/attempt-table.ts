import type { AttemptRecord, Page, PageOptions } from "@zen/core";
import { pageOf, rowLimit } from "./page.ts";
import type { SQLiteDatabase } from "./sqlite-database.ts";

export function putAttempt(database: SQLiteDatabase, attempt: AttemptRecord): void {
  database.run(
    "INSERT INTO attempt (run_id, id, node, record) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = excluded.record",
    attempt.runId,
    attempt.id,
    attempt.node,
    JSON.stringify(attempt),
  );
}

export function listAttempts(database: SQLiteDatabase, runId: string, node: string | undefined, page: PageOptions): Page<AttemptRecord> {
  const rows = database.all<{ id: string; record: string }>(
    `SELECT id, record FROM attempt WHERE run_id = ? ${node === undefined ? "" : "AND node = ?"} AND id > ? ORDER BY id LIMIT ?`,
    runId,
    ...(node === undefined ? [] : [node]),
    page.cursor ?? "",
    rowLimit(page),
  );
  return pageOf(
    rows,
    page,
    (row) => JSON.parse(row.record) as AttemptRecord,
    ({ id }) => id,
  );
}
