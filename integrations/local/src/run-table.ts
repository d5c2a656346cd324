import {
  ZenError,
  type Change,
  type Lease,
  type Page,
  type PageOptions,
  type PipelineRecord,
  type RunFilter,
  type RunOwner,
  type RunRecord,
  type RunSummary,
} from "@zen/core";
import { pageOf, rowLimit } from "./page.ts";
import type { SQLiteDatabase } from "./sqlite-database.ts";

interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly pipeline: string;
  readonly status: RunSummary["status"];
  readonly stack: string;
  readonly owner: string;
  readonly epoch: number;
  readonly heartbeat_at: string;
  readonly created_at: string;
  readonly finished_at: string | null;
  readonly failure: string | null;
}

const SUMMARY =
  "run.id, run.name, run.pipeline, run.status, run.stack, run.owner, run.epoch, run.heartbeat_at, run.created_at, run.finished_at, run.failure";

export function getRun(database: SQLiteDatabase, id: string): RunRecord | undefined {
  const row = database.get<RunRow & { outputs: string | null; document: string }>(
    `SELECT ${SUMMARY}, run.outputs, document FROM run JOIN run_document ON run_id = id WHERE id = ?`,
    id,
  );
  return row && { ...summaryOf(row), ...(JSON.parse(row.document) as Document), outputs: parsed(row.outputs) as RunRecord["outputs"] };
}

export function listRuns(
  database: SQLiteDatabase,
  { pipeline, status, name, idPrefix, ids }: RunFilter,
  page: PageOptions,
): Page<RunSummary> {
  if (ids && ids.length > 1000)
    throw new ZenError("bad_filter", `A listing can be asked for 1,000 runs by id, not for ${ids.length}.`, {
      hint: "Ask for them 1,000 at a time.",
    });
  const conditions: string[] = [];
  const values: string[] = [];
  const where = (condition: string, ...given: (string | undefined)[]): void => {
    if (given[0] === undefined) return;
    conditions.push(condition);
    values.push(...(given as string[]));
  };
  where("pipeline = ?", pipeline);
  where("status = ?", status);
  where("name = ?", name);
  where("id >= ? AND id < ?", idPrefix, `${idPrefix}\u{10ffff}`);
  where("id IN (SELECT value FROM json_each(?))", ids && JSON.stringify(ids));
  where("id < ?", page.cursor);
  const rows = database.all<RunRow>(
    `SELECT ${SUMMARY} FROM run ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""} ORDER BY id DESC LIMIT ?`,
    ...values,
    rowLimit(page),
  );
  return pageOf(rows, page, summaryOf, ({ id }) => id);
}

export function listPipelines(database: SQLiteDatabase, page: PageOptions): Page<PipelineRecord> {
  const rows = database.all<RunRow & { runs: number }>(
    `SELECT newest.runs, ${SUMMARY} FROM (SELECT pipeline, count(*) AS runs, max(id) AS id FROM run WHERE pipeline > ? GROUP BY pipeline ORDER BY pipeline LIMIT ?) AS newest JOIN run ON run.id = newest.id ORDER BY run.pipeline`,
    page.cursor ?? "",
    rowLimit(page),
  );
  return pageOf(
    rows,
    page,
    (row) => ({ name: row.pipeline, runs: row.runs, lastRun: summaryOf(row) }),
    ({ pipeline }) => pipeline,
  );
}

/** Creates a run, or, for whoever holds its lease, puts the whole record in place. The lease itself only `takeLease` changes. */
export function putRun(database: SQLiteDatabase, record: RunRecord, lease: Lease | undefined): void {
  const held = heldLease(database, record.id);
  const given = lease?.runId === record.id ? lease : undefined;
  if (!held) {
    if (given && !isSameLease(given, record.lease)) throw leaseLost(record.id, record.lease);
    insertRun(database, record);
    return;
  }
  if (!isSameLease(given ?? record.lease, held)) throw leaseLost(record.id, held);
  // Without a lease it may only be created, and that has been done.
  if (!given) return;
  database.run(
    "UPDATE run SET name = ?, pipeline = ?, status = ?, stack = ?, heartbeat_at = ?, created_at = ?, finished_at = ?, failure = ?, outputs = ? WHERE id = ?",
    record.name,
    record.pipeline,
    record.status,
    record.stack,
    record.heartbeatAt,
    record.createdAt,
    record.finishedAt,
    stored(record.failure),
    stored(record.outputs),
    record.id,
  );
  // SQLite doesn't write pages whose bytes stay the same.
  database.run("UPDATE run_document SET document = ? WHERE run_id = ?", documentOf(record), record.id);
}

