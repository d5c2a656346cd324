import { randomUUID } from "node:crypto";
import type { BaseMetadataStore } from "@zen/core";
import { defineChecks, type Check, type Subject } from "./check.ts";
import { configurationChecks } from "./configuration.ts";
import { cacheChecks } from "./metadata-store/cache.ts";
import { checkingChecks } from "./metadata-store/checking.ts";
import { commitChecks } from "./metadata-store/commits.ts";
import { concurrencyChecks } from "./metadata-store/concurrency.ts";
import { deletionChecks } from "./metadata-store/deletion.ts";
import { faultChecks } from "./metadata-store/faults.ts";
import { leaseChecks } from "./metadata-store/leases.ts";
import { lineageChecks } from "./metadata-store/lineage.ts";
import { listingChecks } from "./metadata-store/listing.ts";
import { valueChecks } from "./metadata-store/values.ts";
import { versionChecks } from "./metadata-store/versions.ts";

/** What the author of a metadata store gives to have it checked. */
export interface MetadataStoreSubject extends Subject {
  /**
   * Makes a component. The same `place` (a word of letters and digits) again is another component over the same records;
   * a new one is empty. One that is `breakable` is for `break`: over a network it may go through a proxy.
   */
  create(place: string, use: { readonly breakable: boolean }): BaseMetadataStore | Promise<BaseMetadataStore>;
  /** Removes what a place holds, after its check. */
  dispose?(place: string): void | Promise<void>;
  /** Makes what a place holds look as if a newer version of the flavor had written it. */
  makeNewer?(place: string): void | Promise<void>;
  /**
   * Breaks the connection of a place's breakable components to what keeps their records: to a server, or to the file that
   * they have open. Nothing gets through, in either direction.
   *
   * @returns mends it
   */
  break?(place: string): (() => void | Promise<void>) | Promise<() => void | Promise<void>>;
  /** Components that can keep nothing, by the error's code: for `store_full` nothing of some MiB. */
  readonly failing?: Partial<
    Record<"store_forbidden" | "store_full" | "store_unavailable", () => BaseMetadataStore | Promise<BaseMetadataStore>>
  >;
}

/** One check's own place, and the components over it. */
export class MetadataStoreCase implements AsyncDisposable {
  readonly subject: MetadataStoreSubject;
  readonly place = `p${randomUUID().replaceAll("-", "")}`;
  readonly #stores: BaseMetadataStore[] = [];

  constructor(subject: MetadataStoreSubject) {
    this.subject = subject;
  }

  /** Another component over the check's place. */
  async store(use = { breakable: false }): Promise<BaseMetadataStore> {
    const store = await this.subject.create(this.place, use);
    this.#stores.push(store);
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.subject.dispose?.(this.place);
  }
}

/** Every promise of `BaseMetadataStore`. */
export const metadataStoreChecks: readonly Check<MetadataStoreCase>[] = [
  ...commitChecks,
  ...valueChecks,
  ...leaseChecks,
  ...listingChecks,
  ...lineageChecks,
  ...cacheChecks,
  ...deletionChecks,
  ...concurrencyChecks,
  ...faultChecks,
  ...versionChecks,
  ...checkingChecks,
  ...configurationChecks((given: MetadataStoreCase) => given.store()),
];

/**
 * Checks a metadata store: call it at the top of a vitest file.
 *
 * @example
 * metadataStoreConformance({
 *   name: "MyMetadataStore",
 *   create: (place) => new MyMetadataStore({ name: "test", url: `my://server/${place}` }),
 * });
 */
export function metadataStoreConformance(subject: MetadataStoreSubject): void {
  defineChecks("metadataStoreConformance", subject, metadataStoreChecks, () => new MetadataStoreCase(subject));
}
