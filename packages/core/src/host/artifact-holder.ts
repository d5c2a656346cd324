import { hasObject } from "../artifact/has-object.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";

export interface ArtifactHolderOptions {
  /** The artifact store of the active stack. */
  readonly active: () => Promise<BaseArtifactStore>;
  /** The registered artifact store with a path; undefined if there is none. */
  readonly withPath: (path: string) => Promise<BaseArtifactStore | undefined>;
}

/** Finds the stores that have artifacts, whatever stack they were made on. */
export class ArtifactHolder {
  readonly #active: ArtifactHolderOptions["active"];
  readonly #withPath: ArtifactHolderOptions["withPath"];
  readonly #opened = new Map<string, Promise<BaseArtifactStore | undefined>>();

  constructor({ active, withPath }: ArtifactHolderOptions) {
    this.#active = active;
    this.#withPath = withPath;
  }

  /**
   * The active stack's artifact store, also if it has a copy; else another one that is registered under the path that the
   * artifact's record names.
   *
   * @throws ZenError `wrong_artifact_store` if there is none
   */
  async of(record: ArtifactRecord): Promise<BaseArtifactStore> {
    const active = await this.#active();
    if (active.path === record.store) return active;
    let problem: unknown;
    try {
      if (await hasObject(active, record)) return active;
    } catch (error) {
      problem = error;
    }
    const other = await this.#registered(record.store);
    if (other) return other;
    if (problem !== undefined) throw problem;
    throw new ZenError(
      "wrong_artifact_store",
      `The artifact ${record.id} is in ${record.store}, the artifact store of the active stack is ${active.path}, and no other one that is registered has that path.`,
      { hint: `Register it: zen artifact-store register NAME --flavor=FLAVOR --path=${record.store}` },
    );
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.allSettled(opened.flatMap((result) => (result.status === "fulfilled" && result.value ? [result.value.close()] : [])));
  }

  #registered(path: string): Promise<BaseArtifactStore | undefined> {
    let store = this.#opened.get(path);
    if (!store) this.#opened.set(path, (store = this.#withPath(path)));
    return store;
  }
}
