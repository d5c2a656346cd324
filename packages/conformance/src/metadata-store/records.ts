import type {
  ArtifactRecord,
  AttemptRecord,
  BaseMetadataStore,
  Change,
  Lease,
  Page,
  ResolvedBinding,
  RunOwner,
  RunRecord,
  StepRecord,
} from "@zen/core";

/** The `n`th UUIDv7 of a test: they sort by `n`. */
export function id(n: number): string {
  return `0198a000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** The time `n` milliseconds after the beginning of a test. */
export function at(n: number): string {
  return new Date(Date.UTC(2026, 0, 1) + n).toISOString();
}

export const OWNER: RunOwner = { host: "laptop", bootId: "boot-1", pid: 4711, processStart: "100" };
export const OTHER_OWNER: RunOwner = { ...OWNER, pid: 4712, processStart: "200" };

export function leaseOf(n: number, owner = OWNER, epoch = 1): Lease {
  return { runId: id(n), owner, epoch };
}

export function run(n: number, rest: Partial<RunRecord> = {}): RunRecord {
  return {
    id: id(n),
    name: `run-${n}`,
    pipeline: "training",
    status: "running",
    stack: "default",
    lease: leaseOf(n),
    heartbeatAt: at(n),
    createdAt: at(n),
    finishedAt: null,
    failure: null,
    spec: {
      version: 1,
      pipeline: "training",
      module: "src/pipeline.ts",
      export: "training",
      parameters: {},
      nodes: [],
      outputs: { kind: "object", fields: {} },
      digest: "sha256:0",
    },
    root: "/home/ada/project",
    components: {},
    runtimeConfiguration: {},
    outputs: null,
    zenVersion: "0.1.0",
    ...rest,
  };
}

export function step(n: number, node: string, rest: Partial<StepRecord> = {}): StepRecord {
  return {
    runId: id(n),
    node,
    step: node,
    status: "completed",
    cached: false,
    reason: "it never ran before",
    cacheKey: null,
    cachedFrom: null,
    inputs: null,
    outputs: {},
    attempts: 1,
    metadata: {},
    startedAt: at(n),
    finishedAt: at(n + 1),
    failure: null,
    ...rest,
  };
}

export function attempt(n: number, runNumber: number, node: string, rest: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    id: id(n),
    runId: id(runNumber),
    node,
    number: 1,
    status: "completed",
    logs: 0,
    startedAt: at(n),
    finishedAt: at(n + 1),
    failure: null,
    ...rest,
  };
}

export function artifact(n: number, runNumber: number, node: string, rest: Partial<ArtifactRecord> = {}): ArtifactRecord {
  return {
    id: id(n),
    runId: id(runNumber),
    node,
    output: "output",
    name: `${node}.output`,
    store: "/tmp/artifacts",
    key: `${id(runNumber)}/${id(n)}`,
    size: 17,
    digest: `sha256:${"0".repeat(64)}`,
    materializer: "json",
    fileName: null,
    metadata: {},
    createdAt: at(n),
    ...rest,
  };
}

export const ofArtifact = (n: number): ResolvedBinding => ({ kind: "artifact", id: id(n) });
export const inputs = (fields: Record<string, ResolvedBinding>): ResolvedBinding => ({ kind: "object", fields });

export const putRun = (record: RunRecord): Change => ({ kind: "run", record });
export const putStep = (record: StepRecord): Change => ({ kind: "step", record });
export const putAttempt = (record: AttemptRecord): Change => ({ kind: "attempt", record });
export const putArtifact = (record: ArtifactRecord): Change => ({ kind: "artifact", record });

/** Puts runs in place, as the processes that own them would. */
export async function create(store: BaseMetadataStore, ...records: readonly RunRecord[]): Promise<void> {
  for (const record of records) await store.commit([putRun(record)], record.lease);
}

/** All entries of a listing, page by page. */
export async function allOf<Entry>(
  list: (page: { limit: number | undefined; cursor: string | undefined }) => Promise<Page<Entry>>,
  limit?: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, cursor });
    entries.push(...page.entries);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return entries;
}
