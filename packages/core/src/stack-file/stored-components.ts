import type { ComponentType } from "../component/component-type.ts";
import { componentNotFound, type BaseStackStore, type ComponentRecord } from "../store/stack-store.ts";

/** From how many components of a type on it is faster to read all of them. */
const MANY = 20;

/** The components of a profile, each read once. */
export class StoredComponents {
  readonly #store: BaseStackStore;
  readonly #found = new Map<string, Promise<ComponentRecord | undefined>>();

  constructor(store: BaseStackStore) {
    this.#store = store;
  }

  /** Reads what is going to be asked for, at once where it is much. */
  async prepare(places: readonly { readonly type: ComponentType; readonly name: string }[]): Promise<void> {
    for (const type of new Set(places.map((place) => place.type))) {
      const names = places.filter((place) => place.type === type).map((place) => place.name);
      if (names.length < MANY) continue;
      const all = new Map((await this.#store.listComponents(type)).map((record) => [record.name, record]));
      for (const name of names) this.#found.set(`${type}/${name}`, Promise.resolve(all.get(name)));
    }
  }

  get(type: ComponentType, name: string): Promise<ComponentRecord | undefined> {
    const key = `${type}/${name}`;
    const found = this.#found.get(key) ?? this.#store.getComponent(type, name);
    this.#found.set(key, found);
    return found;
  }

  /** @throws ZenError `component_not_found` */
  async require(type: ComponentType, name: string): Promise<ComponentRecord> {
    return (await this.get(type, name)) ?? componentNotFound(this.#store.profile, type, name, []);
  }
}
