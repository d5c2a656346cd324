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
  type ResolvedBinding,
  type RunFilter,
  type RunRecord,
  type RunSummary,
  type StepRecord,
} from "@zen/core";
import * as z from "zod";

export interface Records {
  version: number;
  readonly runs: Map<string, RunRecord>;
  readonly steps: Map<string, StepRecord>;
  readonly attempts: Map<string, AttemptRecord>;
  readonly artifacts: Map<string, ArtifactRecord>;
}

const places = new Map<string, Records>();

export function recordsOf(place: string): Records {
  let records = places.get(place);
  if (!records) places.set(place, (records = { version: 1, runs: new Map(), steps: new Map(), attempts: new Map(), artifacts: new Map() }));
  return records;
}

const broken = new Set<string>();

/** Cuts the connection of a place's components, until what it returns is called. */
export function breakPlace(place: string): () => void {
  broken.add(place);
  return () => void broken.delete(place);
}

/** A metadata store that keeps every promise, if slowly: wrong ones differ from it by one method. */
export class MemoryMetadataStore extends BaseMetadataStore<typeof MemoryMetadataStore.configSchema> {
  static override readonly FLAVOR: string = "memory";
  static override readonly configSchema = z.object({ place: z.string() });

  override get uri(): string {
    return `memory://${this.config.place}`;
  }

  get records(): Records {
    if (this.isBroken)
      throw new ZenError("store_unavailable", `The metadata store "${this.name}" can't be reached.`, { hint: "Look at the network." });
    const records = recordsOf(this.config.place);
    if (records.version > 1) throw new ZenError("store_too_new", "It is too new.", { hint: "Update." });
    return records;
  }

  get isBroken(): boolean {
    return broken.has(this.config.place);
  }

