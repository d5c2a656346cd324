import { createHash } from "node:crypto";
import type { ByteRange } from "../component/artifact-store.ts";
import { ZenError } from "../error/zen-error.ts";
import { artifactDamaged, type NamedArtifact } from "./artifact-error.ts";
import type { Digest } from "./digest.ts";

/** The bytes of an artifact, where they are and what they should be. */
export interface StoredBytes extends Digest {
  readonly artifact: NamedArtifact;
  /** @throws ZenError `artifact_missing` */
  open(range?: ByteRange): Promise<ReadableStream<Uint8Array>>;
}

/**
 * Reads an artifact's bytes. Nothing is opened before somebody reads; a read of the whole ends with a check of size and
 * digest, a read of a part with one of its length.
 *
 * The stream fails with `artifact_damaged` if the bytes are not those that were stored, and with `artifact_missing`.
 *
 * @throws ZenError `bad_range` if `range` isn't within the artifact
 */
export function streamBytes(stored: StoredBytes, range?: ByteRange): ReadableStream<Uint8Array> {
  const { artifact, size, digest } = stored;
  const last = Math.min(range?.end ?? size - 1, size - 1);
  if (range !== undefined) assertRange(range, stored);
  const start = range?.start ?? 0;
  const expected = last - start + 1;
  const sum = expected === size ? createHash("sha256") : undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let read = 0;

  const damage = (): string | undefined => {
    if (read !== expected) return `${read} bytes instead of ${expected}`;
    return sum === undefined || `sha256:${sum.digest("hex")}` === digest ? undefined : "another sha256";
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= (await stored.open(expected === size ? undefined : { start, end: last })).getReader();
        const { done, value } = await reader.read();
        if (done) {
          const how = damage();
          if (how === undefined) controller.close();
          else throw artifactDamaged(artifact, how);
        } else {
          read += value.byteLength;
          if (read > expected) {
            const error = artifactDamaged(artifact, `more than ${expected} bytes`);
            await reader.cancel(error).catch(() => {});
            throw error;
          }
          sum?.update(value);
          controller.enqueue(value);
        }
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** All bytes at once, in memory of their own. */
export async function readBytes(stored: StoredBytes): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(stored.size);
  let at = 0;
  for await (const chunk of streamBytes(stored)) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function assertRange({ start, end }: ByteRange, { artifact, size }: StoredBytes): void {
  const whole = (byte: number): boolean => Number.isSafeInteger(byte) && byte >= 0;
  if (whole(start) && start < size && (end === undefined || (whole(end) && end >= start))) return;
  throw new ZenError(
    "bad_range",
    `There is no range ${start} to ${end ?? "the end"} in the artifact ${artifact.name} (${artifact.id}), which has ${size} bytes.`,
    {
      hint: "A range is { start, end }: the first and the last byte, both included and counted from 0.",
    },
  );
}
