import type { BaseMetadataStore } from "../component/metadata-store.ts";

/** How many earlier runs are looked through for a node: those that ended early haven't got it. */
const RUNS = 5;

/**
 * The cache keys of the pipeline's newest earlier runs, by node: what a miss is compared with. Read when a miss asks for
 * it, so that a run which hits everywhere never does, and most read one run.
 */
export class PreviousRun {
  readonly #store: BaseMetadataStore;
  readonly #pipeline: string;
  readonly #exceptRun: string;
  #runs: Promise<readonly string[]> | undefined;
  readonly #keys = new Map<string, Promise<ReadonlyMap<string, string | null>>>();

  constructor(store: BaseMetadataStore, pipeline: string, exceptRun: string) {
    this.#store = store;
    this.#pipeline = pipeline;
    this.#exceptRun = exceptRun;
  }

  /** The cache key of the node in the newest run where it completed; null if it wasn't cached, undefined if there is none. */
  async cacheKey(node: string): Promise<string | null | undefined> {
    this.#runs ??= this.#listRuns();
    for (const run of await this.#runs) {
      let keys = this.#keys.get(run);
      if (!keys) this.#keys.set(run, (keys = this.#readKeys(run)));
      const key = (await keys).get(node);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  async #listRuns(): Promise<readonly string[]> {
    const { entries } = await this.#store.listRuns({ pipeline: this.#pipeline }, { limit: RUNS + 1 });
    return entries.flatMap(({ id }) => (id === this.#exceptRun ? [] : [id])).slice(0, RUNS);
  }

  async #readKeys(run: string): Promise<ReadonlyMap<string, string | null>> {
    const keys = new Map<string, string | null>();
    let cursor: string | undefined;
    do {
      const page = await this.#store.listSteps(run, { cursor });
      for (const { node, cacheKey, status } of page.entries) if (status === "completed") keys.set(node, cacheKey);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return keys;
  }
}
