import * as z from "zod";
import type { Change, Lease } from "../metadata/change.ts";
import type {
  ArtifactRecord,
  AttemptRecord,
  CachedStep,
  PipelineRecord,
  RunFilter,
  RunRecord,
  RunSummary,
  StepRecord,
  ArtifactFilter,
} from "../metadata/record.ts";
import type { ComponentCheck } from "./component-check.ts";
import { checkMetadataStore } from "./metadata-store-check.ts";
import { StackComponent } from "./stack-component.ts";

/** Which part of a listing. Lists are newest first, except steps and attempts, which are in the order they started. */
export interface PageOptions {
  /** Entries per page, 1 to 1,000. @default 1,000 */
  readonly limit?: number | undefined;
  /** Of the page before. */
  readonly cursor?: string | undefined;
}

/** One page of a listing. */
export interface Page<Entry> {
  readonly entries: readonly Entry[];
  /** Pass it to the next call; undefined on the last page. */
  readonly cursor: string | undefined;
}

/**
 * Remembers pipelines, runs, steps, attempts, artifacts and their lineage.
 *
 * What a flavor promises, and `metadataStoreConformance` checks:
 * - **{@link BaseMetadataStore.commit} is atomic and idempotent**: all changes or none; every record carries an id made by
 *   the client, and committing it again changes nothing more;
 * - **a lease guards each run**: a commit with a lease that has passed to another process is refused with `lease_lost`;
 * - a reader sees a commit whole or not at all, in this process and in others, as soon as it has resolved;
 * - many processes may use one store at once; none loses a commit, none waits for long;
 * - every query is one round trip per page, whatever the number of entries; look-ups by id, run, name and cache key are
 *   indexed;
 * - **a record is kept as it was given**: text of any characters (in names, of whole ones), any JSON, some MiB of it; names
 *   and keys that differ in one character are different;
 * - what can't be done is said by a `ZenError`, `store_unavailable`, `store_full` or `store_forbidden`, which names the
 *   component and what to do. Nothing that was committed is lost by it, nothing is answered as if there were no records,
 *   and once the cause is gone the same component works on;
 * - a store with a newer schema than the program's is refused with `store_too_new` and not touched; an older one is
 *   migrated forward at the first commit or query, atomically.
 */
export abstract class BaseMetadataStore<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "metadata_store";
  static override readonly CONTRACT: number = 1;
  static override readonly configSchema = z.object({});

  /** Where the metadata is kept, for people: a file, or a URL without secrets. */
  abstract get uri(): string;

  /** Asks for a run, and has a commit of one taken back: nobody ever sees it. */
  override async check(check: ComponentCheck): Promise<void> {
    await checkMetadataStore(this, check);
  }

  /**
   * Applies all changes, in order, or none.
   *
   * @param lease whoever runs the run passes the lease that it holds; changes without one may only create runs.
   * @throws ZenError `lease_lost`, `store_too_new`, `store_unavailable`, `store_full`, `store_forbidden`.
   */
  abstract commit(changes: readonly Change[], lease?: Lease): Promise<void>;

  /**
   * Takes a run's lease over, for a resume: sets the owner and raises the epoch by one.
   *
   * @returns the new lease
   * @throws ZenError `lease_lost` if the run's epoch isn't `expected` any more; `run_not_found`.
   */
  abstract takeLease(runId: string, owner: Lease["owner"], expected: number): Promise<Lease>;

  /** A run with its spec and outputs. */
  abstract getRun(id: string): Promise<RunRecord | undefined>;

  /** Runs, newest first, without spec and outputs. */
  abstract listRuns(filter: RunFilter, page?: PageOptions): Promise<Page<RunSummary>>;

  /** Pipelines that have runs, by name. */
  abstract listPipelines(page?: PageOptions): Promise<Page<PipelineRecord>>;

  /** The steps of a run, in the order they started. */
  abstract listSteps(runId: string, page?: PageOptions): Promise<Page<StepRecord>>;

  /** The attempts of a run, or of one of its nodes, in the order they started. */
  abstract listAttempts(runId: string, node?: string, page?: PageOptions): Promise<Page<AttemptRecord>>;

  /** Artifacts, newest first. */
  abstract listArtifacts(filter: ArtifactFilter, page?: PageOptions): Promise<Page<ArtifactRecord>>;

  /** Lineage, forward: the steps of all runs that took the artifact as an input, newest first. */
  abstract listConsumers(artifactId: string, page?: PageOptions): Promise<Page<StepRecord>>;

  /**
   * Steps that completed (and were not themselves cached) under this cache key, newest first, with the records of their
   * outputs: what a look-up may reuse.
   *
   * @param limit 1 to 100; default 5
   */
  abstract findCached(cacheKey: string, limit?: number): Promise<readonly CachedStep[]>;

  /** Removes a run with its steps and attempts, and its artifacts' records. Bytes are the artifact store's. */
  abstract deleteRun(runId: string): Promise<void>;
}
