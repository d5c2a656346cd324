import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord, RunRecord } from "../metadata/record.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PREFIX = /^[0-9a-f-]{4,35}$/;

/** The run that a person means: by id, by a unique beginning of one, or by name, the newest; without a word, the newest. */
export async function findRun(store: BaseMetadataStore, reference?: string): Promise<RunRecord> {
  if (reference !== undefined && ID.test(reference)) {
    const run = await store.getRun(reference);
    if (run) return run;
  }
  const newest = async (filter: Parameters<BaseMetadataStore["listRuns"]>[0]): Promise<RunRecord | undefined> => {
    const [summary] = (await store.listRuns(filter, { limit: 1 })).entries;
    return summary && store.getRun(summary.id);
  };
  if (reference === undefined) {
    const run = await newest({});
    if (run) return run;
    throw new ZenError("run_not_found", "There are no runs yet.", { hint: "Make one: zen pipeline run FILE" });
  }
  const named = await newest({ name: reference });
  if (named) return named;
  if (PREFIX.test(reference)) {
    const { entries } = await store.listRuns({ idPrefix: reference }, { limit: 10 });
    if (entries.length === 1) return (await store.getRun(entries[0]!.id))!;
    if (entries.length > 1)
      throw ambiguous(
        "run",
        reference,
        entries.map(({ id, name }) => `${id} (${name})`),
      );
  }
  const recent = (await store.listRuns({}, { limit: 200 })).entries.map(({ name }) => name);
  throw new ZenError("run_not_found", `There is no run "${reference}".${didYouMean(reference, recent)}`, {
    exitCode: 2,
    hint: "List them: zen run list",
  });
}

/** How many runs of a pipeline are looked through for the artifact that the newest one used. */
const RECENT_RUNS = 10;

/** The artifact that a person means: by id, by a unique beginning of one, or by name: the one of the newest run that has it. */
export async function findArtifact(store: BaseMetadataStore, reference: string): Promise<ArtifactRecord> {
  if (ID.test(reference)) {
    const found = await byId(store, reference);
    if (found) return found;
  }
  const [named] = (await store.listArtifacts({ name: reference }, { limit: 1 })).entries;
  if (named) return usedByNewestRun(store, named);
  if (PREFIX.test(reference)) {
    const { entries } = await store.listArtifacts({ idPrefix: reference }, { limit: 10 });
    if (entries.length === 1) return entries[0]!;
    if (entries.length > 1)
      throw ambiguous(
        "artifact",
        reference,
        entries.map(({ id, name }) => `${id} (${name})`),
      );
  }
  const recent = (await store.listArtifacts({}, { limit: 200 })).entries.map(({ name }) => name);
  throw new ZenError("artifact_not_found", `There is no artifact "${reference}".${didYouMean(reference, recent)}`, {
    exitCode: 2,
    hint: "List them: zen artifact list",
  });
}

async function byId(store: BaseMetadataStore, id: string): Promise<ArtifactRecord | undefined> {
  return (await store.listArtifacts({ ids: [id] })).entries[0];
}

/** The newest artifact of a name isn't the newest run's, if that run took an older one from the cache. */
async function usedByNewestRun(store: BaseMetadataStore, newest: ArtifactRecord): Promise<ArtifactRecord> {
  const made = await store.getRun(newest.runId);
  if (!made) return newest;
  for (const { id } of (await store.listRuns({ pipeline: made.pipeline }, { limit: RECENT_RUNS })).entries) {
    if (id === made.id) return newest;
    let cursor: string | undefined;
    do {
      const page = await store.listSteps(id, { cursor });
      const used = page.entries.find(({ node }) => node === newest.node)?.outputs[newest.output];
      if (used !== undefined) return (await byId(store, used)) ?? newest;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
  return newest;
}

function ambiguous(what: string, reference: string, found: readonly string[]): ZenError {
  return new ZenError(
    "ambiguous_id",
    `"${reference}" is the beginning of several ${what} ids: ${found.join(", ")}${found.length === 10 ? ", …" : ""}.`,
    { exitCode: 2, hint: "Type more of it." },
  );
}
