import { hasObject } from "../artifact/has-object.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord } from "../metadata/record.ts";

export interface ArtifactHolderOptions {
  /** The artifact store of the active stack. */
  readonly active: () => Promise<BaseArtifactStore>;
  /** The registered artifact stores with a path. Bucket and prefix may be the same on two servers. */
  readonly withPath: (path: string) => Promise<readonly BaseArtifactStore[]>;
}

/** Finds the stores that have artifacts, whatever stack they were made on. */
export class ArtifactHolder {
  readonly #active: ArtifactHolderOptions["active"];
  readonly #withPath: ArtifactHolderOptions["withPath"];
  readonly #opened = new Map<string, Promise<readonly BaseArtifactStore[]>>();

  constructor({ active, withPath }: ArtifactHolderOptions) {
    this.#active = active;
    this.#withPath = withPath;
  }

  /**
   * The active stack's artifact store if it has the artifact, be it a copy; else another one that has it and is registered
   * under the path that the artifact's record names. If none has it, one that should: reading from it says what is wrong.
   *
   * @throws ZenError `wrong_artifact_store` if none should
   */
  async of(record: ArtifactRecord): Promise<BaseArtifactStore> {
    const active = await this.#active();
    const others = (await this.#registered(record.store)).filter(({ name }) => name !== active.name);
    const isNamed = active.path === record.store;
    // Where only one can have it, nothing is asked: reading tells as well.
    if (isNamed && others.length === 0) return active;
    let problem: unknown;
    try {
      if (await hasObject(active, record)) return active;
    } catch (error) {
      problem = error;
    }
    if (!isNamed && others.length === 1) return others[0]!;
    for (const other of others) if (await hasObject(other, record).catch(() => false)) return other;
    if (problem === undefined && isNamed) return active;
    if (!isNamed && others.length > 0) return others[0]!;
    if (problem !== undefined) throw problem;
    throw new ZenError(
      "wrong_artifact_store",
      `The artifact ${record.id} is in ${record.store}, the artifact store of the active stack is ${active.path}, and no other one that is registered has that path.`,
      { hint: `Register it: zen artifact-store register NAME --flavor=FLAVOR --path=${record.store}` },
    );
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#opened.values());
    await Promise.allSettled(opened.flatMap((result) => (result.status === "fulfilled" ? result.value.map((store) => store.close()) : [])));
  }

  #registered(path: string): Promise<readonly BaseArtifactStore[]> {
    let stores = this.#opened.get(path);
    if (!stores) this.#opened.set(path, (stores = this.#withPath(path)));
    return stores;
  }
}
