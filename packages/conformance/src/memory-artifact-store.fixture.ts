import {
  assertKey,
  BaseArtifactStore,
  ZenError,
  type ByteRange,
  type ByteSource,
  type ObjectPage,
  type ObjectStat,
  type StoreOptions,
} from "@zen/core";

interface Stored {
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
}

const places = new Map<string, Map<string, Stored>>();

const broken = new Set<string>();

/** Cuts the connection of a place's components, until what it returns is called. */
export function breakPlace(place: string): () => void {
  broken.add(`memory://${place}`);
  return () => void broken.delete(`memory://${place}`);
}

/** An artifact store that keeps every promise but constant memory: wrong ones differ from it by one method. */
export class MemoryArtifactStore extends BaseArtifactStore<typeof MemoryArtifactStore.configSchema> {
  static override readonly FLAVOR: string = "memory";
  static override readonly SUPPORTED_SCHEMES = ["memory://"];
  static override readonly configSchema = BaseArtifactStore.configSchema.extend({});

  get objects(): Map<string, Stored> {
    let objects = places.get(this.path);
    if (!objects) places.set(this.path, (objects = new Map()));
    return objects;
  }

  override async read(
    key: string,
    { range, signal }: StoreOptions & { readonly range?: ByteRange | undefined } = {},
  ): Promise<ReadableStream<Uint8Array>> {
    assertKey(key);
    signal?.throwIfAborted();
    const { bytes } = this.found("read", key);
    if (range && range.start >= bytes.byteLength)
      throw new ZenError("bad_range", `Can't read from ${range.start} of "${key}".`, { hint: "Begin before its end." });
    const { start, end } = range ?? { start: 0 };
    let position = start;
    const stop = Math.min(bytes.byteLength, (end ?? Infinity) + 1);
    return new ReadableStream({
      start(controller) {
        signal?.addEventListener("abort", () => controller.error(signal.reason));
      },
      pull(controller) {
        if (position < stop) controller.enqueue(bytes.slice(position, (position = Math.min(stop, position + 65_536))));
        if (position >= stop) controller.close();
      },
    });
  }

  override async write(
    key: string,
    source: ByteSource,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    assertKey(key);
    return this.put(key, await this.take(source, signal), ifAbsent);
  }

  override async stat(key: string, { signal }: StoreOptions = {}): Promise<ObjectStat | undefined> {
    assertKey(key);
    signal?.throwIfAborted();
    this.connect("stat", key);
    const stored = this.objects.get(key);
    return stored && { key, size: stored.bytes.byteLength, modifiedAt: stored.modifiedAt };
  }

  override async list(
    prefix: string,
    { cursor, limit = 1000, signal }: StoreOptions & { readonly cursor?: string | undefined; readonly limit?: number | undefined } = {},
  ): Promise<ObjectPage> {
    signal?.throwIfAborted();
    this.connect("list", prefix);
    const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix) && (cursor === undefined || order(key, cursor) > 0))
      .sort(order);
    const objects = await Promise.all(keys.slice(0, limit).map(async (key) => (await this.stat(key))!));
    return { objects, cursor: keys.length > limit ? keys[limit - 1] : undefined };
  }

  override async copy(
    from: string,
    to: string,
    { ifAbsent = false, signal }: StoreOptions & { readonly ifAbsent?: boolean | undefined } = {},
  ): Promise<ObjectStat> {
    assertKey(from);
    assertKey(to);
    signal?.throwIfAborted();
    return this.put(to, this.found("copy", from).bytes, ifAbsent);
  }

  override async rename(from: string, to: string, { signal }: StoreOptions = {}): Promise<ObjectStat> {
    const moved = await this.copy(from, to, { signal });
    this.objects.delete(from);
    return moved;
  }

  override async delete(key: string, { signal }: StoreOptions = {}): Promise<void> {
    assertKey(key);
    signal?.throwIfAborted();
    this.connect("delete", key);
    this.objects.delete(key);
  }

  override async deleteTree(prefix: string, { signal }: StoreOptions = {}): Promise<number> {
    assertKey(prefix);
    signal?.throwIfAborted();
    this.connect("delete", prefix);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(`${prefix}/`));
    for (const key of keys) this.objects.delete(key);
    return keys.length;
  }

  get isBroken(): boolean {
    return broken.has(this.path);
  }

  /** All bytes of a source. */
  async take(source: ByteSource, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (source instanceof Uint8Array) return source.slice();
    const aborted = new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
    const all = (async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of source) chunks.push(chunk.slice());
      return Buffer.concat(chunks);
    })();
    return Promise.race([all, aborted]);
  }

  put(key: string, bytes: Uint8Array, ifAbsent: boolean): ObjectStat {
    this.connect("write", key);
    if (ifAbsent && this.objects.has(key))
      throw new ZenError("object_exists", `Can't write "${key}": it is there.`, { hint: "Use another key." });
    const modifiedAt = new Date();
    this.objects.set(key, { bytes, modifiedAt });
    return { key, size: bytes.byteLength, modifiedAt };
  }

  found(operation: string, key: string): Stored {
    this.connect(operation, key);
    const stored = this.objects.get(key);
    if (!stored) throw new ZenError("object_not_found", `Can't ${operation} "${key}": it isn't there.`, { hint: "Look for it elsewhere." });
    return stored;
  }

  connect(operation: string, key: string): void {
    if (this.isBroken)
      throw new ZenError("store_unavailable", `Can't ${operation} "${key}": the connection is cut.`, { hint: "Check the network." });
  }
}
