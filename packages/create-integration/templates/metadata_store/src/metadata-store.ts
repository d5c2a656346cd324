import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  BaseMetadataStore,
  isZenError,
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
  type ResolvedBinding,
  type RunFilter,
  type RunRecord,
  type RunSummary,
  type StepRecord,
} from "@zen/core";
import * as z from "zod";

interface Records {
  readonly run: RunRecord;
  readonly step: StepRecord;
  readonly attempt: AttemptRecord;
  readonly artifact: ArtifactRecord;
}
type Kind = keyof Records;

const VERSION = 1;
const BUSY_MILLISECONDS = 10_000;

/**
 * Keeps records as JSON in one SQLite file, and looks at all of a kind for each question: right, and slow when there are many.
 * Where they are kept, and the questions, are yours to replace.
 */
export class TemplateMetadataStore extends BaseMetadataStore<typeof TemplateMetadataStore.configSchema> {
  static override readonly FLAVOR: string = "template";
  static override readonly configSchema = BaseMetadataStore.configSchema.extend({
    file: z.string().min(1).meta({ description: "The file that holds the records: an absolute path, made on first use" }),
  });

  #open: DatabaseSync | undefined;

  override get uri(): string {
    return this.config.file;
  }

  override async close(): Promise<void> {
    this.#open?.close();
    this.#open = undefined;
  }

  override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
    this.#atomically(() => {
      for (const change of changes) this.#apply(change, lease);
    });
  }

  override async takeLease(runId: string, owner: Lease["owner"], expected: number): Promise<Lease> {
    return this.#atomically(() => {
      const run = this.#get("run", runId);
      if (!run)
        throw new ZenError("run_not_found", `There is no run ${runId} in ${this.uri}.`, { hint: "See which there are: zen run list" });
      if (run.lease.epoch !== expected) throw lost(runId);
      const lease = { runId, owner, epoch: expected + 1 };
      this.#put("run", runId, runId, { ...run, lease });
      return lease;
    });
  }

  override async getRun(id: string): Promise<RunRecord | undefined> {
    return this.#asked(() => this.#get("run", id));
  }

  override async listRuns({ pipeline, status, name, idPrefix = "", ids }: RunFilter, page?: PageOptions): Promise<Page<RunSummary>> {
    const runs = this.#all("run").filter(
      (run) =>
        (pipeline ?? run.pipeline) === run.pipeline &&
        (status ?? run.status) === run.status &&
        (name ?? run.name) === run.name &&
        run.id.startsWith(idPrefix) &&
        (!ids || ids.includes(run.id)),
    );
    return pageOf(runs.sort(newestFirst).map(summaryOf), page);
  }

  override async listPipelines(page?: PageOptions): Promise<Page<PipelineRecord>> {
    const runs = this.#all("run").sort(newestFirst).map(summaryOf);
    const byName = [...Map.groupBy(runs, ({ pipeline }) => pipeline)].sort(([a], [b]) => (a < b ? -1 : 1));
    return pageOf(
      byName.map(([name, own]) => ({ name, runs: own.length, lastRun: own[0]! })),
      page,
    );
  }

  override async listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>> {
    return pageOf(this.#all("step", runId).sort(byStart), page);
  }

  override async listAttempts(runId: string, node?: string, page?: PageOptions): Promise<Page<AttemptRecord>> {
    const attempts = this.#all("attempt", runId).filter((attempt) => (node ?? attempt.node) === attempt.node);
    return pageOf(attempts.sort(byStart), page);
  }

  override async listArtifacts(
    { runId, pipeline, name, idPrefix = "", ids }: ArtifactFilter,
    page?: PageOptions,
  ): Promise<Page<ArtifactRecord>> {
    const ofPipeline =
      pipeline === undefined ? undefined : new Set(this.#all("run").flatMap((run) => (run.pipeline === pipeline ? [run.id] : [])));
    const artifacts = this.#all("artifact", runId).filter(
      (artifact) =>
        (ofPipeline === undefined || ofPipeline.has(artifact.runId)) &&
        (name ?? artifact.name) === artifact.name &&
        artifact.id.startsWith(idPrefix) &&
        (!ids || ids.includes(artifact.id)),
    );
    return pageOf(artifacts.sort(newestFirst), page);
  }

  override async listConsumers(artifactId: string, page?: PageOptions): Promise<Page<StepRecord>> {
    const steps = this.#all("step").filter(({ inputs }) => takes(inputs, artifactId));
    return pageOf(
      steps.sort((a, b) => byStart(b, a)),
      page,
    );
  }

  override async findCached(cacheKey: string, limit = 5): Promise<readonly CachedStep[]> {
    const steps = this.#all("step").filter((step) => step.cacheKey === cacheKey && step.status === "completed" && !step.cached);
    const found = steps.sort((a, b) => (a.finishedAt! < b.finishedAt! ? 1 : -1)).slice(0, limit);
    return found.map(({ runId, node, finishedAt, outputs }) => ({
      runId,
      node,
      finishedAt: finishedAt!,
      outputs: Object.fromEntries(Object.entries(outputs).map(([name, id]) => [name, this.#get("artifact", id)!])),
    }));
  }

  override async deleteRun(runId: string): Promise<void> {
    this.#atomically(() => this.#database.prepare("DELETE FROM record WHERE run = ?").run(runId));
  }

  #apply(change: Change, lease: Lease | undefined): void {
    if (change.kind === "run") {
      const { record } = change;
      const held = this.#get("run", record.id)?.lease;
      if (held && !isSame(lease ?? record.lease, held)) throw lost(record.id);
      if (!held || lease) this.#put("run", record.id, record.id, record);
      return;
    }
    const runId = "record" in change ? change.record.runId : change.runId;
    const run = this.#get("run", runId);
    if (!run || !lease || lease.runId !== runId || !isSame(lease, run.lease)) throw lost(runId);
    if (change.kind === "run_finished") {
      const { status, outputs, failure, finishedAt } = change;
      this.#put("run", runId, runId, { ...run, status, outputs, failure, finishedAt });
    } else if (change.kind === "heartbeat") this.#put("run", runId, runId, { ...run, heartbeatAt: change.at });
    else if (change.kind === "step") this.#put("step", `${runId} ${change.record.node}`, runId, change.record);
    else this.#put(change.kind, change.record.id, runId, change.record);
  }

  #get<K extends Kind>(kind: K, id: string): Records[K] | undefined {
    const row = this.#database.prepare("SELECT json FROM record WHERE kind = ? AND id = ?").get(kind, id);
    return row && (JSON.parse(row["json"] as string) as Records[K]);
  }

  #put<K extends Kind>(kind: K, id: string, run: string, record: Records[K]): void {
    this.#database
      .prepare("INSERT OR REPLACE INTO record (kind, id, run, json) VALUES (?, ?, ?, ?)")
      .run(kind, id, run, JSON.stringify(record));
  }

  #all<K extends Kind>(kind: K, run?: string): Records[K][] {
    return this.#asked(() => {
      const rows =
        run === undefined
          ? this.#database.prepare("SELECT json FROM record WHERE kind = ?").all(kind)
          : this.#database.prepare("SELECT json FROM record WHERE kind = ? AND run = ?").all(kind, run);
      return rows.map((row) => JSON.parse(row["json"] as string) as Records[K]);
    });
  }

  /** All that work writes, or nothing: other processes wait for their turn. */
  #atomically<Result>(work: () => Result): Result {
    return this.#asked(() => {
      const database = this.#database;
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** Says which file it was that failed. */
  #asked<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (isZenError(error)) throw error;
      throw new ZenError("store_unavailable", `The metadata store "${this.name}" can't use ${this.uri}: ${(error as Error).message}.`, {
        hint: "Look whether the file and its folder can be written, and whether it is an SQLite file.",
        cause: error,
      });
    }
  }

  get #database(): DatabaseSync {
    if (this.#open) return this.#open;
    mkdirSync(path.dirname(this.uri), { recursive: true });
    const database = new DatabaseSync(this.uri, { timeout: BUSY_MILLISECONDS });
    const version = Number(database.prepare("PRAGMA user_version").get()!["user_version"]);
    if (version > VERSION) {
      database.close();
      throw new ZenError(
        "store_too_new",
        `${this.uri} was written by a newer version of this flavor (${version}; this one knows ${VERSION}).`,
        {
          hint: "Update the package that has the flavor.",
        },
      );
    }
    if (version < VERSION) {
      // Without a write-ahead log: with one, SQLite would go on writing to a file that was moved away.
      database.exec(`BEGIN IMMEDIATE;
        CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, run TEXT, json TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS record_run ON record (run, kind);
        PRAGMA user_version = ${VERSION};
        COMMIT`);
    }
    return (this.#open = database);
  }
}

