import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { Change } from "./change.ts";
import { collect } from "./collect.ts";
import type { ArtifactRecord, RunRecord, StepRecord } from "./record.ts";

const PER_COMMIT = 1_000;

export interface CopyRecordsOptions {
  /** That of the stack which has the artifacts' records. */
  readonly from: BaseMetadataStore;
  /** That of the stack whose artifact store has copies of them. */
  readonly to: BaseMetadataStore;
  /** The `path` of that artifact store. */
  readonly store: string;
  /** Those that are there. */
  readonly artifacts: readonly ArtifactRecord[];
  /** The runs that made them, by id, as they are to be kept. */
  readonly runs: ReadonlyMap<string, RunRecord>;
  /** A run all of whose steps are to be kept, also those that were served from the cache. */
  readonly whole?: string | undefined;
}

/**
 * Tells another metadata store of copies: the records of the artifacts, there with the path of the store that has the
 * copy; of their runs; and of the steps that made them, so that a look-up in the cache finds them. What is there already
 * stays as it is: so nothing at all happens to a store that both stacks share, where a copy is found by its key.
 *
 * @returns how many records of artifacts are new
 */
export async function copyRecords({ from, to, store, artifacts, runs, whole }: CopyRecordsOptions): Promise<number> {
  const candidates = new Map<string, StepRecord[]>();
  for (const id of runs.keys()) {
    const nodes = new Set(artifacts.flatMap((record) => (record.runId === id ? [record.node] : [])));
    candidates.set(
      id,
      (await stepsOf(from, id)).filter(({ node }) => id === whole || nodes.has(node)),
    );
  }
  const outputs = [...candidates.values()].flat().flatMap((step) => Object.values(step.outputs));
  const known = await knownArtifacts(to, [...new Set([...artifacts.map(({ id }) => id), ...outputs])]);
  const fresh = artifacts.filter(({ id }) => !known.has(id));
  const byRun = Map.groupBy(fresh, ({ runId }) => runId);
  for (const { id } of fresh) known.add(id);
  // A step that was served from the cache names artifacts of other runs: their records come first.
  const order = [...runs.values()].toSorted((a, b) => Number(a.id === whole) - Number(b.id === whole));
  for (const run of order) {
    const there = await to.getRun(run.id);
    const kept = new Set(there ? (await stepsOf(to, run.id)).map(({ node }) => node) : []);
    // A step some of whose outputs aren't there could not be reused.
    const steps = candidates
      .get(run.id)!
      .filter((step) => !kept.has(step.node) && Object.values(step.outputs).every((id) => known.has(id)));
    const changes: Change[] = [
      ...(there ? [] : [{ kind: "run", record: run } as const]),
      ...(byRun.get(run.id) ?? []).map((record) => ({ kind: "artifact", record: { ...record, store } }) as const),
      ...steps.map((record) => ({ kind: "step", record }) as const),
    ];
    // Of a run none of whose artifacts is there, nothing is worth knowing.
    if (changes.every(({ kind }) => kind === "run")) continue;
    const lease = there?.lease ?? run.lease;
    for (let start = 0; start < changes.length; start += PER_COMMIT) await to.commit(changes.slice(start, start + PER_COMMIT), lease);
  }
  return fresh.length;
}

async function knownArtifacts(store: BaseMetadataStore, ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (let start = 0; start < ids.length; start += PER_COMMIT) {
    const { entries } = await store.listArtifacts({ ids: ids.slice(start, start + PER_COMMIT) }, { limit: PER_COMMIT });
    for (const { id } of entries) known.add(id);
  }
  return known;
}

function stepsOf(store: BaseMetadataStore, runId: string): Promise<StepRecord[]> {
  return collect(
    (page) => store.listSteps(runId, page),
    (step) => step,
  );
}