export function finishRun(
  database: SQLiteDatabase,
  { runId, status, outputs, failure, finishedAt }: Extract<Change, { kind: "run_finished" }>,
): void {
  database.run(
    "UPDATE run SET status = ?, outputs = ?, failure = ?, finished_at = ? WHERE id = ?",
    status,
    stored(outputs),
    stored(failure),
    finishedAt,
    runId,
  );
}

export function noteHeartbeat(database: SQLiteDatabase, { runId, at }: Extract<Change, { kind: "heartbeat" }>): void {
  database.run("UPDATE run SET heartbeat_at = ? WHERE id = ?", at, runId);
}

/**
 * Checks that the caller may change the run.
 *
 * @throws ZenError `lease_lost`
 */
export function assertLease(database: SQLiteDatabase, runId: string, lease: Lease | undefined): void {
  const held = heldLease(database, runId);
  if (!held)
    throw new ZenError("lease_lost", `The run ${runId} is not in the metadata store any more: it was deleted while it ran.`, {
      hint: "Run the pipeline again.",
    });
  if (lease?.runId !== runId)
    throw new ZenError("lease_lost", `A change of the run ${runId} came without its lease.`, {
      hint: "Only the process that runs it may change it.",
      details: { runId },
    });
  if (!isSameLease(lease, held)) throw leaseLost(runId, held);
}

export function takeLease(database: SQLiteDatabase, runId: string, owner: RunOwner, expected: number): Lease {
  const held = heldLease(database, runId);
  if (!held) throw runNotFound(runId);
  if (held.epoch !== expected) throw leaseLost(runId, held);
  database.run("UPDATE run SET owner = ?, epoch = ? WHERE id = ?", JSON.stringify(owner), expected + 1, runId);
  return { runId, owner, epoch: expected + 1 };
}

export function runNotFound(runId: string): ZenError {
  return new ZenError("run_not_found", `There is no run ${runId} in the metadata store.`, { hint: "See which there are: zen run list" });
}

function insertRun(database: SQLiteDatabase, record: RunRecord): void {
  database.run(
    "INSERT INTO run (id, name, pipeline, status, stack, owner, epoch, heartbeat_at, created_at, finished_at, failure, outputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    record.id,
    record.name,
    record.pipeline,
    record.status,
    record.stack,
    JSON.stringify(record.lease.owner),
    record.lease.epoch,
    record.heartbeatAt,
    record.createdAt,
    record.finishedAt,
    stored(record.failure),
    stored(record.outputs),
  );
  database.run("INSERT INTO run_document (run_id, document) VALUES (?, ?)", record.id, documentOf(record));
}

/** What a run keeps that doesn't change while it runs, and that lists don't show. */
type Document = Pick<RunRecord, "spec" | "root" | "components" | "runtimeConfiguration" | "zenVersion">;

function documentOf({ spec, root, components, runtimeConfiguration, zenVersion }: RunRecord): string {
  return JSON.stringify({ spec, root, components, runtimeConfiguration, zenVersion } satisfies Document);
}

function summaryOf(row: RunRow): RunSummary {
  const { id, name, pipeline, status, stack, epoch } = row;
  const lease: Lease = { runId: id, owner: JSON.parse(row.owner) as RunOwner, epoch };
  return {
    id,
    name,
    pipeline,
    status,
    stack,
    lease,
    heartbeatAt: row.heartbeat_at,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    failure: parsed(row.failure) as RunSummary["failure"],
  };
}

function heldLease(database: SQLiteDatabase, runId: string): Lease | undefined {
  const row = database.get<Pick<RunRow, "owner" | "epoch">>("SELECT owner, epoch FROM run WHERE id = ?", runId);
  return row && { runId, owner: JSON.parse(row.owner) as RunOwner, epoch: row.epoch };
}

function isSameLease(a: Lease, b: Lease): boolean {
  return (
    a.epoch === b.epoch &&
    a.owner.host === b.owner.host &&
    a.owner.bootId === b.owner.bootId &&
    a.owner.pid === b.owner.pid &&
    a.owner.processStart === b.owner.processStart
  );
}

function leaseLost(runId: string, { owner, epoch }: Lease): ZenError {
  return new ZenError(
    "lease_lost",
    `The run ${runId} belongs to another process now: pid ${owner.pid} on ${owner.host}, which resumed it.`,
    {
      hint: `Leave it to that process; to see how it goes: zen run describe ${runId}`,
      details: { runId, owner, epoch },
    },
  );
}

function stored(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function parsed(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