/** Whether an artifact stands somewhere in a step's inputs. */
function takes(binding: ResolvedBinding | null, id: string): boolean {
  if (binding?.kind === "artifact") return binding.id === id;
  if (binding?.kind === "list") return binding.items.some((item) => takes(item, id));
  return binding?.kind === "object" && Object.values(binding.fields).some((field) => takes(field, id));
}

function isSame(a: Lease, b: Lease): boolean {
  return a.epoch === b.epoch && JSON.stringify(a.owner) === JSON.stringify(b.owner);
}

function lost(runId: string): ZenError {
  return new ZenError("lease_lost", `The run ${runId} belongs to another process.`, { hint: "Leave it to that process." });
}

function pageOf<Entry>(entries: readonly Entry[], { limit = 1000, cursor = "0" }: PageOptions = {}): Page<Entry> {
  const end = Number(cursor) + limit;
  return { entries: entries.slice(Number(cursor), end), cursor: end < entries.length ? String(end) : undefined };
}

function newestFirst(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? 1 : -1;
}

function byStart(a: { readonly startedAt: string }, b: { readonly startedAt: string }): number {
  return a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0;
}

function summaryOf({
  spec: _,
  root: _root,
  components: _components,
  runtimeConfiguration: _runtime,
  outputs: _outputs,
  zenVersion: _version,
  ...summary
}: RunRecord): RunSummary {
  return summary;
}
