import {
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
import { breakPlace, MemoryMetadataStore, recordsOf, type Records } from "./memory-metadata-store.fixture.ts";
import { MetadataStoreCase, metadataStoreChecks, metadataStoreConformance } from "./metadata-store.ts";
import { expectAllCovered, expectSeenThrough, WRONG_SETTINGS } from "./wrong-flavors.fixture.ts";

type Flavor = typeof MemoryMetadataStore;

const subject = (Flavor: Flavor) => ({
  name: Flavor.name,
  create: (place: string) => new Flavor({ name: "test", place }),
  makeNewer: (place: string) => {
    recordsOf(place).version = 2;
  },
  break: breakPlace,
});

const CODES = ["store_forbidden", "store_full", "store_unavailable"] as const;

/** Can keep nothing, and says so. */
const failing = (code: string): MemoryMetadataStore =>
  new (class extends MemoryMetadataStore {
    override async commit(): Promise<void> {
      throw new ZenError(code, `The metadata store "${this.name}" keeps nothing.`, { hint: "Use another store." });
    }
  })({ name: "small", place: "failing" });

metadataStoreConformance({
  ...subject(MemoryMetadataStore),
  failing: Object.fromEntries(CODES.map((code) => [code, () => failing(code)])),
});

const wrong: readonly (readonly [promise: string, Flavor])[] = [
  [
    "finds nothing in a store that nobody has written to",
    class extends MemoryMetadataStore {
      override async getRun(id: string): Promise<RunRecord | undefined> {
        return (await super.getRun(id)) ?? (null as never);
      }
    },
  ],
  [
    "keeps every field of every record as it was given",
    class extends MemoryMetadataStore {
      override async listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>> {
        const { entries, cursor } = await super.listSteps(runId, page);
        return { entries: entries.map((entry) => ({ ...entry, failure: null })), cursor };
      }
    },
  ],
  [
    "applies all changes of a commit or none",
    class extends MemoryMetadataStore {
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        for (const change of changes) this.apply(change, lease);
      }
    },
  ],
  [
    "changes nothing more when a commit comes again",
    class extends MemoryMetadataStore {
      #count = 0;
      override apply(change: Change, lease: Lease | undefined): void {
        super.apply(change, lease);
        if (change.kind === "attempt") this.records.attempts.set(`again-${this.#count++}`, change.record);
      }
    },
  ],
  [
    "puts a whole record in the place of the one with its id",
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        if (change.kind === "artifact" && this.records.artifacts.has(change.record.id)) return;
        super.apply(change, lease);
      }
    },
  ],
  [
    "ends a run, and notes its heartbeat, without a new record",
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        super.apply(change, lease);
        if (change.kind === "run_finished") this.records.runs.set(change.runId, { ...this.records.runs.get(change.runId)!, outputs: null });
      }
    },
  ],
  [
    "shows a commit to other components as soon as it has resolved",
    // Remembers what it has read, until it writes itself.
    class extends MemoryMetadataStore {
      #seen: ReadonlyMap<string, RunRecord> | undefined;
      #writes = false;
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        this.#writes = true;
        return super.commit(changes, lease);
      }
      override async getRun(id: string): Promise<RunRecord | undefined> {
        if (this.#writes) return super.getRun(id);
        this.#seen ??= new Map(this.records.runs);
        return this.#seen.get(id);
      }
    },
  ],
  [
    "hands a run's lease to another process, and refuses the one before with lease_lost",
    // Looks at the epoch only.
    class extends MemoryMetadataStore {
      override same(a: Lease, b: Lease): boolean {
        return a.epoch === b.epoch;
      }
    },
  ],
  [
    "gives a lease only to who knows its epoch, and of two at once to one",
    class extends MemoryMetadataStore {
      override async takeLease(runId: string, owner: Lease["owner"], expected: number): Promise<Lease> {
        const held = (await this.getRun(runId))?.lease.epoch;
        return super.takeLease(runId, owner, held === expected ? this.records.runs.get(runId)!.lease.epoch : expected);
      }
    },
  ],
  [
    "creates a run without a lease, and refuses any other change without the run's",
    class extends MemoryMetadataStore {
      override commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        const [first] = changes;
        const runId = first && ("record" in first && first.kind !== "run" ? first.record.runId : undefined);
        return super.commit(changes, lease ?? (runId === undefined ? undefined : this.records.runs.get(runId)?.lease));
      }
    },
  ],
  [
    "leaves a run as it is when it is created a second time",
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        super.apply(change, change.kind === "run" ? (lease ?? change.record.lease) : lease);
      }
    },
  ],
  [
    "lists runs, newest first, by any conditions",
    // The last condition wins.
    class extends MemoryMetadataStore {
      override listRuns(filter: RunFilter, page?: PageOptions): Promise<Page<RunSummary>> {
        return super.listRuns(filter.status ? { status: filter.status } : filter, page);
      }
    },
  ],
  [
    "lists pipelines by name, each with the number of its runs and the newest",
    class extends MemoryMetadataStore {
      override async listPipelines(page?: PageOptions): Promise<Page<PipelineRecord>> {
        const all = (await super.listPipelines()).entries.map((entry) => ({ ...entry, runs: 1 }));
        return this.page(all, page);
      }
    },
  ],
  [
    "lists the steps of a run in the order they started, whenever they were committed",
    class extends MemoryMetadataStore {
      override async listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>> {
        return this.page(
          [...this.records.steps.values()].filter((step) => step.runId === runId),
          page,
        );
      }
    },
  ],
  [
    "lists the attempts of a run, or of one of its nodes, in the order they started",
    class extends MemoryMetadataStore {
      override listAttempts(runId: string, _node?: string, page?: PageOptions): Promise<Page<AttemptRecord>> {
        return super.listAttempts(runId, undefined, page);
      }
    },
  ],
  [
    "lists artifacts, newest first, by any conditions",
    // Takes no ids for all.
    class extends MemoryMetadataStore {
      override listArtifacts({ ids, ...filter }: ArtifactFilter, page?: PageOptions): Promise<Page<ArtifactRecord>> {
        return super.listArtifacts(ids?.length ? { ids, ...filter } : filter, page);
      }
    },
  ],
  [
    "gives a thousand entries to a page, unless it is asked for fewer",
    class extends MemoryMetadataStore {
      override page<Entry>(entries: readonly Entry[], options: PageOptions = {}): Page<Entry> {
        return super.page(entries, { limit: 100, ...options });
      }
    },
  ],
  [
    "lists the steps of all runs that took an artifact, newest first, wherever it stood in their inputs",
    // Looks at the first level only.
    class extends MemoryMetadataStore {
      override takes(binding: ResolvedBinding | null, id: string): boolean {
        return binding?.kind === "object" && Object.values(binding.fields).some((field) => field.kind === "artifact" && field.id === id);
      }
    },
  ],
  [
    "knows the inputs of a step that runs again, and forgets those before",
    class extends MemoryMetadataStore {
      readonly #ever = new Map<string, StepRecord>();
      override apply(change: Change, lease: Lease | undefined): void {
        super.apply(change, lease);
        if (change.kind === "step") this.#ever.set(`${this.#ever.size}`, change.record);
      }
      override async listConsumers(artifactId: string, page?: PageOptions): Promise<Page<StepRecord>> {
        return this.page(
          [...this.#ever.values()].filter(({ inputs }) => this.takes(inputs, artifactId)),
          page,
        );
      }
    },
  ],
  [
    "finds the steps that completed under a cache key, newest first, with the records of their outputs",
    class extends MemoryMetadataStore {
      override async findCached(cacheKey: string, limit?: number): Promise<readonly CachedStep[]> {
        return [...(await super.findCached(cacheKey, limit))].reverse();
      }
    },
  ],
  [
    "gives five such steps unless it is asked for more",
    class extends MemoryMetadataStore {
      override findCached(cacheKey: string, limit = 1): Promise<readonly CachedStep[]> {
        return super.findCached(cacheKey, limit);
      }
    },
  ],
  [
    "never finds a step that was cached itself, failed, or runs",
    class extends MemoryMetadataStore {
      override async findCached(cacheKey: string): Promise<readonly CachedStep[]> {
        const steps = [...this.records.steps.values()].filter((step) => step.cacheKey === cacheKey && step.status === "completed");
        return steps.map(({ runId, node, finishedAt }) => ({ runId, node, finishedAt: finishedAt!, outputs: {} }));
      }
    },
  ],
  [
    "deletes a run with its steps, attempts, artifacts and lineage, and nothing of other runs",
    class extends MemoryMetadataStore {
      override async deleteRun(runId: string): Promise<void> {
        this.records.runs.delete(runId);
      }
    },
  ],
  [
    "refuses with lease_lost what still comes for a run that was deleted",
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        if (change.kind !== "step" || this.records.runs.has(change.record.runId)) super.apply(change, lease);
      }
    },
  ],
  [
    "loses no commit of several components that write at once",
    // Reads, waits, and writes all of it back.
    class extends MemoryMetadataStore {
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        const { steps } = this.records;
        const read = new Map(steps);
        await super.commit(changes, lease);
        const mine = changes.flatMap((change) => (change.kind === "step" ? [change.record] : []));
        await new Promise((resolve) => setImmediate(resolve));
        steps.clear();
        for (const [key, record] of read) steps.set(key, record);
        for (const record of mine) steps.set(`${record.runId} ${record.node}`, record);
      }
    },
  ],
  [
    "shows a reader a commit whole or not at all",
    class extends MemoryMetadataStore {
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        for (const change of changes) {
          await super.commit([change], lease);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    },
  ],
  [
    "keeps records of several MiB, deep ones, and numbers at their limits",
    // A column of 64 KiB.
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        const isLong = (value: unknown): value is string => typeof value === "string" && value.length > 65_536;
        super.apply(
          JSON.parse(JSON.stringify(change), (_, value: unknown) => (isLong(value) ? value.slice(0, 65_536) : value)) as Change,
          lease,
        );
      }
    },
  ],
  [
    "keeps records of several MiB, deep ones, and numbers at their limits",
    // Numbers of single precision.
    class extends MemoryMetadataStore {
      override apply(change: Change, lease: Lease | undefined): void {
        const isFraction = (value: unknown): value is number => typeof value === "number" && !Number.isInteger(value);
        super.apply(
          JSON.parse(JSON.stringify(change), (_, value: unknown) => (isFraction(value) ? Math.fround(value) : value)) as Change,
          lease,
        );
      }
    },
  ],
  [
    "keeps apart the names of runs, pipelines, nodes and artifacts, and cache keys, whatever is in them",
    // Compares as some databases do: without case.
    class extends MemoryMetadataStore {
      override async listRuns({ pipeline, ...filter }: RunFilter, page?: PageOptions): Promise<Page<RunSummary>> {
        const { entries } = await super.listRuns(filter);
        return this.page(
          entries.filter((entry) => (pipeline ?? entry.pipeline).toLowerCase() === entry.pipeline.toLowerCase()),
          page,
        );
      }
    },
  ],
  [
    "keeps apart the names of runs, pipelines, nodes and artifacts, and cache keys, whatever is in them",
    // Makes one text of what looks the same.
    class extends MemoryMetadataStore {
      override async findCached(cacheKey: string, limit = 5): Promise<readonly CachedStep[]> {
        const keys = [...this.records.steps.values()].map((step) => step.cacheKey ?? "");
        const same = keys.filter((key) => key.normalize() === cacheKey.normalize());
        return (await Promise.all([...new Set(same)].map((key) => super.findCached(key, limit)))).flat();
      }
    },
  ],
  [
    "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    // Keeps for later what it can't send, and says that it was committed.
    class extends MemoryMetadataStore {
      readonly #later: [readonly Change[], Lease | undefined][] = [];
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        this.#later.push([changes, lease]);
        if (!this.isBroken) for (const [waiting, its] of this.#later.splice(0)) await super.commit(waiting, its);
      }
    },
  ],
  [
    "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    // Shows the error of its library.
    class extends MemoryMetadataStore {
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        if (this.isBroken) throw new Error("connect ECONNREFUSED");
        return super.commit(changes, lease);
      }
    },
  ],
  [
    "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    // Finds nothing where it can't look.
    class extends MemoryMetadataStore {
      override async listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>> {
        return this.isBroken ? { entries: [], cursor: undefined } : super.listSteps(runId, page);
      }
    },
  ],
  [
    "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    // Never connects again.
    class extends MemoryMetadataStore {
      #lost = false;
      override get isBroken(): boolean {
        return (this.#lost ||= super.isBroken);
      }
    },
  ],
  [
    "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    // Begins anew, with nothing.
    class extends MemoryMetadataStore {
      override get records(): Records {
        if (this.isBroken) for (const map of Object.values(recordsOf(this.config.place))) if (map instanceof Map) map.clear();
        return super.records;
      }
    },
  ],
  [
    "refuses a store that a newer version wrote with store_too_new, for reading and for writing",
    // Finds nothing in the cache where it can't look.
    class extends MemoryMetadataStore {
      override findCached(cacheKey: string, limit?: number): Promise<readonly CachedStep[]> {
        return super.findCached(cacheKey, limit).catch(() => []);
      }
    },
  ],
  [
    "finds nothing wrong with a store that works when it checks itself, and leaves nothing",
    // Doesn't take back what was part of a commit that it refuses.
    class extends MemoryMetadataStore {
      override async commit(changes: readonly Change[], lease?: Lease): Promise<void> {
        for (const change of changes) await super.commit([change], lease);
      }
    },
  ],
  [
    "says store_too_new when it checks itself",
    class extends MemoryMetadataStore {
      override async listRuns(filter: RunFilter): Promise<Page<RunSummary>> {
        return super.listRuns(filter).catch(() => ({ entries: [], cursor: undefined }));
      }
    },
  ],
  ...WRONG_SETTINGS.map(([promise, shape]): [string, Flavor] => [
    promise,
    class extends MemoryMetadataStore {
      static override readonly configSchema = MemoryMetadataStore.configSchema.extend(shape) as never;
    },
  ]),
];

expectSeenThrough(metadataStoreChecks, wrong, (flavor) => new MetadataStoreCase(subject(flavor)));

const HOOKED = [
  ...CODES.map((code) => `says ${code}, with the component's name and what to do`),
  ...["store_forbidden", "store_unavailable"].map((code) => `says ${code} when it checks itself, and what to do`),
];
expectSeenThrough(
  metadataStoreChecks,
  HOOKED.map((promise) => [promise, promise] as const),
  () =>
    new MetadataStoreCase({
      ...subject(MemoryMetadataStore),
      failing: Object.fromEntries(CODES.map((code) => [code, () => subject(MemoryMetadataStore).create("works")])),
    }),
);
expectAllCovered(metadataStoreChecks, wrong, HOOKED);
