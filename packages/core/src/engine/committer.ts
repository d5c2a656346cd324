import type { BaseMetadataStore } from "../component/metadata-store.ts";
import { isZenError, type ZenError } from "../error/zen-error.ts";
import type { Change, Lease } from "../metadata/change.ts";

interface Waiting {
  readonly changes: readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends a run's changes to the metadata store, in order. What is handed over while a commit is under way, or in the same
 * turn of the event loop, shares the next one: independent completions share a commit, and a step's end is committed
 * before its dependants start, because they wait for the promise.
 */
export class Committer {
  readonly #store: BaseMetadataStore;
  readonly #lease: Lease;
  readonly #lost: (error: ZenError) => void;
  #waiting: Waiting[] = [];
  #working = false;

  /** @param lost called when the run turns out to belong to another process by now */
  constructor(store: BaseMetadataStore, lease: Lease, lost: (error: ZenError) => void) {
    this.#store = store;
    this.#lease = lease;
    this.#lost = lost;
  }

  /** Resolves once the changes are in the store. */
  commit(changes: readonly Change[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject });
      if (this.#working) return;
      this.#working = true;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    // So that what comes in the same turn comes with it.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#store.commit(batch.length === 1 ? batch[0]!.changes : batch.flatMap(({ changes }) => changes), this.#lease);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        if (isZenError(error) && error.code === "lease_lost") this.#lost(error);
        for (const { reject } of batch) reject(error);
      }
    }
    this.#working = false;
  }
}
