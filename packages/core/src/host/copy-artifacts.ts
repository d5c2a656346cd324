import { copyArtifact, type CopyResult } from "../artifact/copy-artifact.ts";
import { hasObject } from "../artifact/has-object.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { failureOf } from "../engine/failure.ts";
import { runStatus } from "../engine/run-status.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { collect } from "../metadata/collect.ts";
import { copyRecords } from "../metadata/copy-records.ts";
import type { ArtifactRecord, RunRecord } from "../metadata/record.ts";

/** What became of one artifact: plain data. */
export interface CopiedArtifact {
  readonly id: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: string;
  /** Of the copy. */
  readonly uri: string;
  /** `planned`: it would be copied. */
  readonly status: CopyResult | "planned" | "failed";
  /** Why it failed. */
  readonly message?: string;
  /** What to do about that. */
  readonly hint?: string;
}

/** How far a copy is. */
export interface CopyProgress {
  /** One that has ended. */
  readonly ended?: CopiedArtifact;
  /** One that is under way, with the bytes that have been sent. */
  readonly sending?: { readonly name: string; readonly size: number; readonly bytes: number };
  /** How many have ended. */
  readonly done: number;
}

/** What will be copied. */
export interface CopyPlan {
  readonly artifacts: number;
  /** In bytes, of all of them. */
  readonly size: number;
}

export interface CopyOptions {
  /** How many artifacts at a time. */
  readonly concurrency: number;
  /** Only looks: nothing is read, written or recorded. */
  readonly dryRun: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onPlan?: ((plan: CopyPlan) => void) | undefined;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

export interface CopyOutcome {
  readonly artifacts: readonly CopiedArtifact[];
  /** How many were not begun, because it was stopped, or because the stores can't be used. */
  readonly notDone: number;
  /** How many records the metadata store of the other stack has got. */
  readonly recorded: number;
}

/** Where artifacts come from and go to. */
export interface CopyPlaces {
  readonly from: { readonly metadata: BaseMetadataStore; readonly holder: { of(record: ArtifactRecord): Promise<BaseArtifactStore> } };
  readonly to: { readonly metadata: BaseMetadataStore; readonly artifacts: BaseArtifactStore };
}

/** What is wrong with one artifact says nothing of the others; anything else would fail them all. */
const OF_ONE_ARTIFACT: ReadonlySet<string> = new Set(["artifact_missing", "artifact_damaged", "copy_damaged", "wrong_artifact_store"]);

/**
 * Copies artifacts to another stack: their bytes, then what the other stack's metadata store doesn't know of them. Doing it
 * again goes on where it ended.
 *
 * @param run the run all of whose steps are to be known there
 */
export async function copyArtifacts(
  { from, to }: CopyPlaces,
  records: readonly ArtifactRecord[],
  run: RunRecord | undefined,
  { concurrency, dryRun, signal, onPlan = () => {}, onProgress = () => {} }: CopyOptions,
): Promise<CopyOutcome> {
  const runs = await runsOf(from.metadata, records, run);
  onPlan({ artifacts: records.length, size: records.reduce((sum, { size }) => sum + size, 0) });
  // A file that a step has returned again is another artifact of the same object.
  const objects = [...Map.groupBy(records, ({ key }) => key).values()];
  const ended: CopiedArtifact[] = [];
  const held: ArtifactRecord[] = [];
  let next = 0;
  let hopeless = false;

  const copyObject = async (same: readonly ArtifactRecord[]): Promise<void> => {
    const [record] = same as [ArtifactRecord];
    let how: Pick<CopiedArtifact, "status" | "message" | "hint">;
    try {
      const store = await from.holder.of(record);
      how = {
        status: dryRun
          ? await planned(to.artifacts, record)
          : await copyArtifact({ record, from: store, to: to.artifacts, signal, onBytes }),
      };
      held.push(...same);
    } catch (error) {
      if (signal?.aborted) return;
      hopeless ||= !isZenError(error) || !OF_ONE_ARTIFACT.has(error.code);
      const { message, hint } = failureOf(error);
      how = { status: "failed", message, ...(hint === undefined ? {} : { hint }) };
    }
    for (const { id, name, key, size, digest } of same) {
      ended.push({ id, name, size, digest, uri: to.artifacts.uri(key), ...how });
      onProgress({ ended: ended.at(-1)!, done: ended.length });
    }

    function onBytes(bytes: number): void {
      onProgress({ sending: { name: record.name, size: record.size, bytes }, done: ended.length });
    }
  };
  const work = async (): Promise<void> => {
    while (next < objects.length && !hopeless && signal?.aborted !== true) await copyObject(objects[next++]!);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, objects.length) }, work));
  const recorded =
    dryRun || held.length === 0
      ? 0
      : await copyRecords({ from: from.metadata, to: to.metadata, store: to.artifacts.path, artifacts: held, runs, whole: run?.id });
  return { artifacts: ended, notDone: records.length - ended.length, recorded };
}

/** All artifacts that the steps of a run gave, also those that they took from the cache. */
export async function artifactsOfRun(metadata: BaseMetadataStore, { id }: RunRecord): Promise<ArtifactRecord[]> {
  const steps = await collect(
    (page) => metadata.listSteps(id, page),
    ({ outputs }) => Object.values(outputs),
  );
  const ids = [...new Set(steps.flat())];
  const records: ArtifactRecord[] = [];
  for (let start = 0; start < ids.length; start += 1_000)
    records.push(...(await metadata.listArtifacts({ ids: ids.slice(start, start + 1_000) })).entries);
  // Ids sort by time.
  return records.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The runs that made the artifacts, by id.
 *
 * @throws ZenError `run_not_finished`: what a process is still changing can't be kept twice
 */
async function runsOf(
  metadata: BaseMetadataStore,
  records: readonly ArtifactRecord[],
  run: RunRecord | undefined,
): Promise<Map<string, RunRecord>> {
  const runs = new Map<string, RunRecord>(run ? [[run.id, asKept(run)]] : []);
  for (const { runId } of records) {
    if (runs.has(runId)) continue;
    const made = await metadata.getRun(runId);
    if (made) runs.set(runId, asKept(made));
  }
  return runs;
}

/** As it is kept elsewhere: nobody can go on there with a run that was interrupted here. */
function asKept(run: RunRecord): RunRecord {
  const status = runStatus(run);
  if (status === "running")
    throw new ZenError(
      "run_not_finished",
      `The run ${run.name} (${run.id}) is still running: its artifacts can be copied when it has ended.`,
      {
        hint: `See how it goes: zen run describe ${run.id}`,
      },
    );
  if (status !== "interrupted") return run;
  return {
    ...run,
    status: "failed",
    finishedAt: run.heartbeatAt,
    failure: { name: "interrupted", message: "Its process ended before it did." },
  };
}

async function planned(store: BaseArtifactStore, record: ArtifactRecord): Promise<"planned" | "present"> {
  return (await hasObject(store, record)) ? "present" : "planned";
}
