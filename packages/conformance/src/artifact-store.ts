import { randomUUID } from "node:crypto";
import type { BaseArtifactStore } from "@zen/core";
import { atomicityChecks } from "./artifact-store/atomicity.ts";
import { checkingChecks } from "./artifact-store/checking.ts";
import { createOnlyChecks } from "./artifact-store/create-only.ts";
import { deletionChecks } from "./artifact-store/deletion.ts";
import { errorChecks } from "./artifact-store/errors.ts";
import { faultChecks } from "./artifact-store/faults.ts";
import { keyChecks } from "./artifact-store/keys.ts";
import { listingChecks } from "./artifact-store/listing.ts";
import { memoryChecks } from "./artifact-store/memory.ts";
import { movingChecks } from "./artifact-store/moving.ts";
import { readingChecks } from "./artifact-store/reading.ts";
import { defineChecks, type Check, type Subject } from "./check.ts";
import { configurationChecks } from "./configuration.ts";

/** Of servers that keep objects as files in folders. */
export interface KeyLimits {
  /** How many bytes a segment of a key may have. @default as many as a key */
  readonly segmentBytes?: number;
  /** What becomes of an object beneath another (`a/b` where `a` is): it is refused, or kept and left out of listings. @default kept */
  readonly beneathObjects?: "refused" | "unlisted";
}

/** What the author of an artifact store gives to have it checked. */
export interface ArtifactStoreSubject extends Subject {
  /**
   * Makes a component. The same `place` (a word of letters and digits) again is another component over the same objects;
   * a new one is empty. One that is `breakable` is for `break`: over a network it may go through a proxy.
   */
  create(place: string, use: { readonly breakable: boolean }): BaseArtifactStore | Promise<BaseArtifactStore>;
  /** Removes what a place holds, after its check. */
  dispose?(place: string): void | Promise<void>;
  /** Starts, in another process, a write of a large object under `key`, kills that process amid it, and waits for its end. */
  killAmidWrite?(place: string, key: string): Promise<void>;
  /**
   * Breaks the connection of a place's breakable components to what keeps their objects. It is called between calls, and also
   * amid a read and a write: connections that are open have to break too, with what is on its way. Until it is mended, nothing
   * gets through, in either direction.
   *
   * @returns mends it
   */
  break?(place: string): (() => void | Promise<void>) | Promise<() => void | Promise<void>>;
  /** How many MiB the objects of the memory checks have. @default 128 */
  readonly largeMebibytes?: number;
  /** What the server can't keep, whatever the flavor does. The checks do without such keys, and one sees what becomes of them. */
  readonly keyLimits?: KeyLimits;
  /** Components whose every access fails, by the error's code. */
  readonly failing?: Partial<
    Record<"store_forbidden" | "store_full" | "store_unavailable", () => BaseArtifactStore | Promise<BaseArtifactStore>>
  >;
}

/** One check's own place, and the components over it. */
export class ArtifactStoreCase implements AsyncDisposable {
  readonly subject: ArtifactStoreSubject;
  readonly place = `p${randomUUID().replaceAll("-", "")}`;
  readonly #stores: BaseArtifactStore[] = [];

  constructor(subject: ArtifactStoreSubject) {
    this.subject = subject;
  }

  /** Another component over the check's place. */
  async store(use = { breakable: false }): Promise<BaseArtifactStore> {
    const store = await this.subject.create(this.place, use);
    this.#stores.push(store);
    return store;
  }

  /** Those of the keys that the server can keep beside one another. */
  possible(keys: readonly string[]): readonly string[] {
    const { segmentBytes = Infinity, beneathObjects } = this.subject.keyLimits ?? {};
    const short = keys.filter((key) => key.split("/").every((segment) => Buffer.byteLength(segment) <= segmentBytes));
    return short.filter((key) => beneathObjects === undefined || !short.some((other) => other.startsWith(`${key}/`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.subject.dispose?.(this.place);
  }
}

/** Every promise of `BaseArtifactStore`. */
export const artifactStoreChecks: readonly Check<ArtifactStoreCase>[] = [
  ...readingChecks,
  ...atomicityChecks,
  ...createOnlyChecks,
  ...keyChecks,
  ...listingChecks,
  ...movingChecks,
  ...deletionChecks,
  ...memoryChecks,
  ...errorChecks,
  ...faultChecks,
  ...checkingChecks,
  ...configurationChecks((given: ArtifactStoreCase) => given.store()),
];

/**
 * Checks an artifact store: call it at the top of a vitest file.
 *
 * @example
 * artifactStoreConformance({
 *   name: "MyArtifactStore",
 *   create: (place) => new MyArtifactStore({ name: "test", path: `my://bucket/${place}` }),
 * });
 */
export function artifactStoreConformance(subject: ArtifactStoreSubject): void {
  defineChecks("artifactStoreConformance", subject, artifactStoreChecks, () => new ArtifactStoreCase(subject));
}
