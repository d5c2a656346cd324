import * as z from "zod";
import { ZenError } from "../error/zen-error.ts";
import { checkArtifactStore } from "./artifact-store-check.ts";
import type { ComponentCheck } from "./component-check.ts";
import { componentType } from "./component-type.ts";
import { StackComponent, type ComponentOptions } from "./stack-component.ts";

/** Bytes `start` to `end`, both included and counted from 0; without `end`, to the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** What a store knows of one object without reading it. */
export interface ObjectStat {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** One page of a listing, keys in ascending order of their UTF-8 bytes. */
export interface ObjectPage {
  readonly objects: readonly ObjectStat[];
  /** Pass it to the next call; undefined on the last page. */
  readonly cursor: string | undefined;
}

/** What may be written: whole, or as it comes. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Every method takes a signal; an aborted one rejects with the signal's reason and leaves nothing half-done. */
export interface StoreOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What the rights are called that the operations of a store take: `s3:PutObject`, say. */
export interface StorePermissions {
  readonly write?: string;
  readonly read?: string;
  readonly lookUp?: string;
  readonly list?: string;
  readonly copy?: string;
  readonly delete?: string;
}

/**
 * Keeps the artifacts of pipelines: objects of bytes, each under a key.
 *
 * A **key** is relative to the component's `path`: segments of any characters but `/` and control characters, joined by
 * `/`; no empty segment, no `.` or `..`; at most 900 bytes. A bad key is refused with `bad_key` before anything happens.
 *
 * What a flavor promises, and `artifactStoreConformance` checks:
 * - **atomic**: a reader sees the whole object or none; a write that fails, is aborted or whose process dies leaves
 *   nothing visible, and what was there before stays;
 * - **create-only**: with `ifAbsent`, of many racing writers exactly one wins, the others get `object_exists`;
 * - **constant memory**: reading, writing and copying take a few MiB whatever the size;
 * - errors are `ZenError`s: `object_not_found`, `object_exists`, `bad_key`, `store_forbidden`, `store_full`,
 *   `store_unavailable`, each naming the key, the operation and what to do. Stores on a server make theirs with
 *   {@link storeFailure}, which has a few more.
 */
export abstract class BaseArtifactStore<
  Schema extends z.ZodObject<typeof BaseArtifactStore.configSchema.shape> = typeof BaseArtifactStore.configSchema,
> extends StackComponent<Schema> {
  static override readonly TYPE = "artifact_store";
  static override readonly CONTRACT: number = 1;
  static override readonly configSchema = z.object({
    path: z.string().min(1).meta({ description: "Where the artifacts are kept: a folder, or a URL such as s3://bucket/prefix" }),
  });
  /** How a `path` may begin: `"s3://"`, say; `""` means a path of this machine, without any scheme. */
  static readonly SUPPORTED_SCHEMES: readonly string[];

  constructor(options: ComponentOptions<Schema>) {
    super(options);
    const { SUPPORTED_SCHEMES: schemes, FLAVOR } = this.constructor as typeof BaseArtifactStore;
    const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(this.path)?.[0] ?? "";
    if (!schemes.includes(scheme)) {
      const wanted = schemes.map((s) => (s === "" ? "a path without a scheme" : `${s}…`)).join(" or ");
      throw new ZenError(
        "bad_config",
        `The ${componentType("artifact_store").label} "${this.name}" (flavor ${FLAVOR}) can't use the path "${this.path}": it takes ${wanted}.`,
        {
          exitCode: 2,
          hint: scheme === "" ? `Write --path=${schemes[0]}…` : `Another flavor may serve ${scheme}: zen artifact-store flavor list`,
          details: { field: "path" },
        },
      );
    }
  }

  /** Where the artifacts are kept. */
  get path(): string {
    return (this.config as { path: string }).path;
  }

  /** The names of the rights that the operations take, for `check` to say which one is missing. Those left out get plain words. */
  get permissions(): StorePermissions {
    return {};
  }

  /**
   * Writes, reads, looks up, lists, copies and deletes an object of its own, `.zen-check/<uuid>`, which is gone afterwards. All
   * that has 30 seconds; then its signal is aborted, whatever the flavor's own settings say of time and attempts.
   */
  override async check(check: ComponentCheck): Promise<void> {
    await checkArtifactStore(this, check);
  }

  /** The full address of an object, for people and other programs: `path` + `/` + key. */
  uri(key: string): string {
    return `${this.path.replace(/\/+$/, "")}/${key}`;
  }

  /**
   * Opens an object for reading. Cancel the stream, or read it to its end, to release what it holds.
   *
   * @throws ZenError `object_not_found`; `bad_range` if `range.start` is beyond the last byte.
   */
  abstract read(key: string, options?: StoreOptions & { readonly range?: ByteRange | undefined }): Promise<ReadableStream<Uint8Array>>;

  /**
   * Writes an object, whole or not at all, replacing what was there unless `ifAbsent` is set.
   *
   * @returns its size and time; the time may be off by some seconds from what `stat` says, where a server doesn't tell it at once
   * @throws ZenError `object_exists` with `ifAbsent`; whatever the source throws.
   */
  abstract write(
    key: string,
    source: ByteSource,
    options?: StoreOptions & { readonly ifAbsent?: boolean | undefined },
  ): Promise<ObjectStat>;

  /** Whether an object is there. */
  async exists(key: string, options?: StoreOptions): Promise<boolean> {
    return (await this.stat(key, options)) !== undefined;
  }

  /** Size and time of an object, or undefined if there is none. */
  abstract stat(key: string, options?: StoreOptions): Promise<ObjectStat | undefined>;

  /**
   * The objects whose key begins with `prefix` (a plain prefix of text, not a folder), page by page. Objects written or
   * deleted meanwhile may or may not be seen; all others are seen exactly once.
   *
   * @param options.limit objects per page, 1 to 1,000; default 1,000
   */
  abstract list(
    prefix: string,
    options?: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  ): Promise<ObjectPage>;

  /**
   * Copies an object within the store, without the bytes passing through this process where the store can do so.
   *
   * @throws ZenError `object_not_found`; `object_exists` with `ifAbsent`.
   */
  abstract copy(from: string, to: string, options?: StoreOptions & { readonly ifAbsent?: boolean | undefined }): Promise<ObjectStat>;

  /** Moves an object, replacing what was at `to`. Not atomic: a crash may leave both, never neither. */
  abstract rename(from: string, to: string, options?: StoreOptions): Promise<ObjectStat>;

  /** Deletes an object. Deleting what isn't there does nothing. */
  abstract delete(key: string, options?: StoreOptions): Promise<void>;

  /**
   * Deletes every object under the folder `prefix`, that is, whose key begins with `prefix` + `/`.
   *
   * @returns how many there were
   */
  abstract deleteTree(prefix: string, options?: StoreOptions): Promise<number>;
}

/**
 * Checks a key as the contract of {@link BaseArtifactStore} says: for flavors to call first.
 *
 * @throws ZenError `bad_key` that says what is wrong with it
 */
export function assertKey(key: string): void {
  const bad =
    key.split("/").some((part) => part === "" || part === "." || part === "..") ||
    /[\u0000-\u001f\u007f]/.test(key) ||
    Buffer.byteLength(key) > 900 ||
    !key.isWellFormed();
  if (bad) {
    throw new ZenError("bad_key", `${JSON.stringify(key.slice(0, 200))} can't be the key of an artifact.`, {
      hint: "A key is segments joined by /, none of them empty, . or .., without control characters, of at most 900 bytes.",
    });
  }
}