  override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
    const { runs, steps, attempts, artifacts } = this.records;
    const before = [runs, steps, attempts, artifacts].map((map) => new Map<string, never>(map as Map<string, never>));
    try {
      for (const change of changes) this.apply(change, lease);
    } catch (error) {
      [runs, steps, attempts, artifacts].forEach((map, index) => {
        map.clear();
        for (const [key, record] of before[index]!) (map as Map<string, never>).set(key, record);
      });
      throw error;
    }
  }

  apply(change: Change, lease: Lease | undefined): void {
    const { runs, steps, attempts, artifacts } = this.records;
    if (change.kind === "run") {
      const { record } = change;
      const held = runs.get(record.id)?.lease;
      if (held && !this.same(lease ?? record.lease, held)) throw this.lost(record.id);
      if (!held || lease) runs.set(record.id, structuredClone(record));
      return;
    }
    const runId = "record" in change ? change.record.runId : change.runId;
    const run = runs.get(runId);
    if (!run || !lease || lease.runId !== runId || !this.same(lease, run.lease)) throw this.lost(runId);
    if (change.kind === "run_finished")
      runs.set(runId, { ...run, status: change.status, outputs: change.outputs, failure: change.failure, finishedAt: change.finishedAt });
    else if (change.kind === "heartbeat") runs.set(runId, { ...run, heartbeatAt: change.at });
    else if (change.kind === "step") steps.set(`${runId} ${change.record.node}`, structuredClone(change.record));
    else if (change.kind === "attempt") attempts.set(change.record.id, structuredClone(change.record));
    else artifacts.set(change.record.id, structuredClone(change.record));
  }

  override async takeLease(runId: string, owner: Lease["owner"], expected: number): Promise<Lease> {
    const run = this.records.runs.get(runId);
    if (!run) throw new ZenError("run_not_found", `There is no run ${runId}.`, { hint: "See which there are." });
    if (run.lease.epoch !== expected) throw this.lost(runId);
    const lease = { runId, owner, epoch: expected + 1 };
    this.records.runs.set(runId, { ...run, lease });
    return lease;
  }

  override async getRun(id: string): Promise<RunRecord | undefined> {
    return structuredClone(this.records.runs.get(id));
  }

  override async listRuns({ pipeline, status, name, idPrefix = "", ids }: RunFilter, page?: PageOptions): Promise<Page<RunSummary>> {
    const runs = [...this.records.runs.values()].filter(
      (run) =>
        (pipeline ?? run.pipeline) === run.pipeline &&
        (status ?? run.status) === run.status &&
        (name ?? run.name) === run.name &&
        run.id.startsWith(idPrefix) &&
        (!ids || ids.includes(run.id)),
    );
    return this.page(runs.sort((a, b) => (a.id < b.id ? 1 : -1)).map(summaryOf), page);
  }

  override async listPipelines(page?: PageOptions): Promise<Page<PipelineRecord>> {
    const { entries } = await this.listRuns({});
    const names = [...new Set(entries.map(({ pipeline }) => pipeline))].sort();
    return this.page(
      names.map((name) => {
        const runs = entries.filter(({ pipeline }) => pipeline === name);
        return { name, runs: runs.length, lastRun: runs[0]! };
      }),
      page,
    );
  }

  override async listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>> {
    const steps = [...this.records.steps.values()].filter((step) => step.runId === runId);
    return this.page(steps.sort(byStart), page);
  }

  override async listAttempts(runId: string, node?: string, page?: PageOptions): Promise<Page<AttemptRecord>> {
    const attempts = [...this.records.attempts.values()].filter(
      (attempt) => attempt.runId === runId && (node ?? attempt.node) === attempt.node,
    );
    return this.page(attempts.sort(byStart), page);
  }

  override async listArtifacts(
    { runId, pipeline, name, idPrefix = "", ids }: ArtifactFilter,
    page?: PageOptions,
  ): Promise<Page<ArtifactRecord>> {
    const artifacts = [...this.records.artifacts.values()].filter(
      (artifact) =>
        (runId ?? artifact.runId) === artifact.runId &&
        (pipeline === undefined || this.records.runs.get(artifact.runId)?.pipeline === pipeline) &&
        (name ?? artifact.name) === artifact.name &&
        artifact.id.startsWith(idPrefix) &&
        (!ids || ids.includes(artifact.id)),
    );
    return this.page(
      artifacts.sort((a, b) => (a.id < b.id ? 1 : -1)),
      page,
    );
  }

  override async listConsumers(artifactId: string, page?: PageOptions): Promise<Page<StepRecord>> {
    const steps = [...this.records.steps.values()].filter(({ inputs }) => this.takes(inputs, artifactId));
    return this.page(
      steps.sort((a, b) => byStart(b, a)),
      page,
    );
  }

  override async findCached(cacheKey: string, limit = 5): Promise<readonly CachedStep[]> {
    const steps = [...this.records.steps.values()].filter(
      (step) => step.cacheKey === cacheKey && step.status === "completed" && !step.cached,
    );
    return steps
      .sort((a, b) => (a.finishedAt! < b.finishedAt! ? 1 : -1))
      .slice(0, limit)
      .map(({ runId, node, finishedAt, outputs }) => ({
        runId,
        node,
        finishedAt: finishedAt!,
        outputs: Object.fromEntries(Object.entries(outputs).map(([name, id]) => [name, this.records.artifacts.get(id)!])),
      }));
  }

  override async deleteRun(runId: string): Promise<void> {
    const { runs, steps, attempts, artifacts } = this.records;
    runs.delete(runId);
    for (const map of [steps, attempts, artifacts]) for (const [key, record] of map) if (record.runId === runId) map.delete(key);
  }

  /** Whether an artifact stands somewhere in a step's inputs. */
  takes(binding: ResolvedBinding | null, id: string): boolean {
    if (binding?.kind === "artifact") return binding.id === id;
    if (binding?.kind === "list") return binding.items.some((item) => this.takes(item, id));
    return binding?.kind === "object" && Object.values(binding.fields).some((field) => this.takes(field, id));
  }

  same(a: Lease, b: Lease): boolean {
    return a.epoch === b.epoch && JSON.stringify(a.owner) === JSON.stringify(b.owner);
  }

  lost(runId: string): ZenError {
    return new ZenError("lease_lost", `The run ${runId} belongs to another process.`, { hint: "Leave it." });
  }

  page<Entry>(entries: readonly Entry[], { limit = 1000, cursor = "0" }: PageOptions = {}): Page<Entry> {
    const end = Number(cursor) + limit;
    return { entries: structuredClone(entries.slice(Number(cursor), end)), cursor: end < entries.length ? String(end) : undefined };
  }
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

function byStart(a: { readonly startedAt: string }, b: { readonly startedAt: string }): number {
  return a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0;
}
