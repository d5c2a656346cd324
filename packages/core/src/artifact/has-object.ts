import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { ArtifactRecord } from "../metadata/record.ts";

/**
 * Whether a store has an artifact's bytes, also one that the record doesn't name: keys are made of the ids of run and
 * artifact, so what has this key is this artifact, or a copy of it. Its digest is checked when it is read.
 */
export async function hasObject(store: BaseArtifactStore, { key, size }: ArtifactRecord): Promise<boolean> {
  return (await store.stat(key))?.size === size;
}
