import { createHash } from "node:crypto";
import type { BaseArtifactStore, ByteSource } from "../component/artifact-store.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import { readArtifactBytes, readArtifactStream } from "./read.ts";

/** What is as small as this is written from memory, which costs a store less than a stream. */
const SMALL_BYTES = 1 << 20;

export interface CopyArtifactOptions {
  readonly record: ArtifactRecord;
  /** Which has it. */
  readonly from: BaseArtifactStore;
  /** Which gets it, under the same key. */
  readonly to: BaseArtifactStore;
  readonly signal?: AbortSignal | undefined;
  /** Is told how many bytes have been sent so far. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** `present`: the copy was there already. `repaired`: what was there was not what the digest says. */
export type CopyResult = "copied" | "present" | "repaired";

/**
 * Copies an artifact's bytes into another store, in constant memory. The digest is checked of what is read, and again of
 * what has arrived; what is there with that digest isn't written again.
 *
 * @throws ZenError `artifact_missing`, `artifact_damaged`, `copy_damaged`; what the stores throw
 */
export async function copyArtifact(options: CopyArtifactOptions): Promise<CopyResult> {
  const { record, to, signal } = options;
  const before = await lookAt(to, record, signal);
  if (before === "intact") return "present";
  // Stores with the same path may be on two servers. Should they be one, reading says what is wrong with what is there.
  try {
    await to.write(record.key, await sourceOf(options), { ifAbsent: before === "missing", signal });
  } catch (error) {
    // Somebody else is copying it as well, and was first.
    if (!isZenError(error) || error.code !== "object_exists") throw error;
  }
  if ((await lookAt(to, record, signal)) !== "intact")
    throw new ZenError(
      "copy_damaged",
      `The copy of the artifact ${record.name} (${record.id}) at ${to.uri(record.key)} is not what was sent there.`,
      {
        hint: "Copy it again. If that doesn't help, look at the disk or the network of that artifact store.",
      },
    );
  return before === "missing" ? "copied" : "repaired";
}

async function sourceOf({ record, from, signal, onBytes }: CopyArtifactOptions): Promise<ByteSource> {
  const read = { record, store: from, signal };
  if (record.size <= SMALL_BYTES) return readArtifactBytes(read);
  return counted(readArtifactStream(read), onBytes);
}

async function* counted(source: AsyncIterable<Uint8Array>, onBytes: CopyArtifactOptions["onBytes"]): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of source) {
    yield chunk;
    onBytes?.((sent += chunk.byteLength));
  }
}

/** What a store has under an artifact's key. Only reading it tells: a size says little of a disk that fails. */
async function lookAt(
  store: BaseArtifactStore,
  { key, size, digest }: ArtifactRecord,
  signal: AbortSignal | undefined,
): Promise<"missing" | "intact" | "other"> {
  const stat = await store.stat(key, { signal });
  if (!stat) return "missing";
  if (stat.size !== size) return "other";
  const sum = createHash("sha256");
  try {
    for await (const chunk of await store.read(key, { signal })) sum.update(chunk);
  } catch (error) {
    // The store sees by a checksum of its own that it isn't what was written.
    if (isZenError(error) && error.code === "object_corrupt") return "other";
    throw error;
  }
  return `sha256:${sum.digest("hex")}` === digest ? "intact" : "other";
}
