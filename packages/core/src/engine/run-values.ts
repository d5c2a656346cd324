import { sha256 } from "../artifact/digest.ts";
import { decodeValue, encodeValue } from "../artifact/encode.ts";
import { decodeArtifact, readArtifactBytes, readArtifactValue } from "../artifact/read.ts";
import { selectPath } from "../artifact/select-path.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { MapItem } from "../component/deployment.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ArtifactRecord, ResolvedBinding } from "../metadata/record.ts";
import type { Binding, Node } from "../pipeline/spec.ts";
import { noSecretsManager } from "./no-secrets-manager.ts";
import { instanceId, type NodePlace } from "./node-path.ts";
import { RecentlyUsed } from "./recently-used.ts";

type Path = readonly (string | number)[];
/** A value in its stored form: cheap to keep, and decoding it gives a fresh copy each time. */
interface Encoded {
  readonly materializer: "json" | "rich";
  readonly text: string;
}

/** What a step node gave: artifact ids by output name. */
type StepOutputs = Readonly<Record<string, string>>;

const KEPT_BYTES = 32 * 2 ** 20;

/**
 * What the nodes of a run have made so far, and how bindings are turned into references, references into values, and
 * both into digests. A value that is handed out is always a fresh copy: a step that changes its input changes nobody
 * else's.
 */
export class RunValues {
  readonly #store: BaseArtifactStore;
  readonly #places: ReadonlyMap<string, NodePlace>;
  readonly #artifacts = new Map<string, ArtifactRecord>();
  readonly #steps = new Map<string, StepOutputs>();
  readonly #trees = new Map<string, ResolvedBinding>();
  readonly #items = new Map<string, readonly ResolvedBinding[]>();
  /** Stored bytes of small artifacts, so that a dependant doesn't read what was just written. */
  readonly #bytes = new RecentlyUsed<Uint8Array>(KEPT_BYTES, ({ length }) => length);
  /** Decoded values of which only parts are taken; never handed out. Weighed by their stored size. */
  readonly #whole = new RecentlyUsed<{ readonly value: unknown; readonly size: number }>(KEPT_BYTES, ({ size }) => size);
  /** The lists of maps that are under way, however large, with how many maps go through each. */
  readonly #pinned = new Map<string, { readonly whole: { readonly value: unknown; readonly size: number }; maps: number }>();
  readonly #parts = new RecentlyUsed<Encoded>(KEPT_BYTES / 4, ({ text }) => text.length);

  constructor(store: BaseArtifactStore, places: ReadonlyMap<string, NodePlace>) {
    this.#store = store;
    this.#places = places;
  }

  // What has been made

  addArtifact(record: ArtifactRecord, bytes?: Uint8Array): void {
    this.#artifacts.set(record.id, record);
    if (bytes !== undefined) this.#bytes.set(record.id, bytes);
  }

  artifact(id: string): ArtifactRecord {
    const record = this.#artifacts.get(id);
    if (!record)
      throw new ZenError("artifact_not_found", `The metadata store of this stack knows no artifact ${id}.`, {
        hint: "An artifact can be an input only on a stack that shares the metadata store of the run that made it.",
      });
    return record;
  }

  /** The full address of an artifact, for people. */
  uri({ store, key }: ArtifactRecord): string {
    return store === this.#store.path ? this.#store.uri(key) : `${store}/${key}`;
  }

  setStep(node: string, items: readonly MapItem[], outputs: StepOutputs): void {
    this.#steps.set(instanceId(node, items), outputs);
  }

  setTree(node: string, items: readonly MapItem[], tree: ResolvedBinding): void {
    this.#trees.set(instanceId(node, items), tree);
  }

  setItems(map: string, items: readonly MapItem[], resolved: readonly ResolvedBinding[]): void {
    this.#items.set(instanceId(map, items), resolved);
  }

  // Binding → reference

  /** Replaces nodes, items and comparisons by what they are in this run. */
  async resolve(binding: Binding, items: readonly MapItem[]): Promise<ResolvedBinding> {
    switch (binding.kind) {
      case "value":
      case "artifact":
      case "secret":
        return binding;
      case "output":
        return this.#output(binding, items);
      case "item": {
        const at = items.findIndex(({ map }) => map === binding.map);
        const resolved = this.#items.get(instanceId(binding.map, items.slice(0, at)))![items[at]!.index]!;
        return this.#at(resolved, binding.path ?? []);
      }
      case "index":
        return { kind: "value", json: items.find(({ map }) => map === binding.map)!.index };
      case "compare": {
        const [left, right] = [
          await this.read(await this.resolve(binding.left, items)),
          await this.read(await this.resolve(binding.right, items)),
        ];
        return { kind: "value", json: compare(binding.op, left, right) };
      }
      case "list":
        return { kind: "list", items: await all(binding.items, (item) => this.resolve(item, items)) };
      case "object": {
        const fields: Record<string, ResolvedBinding> = {};
        for (const [key, field] of Object.entries(binding.fields)) setField(fields, key, await this.resolve(field, items));
        return { kind: "object", fields };
      }
    }
  }

