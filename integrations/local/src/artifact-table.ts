import { ZenError, type ArtifactFilter, type ArtifactRecord, type Page, type PageOptions } from "@zen/core";
import { pageOf, rowLimit } from "./page.ts";
import type { SQLiteDatabase } from "./sqlite-database.ts";

export function putArtifact(database: SQLiteDatabase, artifact: ArtifactRecord): void {
  database.run(
    "INSERT INTO artifact (id, run_id, name, record) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET run_id = excluded.run_id, name = excluded.name, record = excluded.record",
    artifact.id,
    artifact.runId,
    artifact.name,
    JSON.stringify(artifact),
  );
}

export function listArtifacts(
  database: SQLiteDatabase,
  { runId, pipeline, name, idPrefix, ids }: ArtifactFilter,
  page: PageOptions,
): Page<ArtifactRecord> {
  const conditions: string[] = [];
  const values: string[] = [];
  const where = (condition: string, ...given: (string | undefined)[]): void => {
    if (given[0] === undefined) return;
    conditions.push(condition);
    values.push(...(given as string[]));
  };
  if (ids && ids.length > 1000)
    throw new ZenError("bad_filter", `A listing can be asked for 1,000 artifacts by id, not for ${ids.length}.`, {
      hint: "Ask for them 1,000 at a time.",
    });
  where("run_id = ?", runId);
  where("run_id IN (SELECT id FROM run WHERE pipeline = ?)", pipeline);
  where("name = ?", name);
  where("id >= ? AND id < ?", idPrefix, `${idPrefix}\u{10ffff}`);
  where("id IN (SELECT value FROM json_each(?))", ids && JSON.stringify(ids));
  where("id < ?", page.cursor);
  const rows = database.all<{ id: string; record: string }>(
    `SELECT id, record FROM artifact ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""} ORDER BY id DESC LIMIT ?`,
    ...values,
    rowLimit(page),
  );
  return pageOf(
    rows,
    page,
    (row) => JSON.parse(row.record) as ArtifactRecord,
    ({ id }) => id,
  );
}
