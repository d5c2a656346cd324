import {
  BaseMetadataStore,
  ZenError,
  type ArtifactFilter,
  type ArtifactRecord,
  type AttemptRecord,
  type CachedStep,
  type Change,
  type Lease,
  type Page,
  type PageOptions,
  type PipelineRecord,
  type RunFilter,
  type RunRecord,
  type RunSummary,
  type StepRecord,
} from "@zen/core";
import { absolutePath } from "./absolute-path.ts";
import { listArtifacts, putArtifact } from "./artifact-table.ts";
import { listAttempts, putAttempt } from "./attempt-table.ts";
import { removeLineage } from "./lineage.ts";
import { assertLease, finishRun, getRun, listPipelines, listRuns, noteHeartbeat, putRun, runNotFound, takeLease } from "./run-table.ts";
import { SQLiteDatabase } from "./sqlite-database.ts";
import { findCached, listConsumers, listSteps, putStep } from "./step-table.ts";

const NOTHING: Page<never> = { entries: [], cursor: undefined };

/**
 * Metadata in one SQLite file, which many processes of this machine may use at once. Made by the first commit; until then
 * every query finds nothing.
 *
 * A commit survives the process. After a power cut the commits of the last moments may be missing (`synchronous=NORMAL`);
 * the file is never damaged by one. A file with ML Metadata's tables is never written: `zen.db` beside it is used.
 */
export class SQLiteMetadataStore extends BaseMetadataStore<typeof SQLiteMetadataStore.configSchema> {
  static override readonly FLAVOR: string = "sqlite";
  static override readonly configSchema = BaseMetadataStore.configSchema.extend({
    uri: absolutePath("The SQLite file that holds the metadata: an absolute path, made on first use"),
  });

  #database: SQLiteDatabase | undefined;

  override get uri(): string {
    return this.config.uri;
  }

  override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
    if (changes.length === 0) return;
    const database = this.#open();
    database.transaction(() => {
      // One look per run: nobody else can take its lease before the transaction ends.
      const checked = new Set<string>();
      for (const change of changes) {
        if (change.kind === "run") {
          putRun(database, change.record, lease);
          continue;
        }
        const runId = "record" in change ? change.record.runId : change.runId;
        if (!checked.has(runId)) assertLease(database, runId, lease);
        checked.add(runId);
        apply(database, change);
      }
    });
  }

  override async takeLease(runId: string, owner: Lease["owner"], expected: number): Promise<Lease> {
    const database = this.#find();
    if (!database) throw runNotFound(runId);
    return database.transaction(() => takeLease(database, runId, owner, expected));
  }

  override async getRun(id: string): Promise<RunRecord | undefined> {
    const database = this.#find();
    return database && getRun(database, id);
  }

  override async listRuns(filter: RunFilter, page: PageOptions = {}): Promise<Page<RunSummary>> {
    const database = this.#find();
    return database ? listRuns(database, filter, page) : NOTHING;
  }

  override async listPipelines(page: PageOptions = {}): Promise<Page<PipelineRecord>> {
    const database = this.#find();
    return database ? listPipelines(database, page) : NOTHING;
  }

  override async listSteps(runId: string, page: PageOptions = {}): Promise<Page<StepRecord>> {
    const database = this.#find();
    return database ? listSteps(database, runId, page) : NOTHING;
  }

  override async listAttempts(runId: string, node?: string, page: PageOptions = {}): Promise<Page<AttemptRecord>> {
    const database = this.#find();
    return database ? listAttempts(database, runId, node, page) : NOTHING;
  }

  override async listArtifacts(filter: ArtifactFilter, page: PageOptions = {}): Promise<Page<ArtifactRecord>> {
    const database = this.#find();
    return database ? listArtifacts(database, filter, page) : NOTHING;
  }

  override async listConsumers(artifactId: string, page: PageOptions = {}): Promise<Page<StepRecord>> {
    const database = this.#find();
    return database ? listConsumers(database, artifactId, page) : NOTHING;
  }

  override async findCached(cacheKey: string, limit = 5): Promise<readonly CachedStep[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > 100)
      throw new ZenError("bad_limit", `A look-up in the cache can't give ${limit} steps.`, { hint: "Ask for 1 to 100." });
    const database = this.#find();
    return database ? findCached(database, cacheKey, limit) : [];
  }

  override async deleteRun(runId: string): Promise<void> {
    const database = this.#find();
    database?.transaction(() => {
      for (const { seq, record } of database.all<{ seq: number; record: string }>("SELECT seq, record FROM step WHERE run_id = ?", runId))
        removeLineage(database, seq, JSON.parse(record) as StepRecord);
      for (const table of ["step", "attempt", "artifact", "run_document"]) database.run(`DELETE FROM ${table} WHERE run_id = ?`, runId);
      database.run("DELETE FROM run WHERE id = ?", runId);
    });
  }

  override async close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
  }

  /** For a writer: the file is made if it isn't there. */
  #open(): SQLiteDatabase {
    return this.#inPlace() ?? (this.#database = SQLiteDatabase.open(this.uri, this.name, true)!);
  }

  /** For a reader: undefined while there is no file. */
  #find(): SQLiteDatabase | undefined {
    return this.#inPlace() ?? (this.#database = SQLiteDatabase.open(this.uri, this.name, false));
  }

  /** The database that is open, unless its file was moved away, deleted or replaced since: then what is there now has to be opened. */
  #inPlace(): SQLiteDatabase | undefined {
    if (this.#database && !this.#database.isInPlace) {
      this.#database.close();
      this.#database = undefined;
    }
    return this.#database;
  }
}

function apply(database: SQLiteDatabase, change: Exclude<Change, { kind: "run" }>): void {
  switch (change.kind) {
    case "run_finished":
      return finishRun(database, change);
    case "heartbeat":
      return noteHeartbeat(database, change);
    case "step":
      return putStep(database, change.record);
    case "attempt":
      return putAttempt(database, change.record);
    case "artifact":
      return putArtifact(database, change.record);
  }
}
