import { isZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import type { OutputDescription } from "./run-description.ts";

/** A larger artifact is not read for the sake of a line. */
const MAX_BYTES = 1024;
const MAX_CHARACTERS = 60;
/** A map may give an output for each of its thousands of items. */
const MAX_READS = 100;

/**
 * Adds to a run's outputs the values that fit on a line. One that can't be read has none: a description never fails.
 *
 * @param recordOf undefined for an artifact that isn't known
 * @param read part of an artifact, or, with an empty path, all of it
 */
export async function withValues(
  outputs: readonly OutputDescription[],
  recordOf: (id: string) => ArtifactRecord | undefined,
  read: (record: ArtifactRecord, path: readonly (string | number)[]) => Promise<unknown>,
): Promise<OutputDescription[]> {
  const described: OutputDescription[] = [];
  let reads = 0;
  for (const output of outputs) {
    const record = reads < MAX_READS ? recordOf(output.id) : undefined;
    if (!record || !isSmall(record)) {
      described.push(output);
      continue;
    }
    reads++;
    const value = await read(record, output.path ?? []).catch((error: unknown) => {
      // What is wrong with the store, not with this artifact, would be waited for once for each of them.
      if (isZenError(error) && error.code.startsWith("store_")) reads = MAX_READS;
      return undefined;
    });
    described.push(fitsOnLine(value) ? { ...output, value } : output);
  }
  return described;
}

/** Whether an artifact may hold such a value, and costs next to nothing to read. */
export function isSmall({ size, materializer }: ArtifactRecord): boolean {
  return size <= MAX_BYTES && materializer !== "file" && materializer !== "bytes";
}

function fitsOnLine(value: unknown): value is string | number | boolean {
  // NaN and the infinities are no JSON.
  return typeof value === "boolean" || Number.isFinite(value) || (typeof value === "string" && value.length <= MAX_CHARACTERS);
}
