import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { sha256 } from "../artifact/digest.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { ArtifactRecord, RunRecord, StepRecord } from "../metadata/record.ts";

interface LocalFlavors {
  readonly LocalArtifactStore: new (options: { name: string; path: string }) => BaseArtifactStore;
  readonly SQLiteMetadataStore: new (options: { name: string; uri: string }) => BaseMetadataStore;
}

// Not by a path that the compiler follows: there the flavors extend the classes of core's build, and here its sources are tested.
const flavors = path.resolve(import.meta.dirname, "../../../../integrations/local/src/index.ts");
const { LocalArtifactStore, SQLiteMetadataStore } = (await import(flavors)) as LocalFlavors;

function folderOf(name: string): string {
  const root = mkdtempSync(path.join(tmpdir(), "zen-core-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return path.join(root, name);
}

/** An empty artifact store of the flavor local. */
export function artifactStore(name: string, folder = folderOf(name)): BaseArtifactStore {
  return new LocalArtifactStore({ name, path: folder });
}

/** An empty metadata store of the flavor sqlite. */
export function metadataStore(name: string): BaseMetadataStore {
  const store = new SQLiteMetadataStore({ name, uri: folderOf(`${name}.db`) });
  onTestFinished(() => store.close());
  return store;
}

const AT = "2026-11-25T12:00:00.000Z";
const OWNER = { host: "laptop", bootId: "boot-1", pid: 4711, processStart: "100" };

/** The nth id, in the order of time. */
export function idOf(n: number): string {
  return `01936e5a-0000-7000-8000-${String(n).padStart(12, "0")}`;
}

/** The record of the nth run, completed. */
export function runOf(n: number): RunRecord {
  const id = idOf(n);
  return {
    id,
    name: `run-${n}`,
    pipeline: "p",
    status: "completed",
    stack: "default",
    lease: { runId: id, owner: OWNER, epoch: 1 },
    heartbeatAt: AT,
    createdAt: AT,
    finishedAt: AT,
    failure: null,
    spec: {
      version: 1,
      pipeline: "p",
      module: null,
      export: null,
      parameters: {},
      nodes: [],
      outputs: { kind: "value", json: null },
      digest: "sha256:0",
    },
    root: null,
    components: {},
    runtimeConfiguration: {},
    outputs: null,
    zenVersion: "0.1.0",
  };
}

/** The record of a completed step with these outputs. */
export function stepOf(
  run: RunRecord,
  node: string,
  outputs: Readonly<Record<string, string>>,
  rest: Partial<StepRecord> = {},
): StepRecord {
  return {
    runId: run.id,
    node,
    step: node,
    status: "completed",
    cached: false,
    reason: "no earlier run",
    cacheKey: `key of ${node}`,
    cachedFrom: null,
    inputs: null,
    outputs,
    attempts: 1,
    metadata: {},
    startedAt: AT,
    finishedAt: AT,
    failure: null,
    ...rest,
  };
}

/** The record of an artifact with these bytes. */
export function artifactOf(n: number, run: RunRecord, node: string, bytes: Uint8Array, store: string): ArtifactRecord {
  return {
    id: idOf(n),
    runId: run.id,
    node,
    output: "output",
    name: `${node}.output`,
    store,
    key: `${run.id}/${idOf(n)}`,
    size: bytes.byteLength,
    digest: sha256(bytes),
    materializer: "bytes",
    fileName: null,
    metadata: {},
    createdAt: AT,
  };
}