  async #output({ node, output, path = [] }: Extract<Binding, { kind: "output" }>, items: readonly MapItem[]): Promise<ResolvedBinding> {
    // Seen from inside a map, a node outside of it has fewer items.
    const instance = instanceId(node, items.slice(0, this.#places.get(node)!.maps.length));
    const outputs = this.#steps.get(instance);
    if (outputs) return { kind: "artifact", id: outputs[output]!, ...(path.length > 0 ? { path } : {}) };
    const tree = this.#trees.get(instance);
    if (!tree) throw new Error(`Node ${instance} was used before it had completed.`);
    return this.#at(tree, path);
  }

  async #at(resolved: ResolvedBinding, path: Path): Promise<ResolvedBinding> {
    let current = resolved;
    for (const [depth, key] of path.entries()) {
      if (current.kind === "list" && typeof key === "number" && current.items[key]) current = current.items[key];
      else if (current.kind === "object" && Object.hasOwn(current.fields, key)) current = current.fields[key]!;
      else if (current.kind === "artifact") return { ...current, path: [...(current.path ?? []), ...path.slice(depth)] };
      else return reference(encodeValue(selectPath(await this.read(current), path.slice(depth))));
    }
    return current;
  }

  // Reference → value

  /** A fresh copy of what is referred to. Files come as `FileRef`s, which need a scratch folder for `path()`. */
  async read(resolved: ResolvedBinding, scratch?: () => string): Promise<unknown> {
    switch (resolved.kind) {
      case "value":
        return "rich" in resolved ? decodeValue("rich", resolved.rich) : structuredJson(resolved.json);
      case "artifact": {
        const { id, path = [] } = resolved;
        if (path.length === 0) return this.#readWhole(this.artifact(id), scratch);
        const { materializer, text } = await this.#part(id, path);
        return decodeValue(materializer, text);
      }
      case "list":
        return all(resolved.items, (item) => this.read(item, scratch));
      case "object": {
        const value: Record<string, unknown> = {};
        for (const [key, field] of Object.entries(resolved.fields)) setField(value, key, await this.read(field, scratch));
        return value;
      }
      case "secret":
        throw noSecretsManager(`The secret "${resolved.name}" was to be read`);
    }
  }

