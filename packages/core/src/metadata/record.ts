import type { Binding, PipelineSpec } from "../pipeline/spec.ts";
import type { Json } from "../pipeline/types.ts";
import type { Lease } from "./change.ts";

/** What a store keeps of a run. `interrupted` is never stored: it is derived when read (`engine/run-status.ts`). */
export type StoredRunStatus = "running" | "completed" | "failed" | "cancelled";

/** What became of a step. `skipped`: it stands in a branch that wasn't taken. */
export type StepStatus = "running" | "completed" | "failed" | "cancelled" | "skipped";

/** Why something failed, as a person should read it. */
export interface FailureRecord {
  /** The error's class or code. */
  readonly name: string;
  readonly message: string;
  /** The user's own frames, one per line. */
  readonly stack?: string;
  readonly hint?: string;
}

/**
 * A value that a run has made, as references: a tree whose leaves are parts of artifacts or plain values. It is the
 * resolved half of `Binding` (no node, item or comparison is left in it).
 */
export type ResolvedBinding =
  | Extract<Binding, { kind: "value" } | { kind: "artifact" } | { kind: "secret" }>
  | { kind: "list"; items: ResolvedBinding[] }
  | { kind: "object"; fields: Record<string, ResolvedBinding> };

/** A run without its graph. Times are ISO 8601, UTC, milliseconds, `Z`, in this record and all others. */
export interface RunSummary {
  /** UUIDv7. */
  readonly id: string;
  /** A label, not unique. */
  readonly name: string;
  readonly pipeline: string;
  readonly status: StoredRunStatus;
  /** The stack's name. */
  readonly stack: string;
  readonly lease: Lease;
  /** When the owner last said that it is alive. */
  readonly heartbeatAt: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** All that is kept of a run, but for its steps, attempts and artifacts. */
export interface RunRecord extends RunSummary {
  readonly spec: PipelineSpec;
  /** The folder that `spec.module` is relative to; null if the module isn't known. */
  readonly root: string | null;
  /** The components of the stack: type → name, flavor, uuid. */
  readonly components: Readonly<Record<string, { readonly name: string; readonly flavor: string; readonly uuid: string }>>;
  readonly runtimeConfiguration: Readonly<Record<string, Json>>;
  /** Null until the run has completed. */
  readonly outputs: ResolvedBinding | null;
  /** The version of @zen/core that ran it. */
  readonly zenVersion: string;
}

/** One node of one run, with the keys of its map items. */
export interface StepRecord {
  readonly runId: string;
  /** `sweep/fit[2]`: unique within the run. */
  readonly node: string;
  /** The step's own name. */
  readonly step: string;
  readonly status: StepStatus;
  readonly cached: boolean;
  /** Why it was, or wasn't, served from the cache. */
  readonly reason: string;
  /** Null if it may not be cached. */
  readonly cacheKey: string | null;
  /** The id of the run whose artifacts it reuses, if cached. */
  readonly cachedFrom: string | null;
  /** By input name. Null for a step that was skipped or never resolved its inputs. */
  readonly inputs: ResolvedBinding | null;
  /** Artifact ids, by output name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** How many attempts there were. */
  readonly attempts: number;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** One attempt of a step. */
export interface AttemptRecord {
  /** UUIDv7. */
  readonly id: string;
  readonly runId: string;
  readonly node: string;
  /** From 1. */
  readonly number: number;
  readonly status: Exclude<StepStatus, "skipped">;
  /** How many log objects there are: `<run id>/<attempt id>.<n>.log`, n from 0. */
  readonly logs: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** One stored value: what a step gave as one of its outputs. */
export interface ArtifactRecord {
  /** UUIDv7. */
  readonly id: string;
  readonly runId: string;
  /** The node that made it, with keys. */
  readonly node: string;
  readonly output: string;
  /** `<node>.<output>`. */
  readonly name: string;
  /** The `path` of the artifact store that holds it. */
  readonly store: string;
  readonly key: string;
  /** Of the stored bytes, in bytes. */
  readonly size: number;
  /** `sha256:<hex>` of the stored bytes. */
  readonly digest: string;
  readonly materializer: "json" | "rich" | "text" | "bytes" | "file";
  /** The file's own name, for `file`. */
  readonly fileName: string | null;
  readonly metadata: Readonly<Record<string, Json>>;
  readonly createdAt: string;
}

/** A pipeline that has runs. */
export interface PipelineRecord {
  readonly name: string;
  /** How many. */
  readonly runs: number;
  /** Its newest run. */
  readonly lastRun: RunSummary;
}

/** A completed step whose outputs another run may reuse. */
export interface CachedStep {
  readonly runId: string;
  readonly node: string;
  readonly finishedAt: string;
  /** By output name. */
  readonly outputs: Readonly<Record<string, ArtifactRecord>>;
}

/** Which runs. All conditions must hold; without any, all runs. */
export interface RunFilter {
  readonly pipeline?: string | undefined;
  readonly status?: StoredRunStatus | undefined;
  readonly name?: string | undefined;
  /** The beginning of an id. */
  readonly idPrefix?: string | undefined;
  /** At most 1,000. */
  readonly ids?: readonly string[] | undefined;
}

/** Which artifacts. All conditions must hold; without any, all artifacts. */
export interface ArtifactFilter {
  readonly runId?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly name?: string | undefined;
  readonly idPrefix?: string | undefined;
  /** At most 1,000. */
  readonly ids?: readonly string[] | undefined;
}
