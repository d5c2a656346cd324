import type { ResolvedBinding, StepRecord } from "@zen/core";
import type { SQLiteDatabase } from "./sqlite-database.ts";

type Lineage = Pick<StepRecord, "inputs" | "startedAt">;

/** Notes which artifacts a step took, in place of what was noted for the record before. */
export function putLineage(database: SQLiteDatabase, step: number, after: Lineage, before: Lineage | undefined): void {
  if (before && before.startedAt === after.startedAt && JSON.stringify(before.inputs) === JSON.stringify(after.inputs)) return;
  if (before) removeLineage(database, step, before);
  for (const id of artifactsIn(after.inputs))
    database.run("INSERT INTO step_input (artifact_id, started_at, step) VALUES (?, ?, ?)", id, after.startedAt, step);
}

export function removeLineage(database: SQLiteDatabase, step: number, { inputs, startedAt }: Lineage): void {
  for (const id of artifactsIn(inputs))
    database.run("DELETE FROM step_input WHERE artifact_id = ? AND started_at = ? AND step = ?", id, startedAt, step);
}

function artifactsIn(inputs: ResolvedBinding | null): Set<string> {
  const ids = new Set<string>();
  const waiting = inputs === null ? [] : [inputs];
  for (let binding = waiting.pop(); binding; binding = waiting.pop()) {
    if (binding.kind === "artifact") ids.add(binding.id);
    else if (binding.kind === "list") for (const item of binding.items) waiting.push(item);
    else if (binding.kind === "object") for (const field of Object.values(binding.fields)) waiting.push(field);
  }
  return ids;
}