  async #readWhole(record: ArtifactRecord, scratch: (() => string) | undefined): Promise<unknown> {
    const kept = this.#bytes.get(record.id);
    if (kept && record.materializer !== "file") return decodeArtifact(record, kept, this.#store);
    if (record.materializer === "file" || record.size > KEPT_BYTES / 8) return readArtifactValue({ record, store: this.#store, scratch });
    const bytes = await readArtifactBytes({ record, store: this.#store });
    this.#bytes.set(record.id, bytes);
    return decodeArtifact(record, bytes, this.#store);
  }

  async #part(id: string, path: Path): Promise<Encoded> {
    const key = `${id}${JSON.stringify(path)}`;
    let part = this.#parts.get(key);
    if (!part) {
      const record = this.artifact(id);
      part = encodeValue(selectPath((await this.#decodeWhole(record)).value, path, record.name));
      this.#parts.set(key, part);
    }
    return part;
  }

  // Reference → digest

  /** Identifies the content: equal content has an equal digest, wherever it comes from. */
  async digest(resolved: ResolvedBinding): Promise<string> {
    switch (resolved.kind) {
      case "value":
        return "rich" in resolved
          ? digestOf({ materializer: "rich", text: resolved.rich })
          : digestOf({ materializer: "json", text: JSON.stringify(resolved.json) });
      case "artifact": {
        if (resolved.path?.length) return digestOf(await this.#part(resolved.id, resolved.path));
        const { materializer, digest, fileName } = this.artifact(resolved.id);
        return `${materializer}:${digest}${fileName === null ? "" : `:${JSON.stringify(fileName)}`}`;
      }
      case "list":
        return `[${(await all(resolved.items, (item) => this.digest(item))).join(",")}]`;
      case "object": {
        const fields = await all(
          Object.entries(resolved.fields),
          async ([key, field]) => `${JSON.stringify(key)}:${await this.digest(field)}`,
        );
        return `{${fields.toSorted().join(",")}}`;
      }
      case "secret":
        return `secret:${JSON.stringify([resolved.name, resolved.key ?? null])}`;
    }
  }

  // Maps

  /** The items of a map's list, each as a reference of its own. */
  async listItems(items: ResolvedBinding, map: string): Promise<ResolvedBinding[]> {
    if (items.kind === "list") return [...items.items];
    const value = await this.#peek(items);
    if (!Array.isArray(value)) {
      throw new ZenError("not_a_list", `Map "${map}" was given ${describe(value)} where it needs a list.`, {
        hint: "Let the step before it return an array.",
      });
    }
    return items.kind === "artifact"
      ? value.map((_, index) => ({ kind: "artifact", id: items.id, path: [...(items.path ?? []), index] }))
      : value.map((item) => reference(encodeValue(item)));
  }

  /** A value that is only looked at, and never handed out. */
  async #peek(resolved: ResolvedBinding): Promise<unknown> {
    if (resolved.kind !== "artifact") return this.read(resolved);
    const record = this.artifact(resolved.id);
    if (record.materializer === "file") return this.read(resolved);
    return selectPath((await this.#decodeWhole(record)).value, resolved.path ?? []);
  }

  async #decodeWhole(record: ArtifactRecord): Promise<{ readonly value: unknown; readonly size: number }> {
    let whole = this.#pinned.get(record.id)?.whole ?? this.#whole.get(record.id);
    if (!whole) {
      whole = { value: await this.#readWhole(record, undefined), size: record.size };
      this.#whole.set(record.id, whole);
    }
    return whole;
  }

  /** Keeps the artifact that a map's list comes from until the map has ended: its items are parts of it. */
  async pin(items: ResolvedBinding): Promise<() => void> {
    if (items.kind !== "artifact") return () => {};
    const { id } = items;
    const pinned = this.#pinned.get(id) ?? { whole: await this.#decodeWhole(this.artifact(id)), maps: 0 };
    pinned.maps++;
    this.#pinned.set(id, pinned);
    return () => {
      if (--pinned.maps === 0) this.#pinned.delete(id);
    };
  }

  /** The result of a map: the body's result with each leaf replaced by the list of that leaf. */
  async collect(
    { result }: Extract<Node, { kind: "map" }>,
    perItem: readonly ((leaf: Binding) => Promise<ResolvedBinding>)[],
  ): Promise<ResolvedBinding> {
    const walk = async (binding: Binding): Promise<ResolvedBinding> => {
      if (binding.kind === "list" && !binding.whole) return { kind: "list", items: await all(binding.items, walk) };
      if (binding.kind === "object" && !binding.whole) {
        const fields: Record<string, ResolvedBinding> = {};
        for (const [key, field] of Object.entries(binding.fields)) setField(fields, key, await walk(field));
        return { kind: "object", fields };
      }
      return { kind: "list", items: await all(perItem, (leafOf) => leafOf(binding)) };
    };
    return walk(result);
  }
}

/** One after the other: an `await` that is already settled is cheaper than the promises of `Promise.all`. */
async function all<T, R>(list: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of list) results.push(await one(item));
  return results;
}

/** `__proto__` is a key like any other. */
function setField<T>(record: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}

/** A value as a reference that carries it. */
export function reference({ materializer, text }: Encoded): ResolvedBinding {
  return materializer === "json" ? { kind: "value", json: JSON.parse(text) } : { kind: "value", rich: text };
}

function digestOf({ materializer, text }: Encoded): string {
  return `${materializer}:${sha256(text)}`;
}

function structuredJson<T>(json: T): T {
  return typeof json === "object" && json !== null ? (JSON.parse(JSON.stringify(json)) as T) : json;
}

function compare(op: "==" | ">=" | "<=", left: unknown, right: unknown): boolean {
  if (op === "==") return left === right;
  for (const side of [left, right]) {
    if (typeof side !== "number")
      throw new ZenError("not_a_number", `A comparison was given ${describe(side)} where it needs a number.`, {
        hint: "Compare numbers with atLeast and atMost, anything else with equals.",
      });
  }
  return op === ">=" ? (left as number) >= (right as number) : (left as number) <= (right as number);
}

/** For messages: what kind of value it is. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") {
    const name: string | undefined = value.constructor?.name;
    return name === undefined || name === "Object" ? "an object" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
  }
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 60))}`;
  return typeof value === "number" || typeof value === "boolean" ? `the ${typeof value} ${value}` : `a ${typeof value}`;
}
