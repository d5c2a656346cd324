import type { BaseMetadataStore } from "../component/metadata-store.ts";

/**
 * The cache keys of the pipeline's newest earlier run, by node: what a miss is compared with. Read when the first miss
 * asks for it, once, so that a run which hits everywhere never does.
 */
export class PreviousRun {
  readonly #store: BaseMetadataStore;
  readonly #pipeline: string;
  readonly #exceptRun: string;
  #keys: Promise<ReadonlyMap<string, string | null>> | undefined;

  constructor(store: BaseMetadataStore, pipeline: string, exceptRun: string) {
    this.#store = store;
    this.#pipeline = pipeline;
    this.#exceptRun = exceptRun;
  }

  /** The node's cache key in that run; null if it wasn't cached, undefined if it wasn't there. */
  async cacheKey(node: string): Promise<string | null | undefined> {
    this.#keys ??= this.#read();
    return (await this.#keys).get(node);
  }

  async #read(): Promise<ReadonlyMap<string, string | null>> {
    const { entries } = await this.#store.listRuns({ pipeline: this.#pipeline }, { limit: 2 });
    const run = entries.find(({ id }) => id !== this.#exceptRun);
    const keys = new Map<string, string | null>();
    if (!run) return keys;
    let cursor: string | undefined;
    do {
      const page = await this.#store.listSteps(run.id, { cursor });
      for (const { node, cacheKey, status } of page.entries) if (status === "completed") keys.set(node, cacheKey);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return keys;
  }
}
