import type { BaseArtifactStore, ByteRange } from "../component/artifact-store.ts";
import { isZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import { artifactMissing, artifactUnreadable, type NamedArtifact } from "./artifact-error.ts";
import { decodeValue } from "./encode.ts";
import { createFileRef } from "./file-ref.ts";
import { readBytes, streamBytes, type StoredBytes } from "./stored-bytes.ts";

export interface ReadArtifactOptions {
  readonly record: ArtifactRecord;
  /** The store whose `path` is the record's. */
  readonly store: BaseArtifactStore;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The value of an artifact, fresh at each call; for a file, a `FileRef` that reads nothing until asked.
 *
 * @param options.scratch the folder for a file's local copy, asked for when it is needed
 * @throws ZenError `artifact_missing`, `artifact_damaged`, `artifact_unreadable`; what the store throws
 */
export async function readArtifactValue(
  options: ReadArtifactOptions & { readonly scratch?: (() => string) | undefined },
): Promise<unknown> {
  const { record, store, scratch } = options;
  if (record.materializer === "file") {
    const { key, size, digest } = record;
    return createFileRef({
      name: record.fileName ?? record.output,
      object: { store: record.store, key, size, digest },
      bytes: storedBytes(options),
      scratch,
    });
  }
  const bytes = await readArtifactBytes(options);
  return record.materializer === "bytes" ? bytes : decodeArtifact(record, bytes, store);
}

/** The stored bytes of an artifact, checked, in memory of their own. @throws as {@link readArtifactValue} */
export function readArtifactBytes(options: ReadArtifactOptions): Promise<Uint8Array<ArrayBuffer>> {
  return readBytes(storedBytes(options));
}

/** The stored bytes of an artifact as they come, checked at their end. @throws as {@link readArtifactValue}, when it is read */
export function readArtifactStream(options: ReadArtifactOptions, range?: ByteRange): ReadableStream<Uint8Array> {
  return streamBytes(storedBytes(options), range);
}

/**
 * A fresh value from stored bytes that were read, or kept, before. Not for files.
 *
 * @throws ZenError `artifact_unreadable`
 */
export function decodeArtifact(record: ArtifactRecord, bytes: Uint8Array, store: BaseArtifactStore): unknown {
  if (record.materializer === "bytes") return new Uint8Array(bytes);
  try {
    // Unlike a TextDecoder, a Buffer keeps the byte order mark that a text may begin with.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
    if (record.materializer === "text") return text;
    if (record.materializer === "json" || record.materializer === "rich") return decodeValue(record.materializer, text);
  } catch (cause) {
    throw artifactUnreadable(named(record, store), record.materializer, cause);
  }
  throw artifactUnreadable(named(record, store), record.materializer);
}

function storedBytes({ record, store, signal }: ReadArtifactOptions): StoredBytes {
  const artifact = named(record, store);
  return {
    artifact,
    size: record.size,
    digest: record.digest,
    async open(range) {
      try {
        return await store.read(record.key, { range, signal });
      } catch (error) {
        throw isZenError(error) && error.code === "object_not_found" ? artifactMissing(artifact, error) : error;
      }
    },
  };
}

function named({ id, name, key }: ArtifactRecord, store: BaseArtifactStore): NamedArtifact {
  return { id, name, uri: store.uri(key) };
}
