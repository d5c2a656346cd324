import {
  isZenError,
  ZenError,
  type ByteRange,
  type ByteSource,
  type ComponentCheck,
  type ObjectPage,
  type ObjectStat,
  type StoreOptions,
} from "@zen/core";
import { ArtifactStoreCase, artifactStoreChecks, artifactStoreConformance } from "./artifact-store.ts";
import { breakPlace, MemoryArtifactStore } from "./memory-artifact-store.fixture.ts";
import { expectAllCovered, expectSeenThrough, WRONG_SETTINGS } from "./wrong-flavors.fixture.ts";

type WriteOptions = StoreOptions & { readonly ifAbsent?: boolean | undefined };
type Flavor = typeof MemoryArtifactStore;

const subject = (Flavor: Flavor) => ({
  name: Flavor.name,
  create: (place: string) => new Flavor({ name: "test", path: `memory://${place}` }),
  break: breakPlace,
});
const open = (flavor: Flavor): ArtifactStoreCase => new ArtifactStoreCase(subject(flavor));

const CODES = ["store_forbidden", "store_full", "store_unavailable"] as const;
const BREAK = "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended";
const MEMORY = "writes, reads and copies a large object in little memory";

const wrong: readonly (readonly [promise: string, Flavor])[] = [
  [MEMORY, MemoryArtifactStore],
  [
    "keeps the bytes that it is given, whatever they are and however they come",
    // Keeps a chunk whose memory the source uses again.
    class extends MemoryArtifactStore {
      override async take(source: ByteSource): Promise<Uint8Array> {
        if (source instanceof Uint8Array) return source;
        const chunks: Uint8Array[] = [];
        for await (const chunk of source) chunks.push(chunk);
        return Buffer.concat(chunks);
      }
    },
  ],
  [
    "reads a range, its end included, up to the last byte",
    class extends MemoryArtifactStore {
      override read(key: string, { range }: { range?: ByteRange | undefined } = {}) {
        return super.read(key, range?.end ? { range: { ...range, end: range.end - 1 } } : { range });
      }
    },
  ],
  [
    "refuses a range that begins beyond the last byte with bad_range",
    class extends MemoryArtifactStore {
      override read(key: string, { range }: { range?: ByteRange | undefined } = {}) {
        return super.read(key, { range }).catch((error: unknown) => {
          if (isZenError(error) && error.code === "bad_range") return new Blob([]).stream();
          throw error;
        });
      }
    },
  ],
  [
    "tells the size and the time of an object, the same everywhere",
    class extends MemoryArtifactStore {
      override async stat(key: string): Promise<ObjectStat | undefined> {
        const stat = await super.stat(key);
        return stat && { ...stat, modifiedAt: new Date(0) };
      }
    },
  ],
  [
    "lets a reader stop early, and use the store on",
    class extends MemoryArtifactStore {
      override async read(key: string, options?: Parameters<MemoryArtifactStore["read"]>[1]) {
        const reader = (await super.read(key, options)).getReader();
        return new ReadableStream<Uint8Array>({
          pull: async (controller) => {
            const { done, value } = await reader.read();
            if (done) controller.close();
            else controller.enqueue(value);
          },
          cancel: () => {
            throw new ZenError("store_unavailable", "The reader can't stop.");
          },
        });
      }
    },
  ],
  [
    "ends a reading with the signal's reason when it is aborted",
    class extends MemoryArtifactStore {
      override read(key: string, { range }: { range?: ByteRange | undefined } = {}) {
        return super.read(key, { range });
      }
    },
  ],
  [
    "reads, looks up and lists nothing when it was aborted before, and rejects with the signal's reason",
    class extends MemoryArtifactStore {
      override exists(key: string): Promise<boolean> {
        return super.exists(key);
      }
    },
  ],
  [
    "shows at once to other components what one has written",
    class extends MemoryArtifactStore {
      readonly #seen = new Map<string, Uint8Array>();
      override found(operation: string, key: string) {
        const stored = super.found(operation, key);
        if (!this.#seen.has(key)) this.#seen.set(key, stored.bytes);
        return { ...stored, bytes: this.#seen.get(key)! };
      }
    },
  ],
  [
    "replaces an object whole",
    class extends MemoryArtifactStore {
      override put(key: string, bytes: Uint8Array, ifAbsent: boolean): ObjectStat {
        const before = ifAbsent ? undefined : this.objects.get(key)?.bytes;
        return super.put(
          key,
          before && before.byteLength > bytes.byteLength ? Buffer.concat([bytes, before.subarray(bytes.byteLength)]) : bytes,
          ifAbsent,
        );
      }
    },
  ],
  ...[
    "shows nothing of a write until it is done",
    "leaves nothing of a write whose source fails, and rejects with the source's error",
    "leaves nothing of an aborted write, also if its source never goes on, and rejects with the signal's reason",
  ].map((promise): [string, Flavor] => [
    promise,
    // Writes in place.
    class extends MemoryArtifactStore {
      override async write(key: string, source: ByteSource, { ifAbsent = false, signal }: WriteOptions = {}): Promise<ObjectStat> {
        if (source instanceof Uint8Array) return super.write(key, source, { ifAbsent, signal });
        const put = (bytes: Uint8Array): void => void this.put(key, bytes, false);
        const seen = (async function* () {
          let all = new Uint8Array();
          for await (const chunk of source) {
            all = new Uint8Array(Buffer.concat([all, chunk]));
            put(all);
            yield chunk;
          }
        })();
        return super.write(key, seen, { ifAbsent, signal });
      }
    },
  ]),
  [
    "gives a reader one object whole, even if it is replaced meanwhile",
    class extends MemoryArtifactStore {
      override async read(key: string) {
        let position = 0;
        return new ReadableStream<Uint8Array>({
          pull: (controller) => {
            const { bytes } = this.found("read", key);
            controller.enqueue(bytes.slice(position, (position += 65_536)));
            if (position >= bytes.byteLength) controller.close();
          },
        });
      }
    },
  ],
  [
    "lets exactly one of twenty racing writers create an object",
    // Looks, then writes.
    class extends MemoryArtifactStore {
      override async write(key: string, source: ByteSource, { ifAbsent = false, signal }: WriteOptions = {}): Promise<ObjectStat> {
        const bytes = await this.take(source, signal);
        if (ifAbsent && (await this.exists(key)))
          throw new ZenError("object_exists", `Can't write "${key}".`, { hint: "Use another key." });
        return this.put(key, bytes, false);
      }
    },
  ],
  [
    "refuses to create what is there with object_exists, and leaves it as it is",
    class extends MemoryArtifactStore {
      override copy(from: string, to: string): Promise<ObjectStat> {
        return super.copy(from, to);
      }
    },
  ],
  [
    "keeps objects under any keys apart, and lists the keys as they were given",
    // A disk that takes small and capital letters for the same.
    class extends MemoryArtifactStore {
      override put(key: string, bytes: Uint8Array, ifAbsent: boolean): ObjectStat {
        return super.put([...this.objects.keys()].find((other) => other.toLowerCase() === key.toLowerCase()) ?? key, bytes, ifAbsent);
      }
    },
  ],
  [
    "refuses a bad key with bad_key, whatever is asked, before anything happens",
    class extends MemoryArtifactStore {
      override async stat(key: string): Promise<ObjectStat | undefined> {
        return this.objects.has(key) ? super.stat(key) : undefined;
      }
    },
  ],
  [
    "has for every object an address, which is its path, a slash and a plain key",
    class extends MemoryArtifactStore {
      override uri(key: string): string {
        return `file://${key}`;
      }
    },
  ],
  [
    "keeps an object beneath another and one with a long name, or refuses them, and leaves the other as it is",
    // Takes a folder's object away for the folder.
    class extends MemoryArtifactStore {
      override async write(key: string, source: ByteSource, options?: WriteOptions): Promise<ObjectStat> {
        this.objects.delete(key.slice(0, key.lastIndexOf("/")));
        return super.write(key, source, options);
      }
    },
  ],
  [
    "lists nothing where nothing is",
    // Takes the prefix for a folder, with or without its slash.
    class extends MemoryArtifactStore {
      override list(prefix: string, options?: { cursor?: string | undefined; limit?: number | undefined }): Promise<ObjectPage> {
        return super.list(prefix.replace(/\/$/, ""), options);
      }
    },
  ],
  [
    "lists objects in the order of their keys' bytes, each once, in pages of any length",
    // Sorts as JavaScript compares, by UTF-16.
    class extends MemoryArtifactStore {
      override async list(prefix: string, options?: { cursor?: string | undefined; limit?: number | undefined }): Promise<ObjectPage> {
        const { objects, cursor } = await super.list(prefix, options);
        return { objects: [...objects].sort((a, b) => (a.key < b.key ? -1 : 1)), cursor };
      }
    },
  ],
  [
    "takes the prefix of a listing as text, not as a folder",
    class extends MemoryArtifactStore {
      override list(prefix: string, options?: { cursor?: string | undefined; limit?: number | undefined }): Promise<ObjectPage> {
        return super.list(prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`, options);
      }
    },
  ],
  [
    "lists all others once when objects come and go meanwhile",
    // Counts instead of remembering the last key.
    class extends MemoryArtifactStore {
      override async list(
        prefix: string,
        { cursor = "0", limit = 1000 }: { cursor?: string | undefined; limit?: number | undefined } = {},
      ): Promise<ObjectPage> {
        const { objects } = await super.list(prefix);
        const end = Number(cursor) + limit;
        return { objects: objects.slice(Number(cursor), end), cursor: end < objects.length ? String(end) : undefined };
      }
    },
  ],
  [
    "copies an object, replacing what was there, and keeps the original apart from the copy",
    class extends MemoryArtifactStore {
      override async copy(from: string, to: string, options?: WriteOptions): Promise<ObjectStat> {
        const copied = await super.copy(from, to, options);
        this.objects.delete(from);
        return copied;
      }
    },
  ],
  [
    "moves an object, replacing what was there",
    class extends MemoryArtifactStore {
      override rename(from: string, to: string): Promise<ObjectStat> {
        return this.copy(from, to);
      }
    },
  ],
  [
    "refuses to copy or move what isn't there with object_not_found, and leaves the target as it is",
    class extends MemoryArtifactStore {
      override async copy(from: string, to: string, options?: WriteOptions): Promise<ObjectStat> {
        return this.objects.has(from) ? super.copy(from, to, options) : this.put(to, new Uint8Array(), false);
      }
    },
  ],
  [
    "leaves nothing of a copy or a move that was aborted before",
    class extends MemoryArtifactStore {
      override copy(from: string, to: string, { ifAbsent }: WriteOptions = {}): Promise<ObjectStat> {
        return super.copy(from, to, { ifAbsent });
      }
    },
  ],
  [
    "deletes an object, and does nothing where there is none",
    class extends MemoryArtifactStore {
      override async delete(key: string): Promise<void> {
        for (const other of this.objects.keys()) if (other.startsWith(key)) this.objects.delete(other);
      }
    },
  ],
  [
    "deletes the objects under a folder, all of them and no others, and says how many there were",
    class extends MemoryArtifactStore {
      override async deleteTree(prefix: string): Promise<number> {
        // One page of them.
        const { objects } = await this.list(`${prefix}/`);
        for (const { key } of objects) this.objects.delete(key);
        return objects.length;
      }
    },
  ],
  [
    "deletes nothing when it was aborted before",
    class extends MemoryArtifactStore {
      override deleteTree(prefix: string): Promise<number> {
        return super.deleteTree(prefix);
      }
    },
  ],
  [
    "says object_not_found, with the key, when there is nothing to read",
    class extends MemoryArtifactStore {
      override found(operation: string, key: string) {
        const stored = this.objects.get(key);
        if (!stored) throw new Error(`ENOENT: no such file, ${operation} '${key}'`);
        return stored;
      }
    },
  ],
  [
    "finds nothing wrong with a store that works when it checks itself, and leaves nothing",
    class extends MemoryArtifactStore {
      override async check(check: ComponentCheck): Promise<void> {
        await super.check(check);
        await this.write(".zen-check/left", new Uint8Array(1));
      }
    },
  ],
  [
    "leaves nothing of a check that is aborted, and rejects with the signal's reason",
    // Cleans up only at the end.
    class extends MemoryArtifactStore {
      override async check(check: ComponentCheck): Promise<void> {
        await check.attempt("write", () => this.write(".zen-check/probe", new Uint8Array(1)));
        await check.attempt("copy", () => this.copy(".zen-check/probe", ".zen-check/copy"));
        await this.deleteTree(".zen-check");
      }
    },
  ],
  [
    "keeps a hundred objects apart that are written, read and deleted at the same time",
    // Remembers what it writes in the component.
    class extends MemoryArtifactStore {
      #key = "";
      override async write(key: string, source: ByteSource, options?: WriteOptions): Promise<ObjectStat> {
        this.#key = key;
        await Promise.resolve();
        return super.write(this.#key, source, options);
      }
    },
  ],
  [
    BREAK,
    // Keeps for later what it can't send, and says that it was written.
    class extends MemoryArtifactStore {
      override put(key: string, bytes: Uint8Array, ifAbsent: boolean): ObjectStat {
        return this.isBroken ? { key, size: bytes.byteLength, modifiedAt: new Date() } : super.put(key, bytes, ifAbsent);
      }
    },
  ],
  [
    BREAK,
    // Shows the error of its library.
    class extends MemoryArtifactStore {
      override connect(): void {
        if (this.isBroken) throw new Error("connect ECONNREFUSED");
      }
    },
  ],
  [
    BREAK,
    // Takes away what was there before it has all of the new.
    class extends MemoryArtifactStore {
      override async write(key: string, source: ByteSource, options?: WriteOptions): Promise<ObjectStat> {
        this.objects.delete(key);
        return super.write(key, source, options);
      }
    },
  ],
  [
    BREAK,
    // Never connects again.
    class extends MemoryArtifactStore {
      #lost = false;
      override get isBroken(): boolean {
        return (this.#lost ||= super.isBroken);
      }
    },
  ],
  [
    BREAK,
    // Finds nothing where it can't look.
    class extends MemoryArtifactStore {
      override list(prefix: string, options?: { cursor?: string | undefined; limit?: number | undefined }): Promise<ObjectPage> {
        return this.isBroken ? Promise.resolve({ objects: [], cursor: undefined }) : super.list(prefix, options);
      }
    },
  ],
  [
    BREAK,
    // Knows of nothing where it can't look.
    class extends MemoryArtifactStore {
      override stat(key: string, options?: StoreOptions): Promise<ObjectStat | undefined> {
        return this.isBroken ? Promise.resolve(undefined) : super.stat(key, options);
      }
    },
  ],
  [
    BREAK,
    class extends MemoryArtifactStore {
      override async exists(key: string, options?: StoreOptions): Promise<boolean> {
        return !this.isBroken && (await super.exists(key, options));
      }
    },
  ],
  [
    BREAK,
    // Says that it has moved what it couldn't reach.
    class extends MemoryArtifactStore {
      override async rename(from: string, to: string, options?: StoreOptions): Promise<ObjectStat> {
        return this.isBroken ? { key: to, size: 0, modifiedAt: new Date() } : super.rename(from, to, options);
      }
    },
  ],
  [
    BREAK,
    // Says that it has deleted what it couldn't reach.
    class extends MemoryArtifactStore {
      override delete(key: string, options?: StoreOptions): Promise<void> {
        return this.isBroken ? Promise.resolve() : super.delete(key, options);
      }
    },
  ],
  [
    BREAK,
    class extends MemoryArtifactStore {
      override deleteTree(prefix: string, options?: StoreOptions): Promise<number> {
        return this.isBroken ? Promise.resolve(0) : super.deleteTree(prefix, options);
      }
    },
  ],
  [
    "ends no read early that the connection breaks amid: it is whole, or fails",
    // Takes the end of the connection for the end of the object.
    class extends MemoryArtifactStore {
      override async read(key: string, options?: StoreOptions): Promise<ReadableStream<Uint8Array>> {
        const whole = await super.read(key, options);
        const isBroken = (): boolean => this.isBroken;
        async function* parts(): AsyncGenerator<Uint8Array> {
          for await (const part of whole) {
            if (isBroken()) return;
            yield part;
          }
        }
        return ReadableStream.from(parts());
      }
    },
  ],
  [
    "leaves no part of an object whose write the connection breaks amid",
    // Keeps what has arrived.
    class extends MemoryArtifactStore {
      override async write(key: string, source: ByteSource, options?: WriteOptions): Promise<ObjectStat> {
        if (source instanceof Uint8Array) return super.write(key, source, options);
        const chunks: Uint8Array[] = [];
        for await (const chunk of source) {
          if (this.isBroken) this.connect("write", key);
          chunks.push(chunk.slice());
          this.put(key, Buffer.concat(chunks), false);
        }
        return super.write(key, Buffer.concat(chunks), options);
      }
    },
  ],
  ...WRONG_SETTINGS.map(([promise, shape]): [string, Flavor] => [
    promise,
    class extends MemoryArtifactStore {
      static override readonly configSchema = MemoryArtifactStore.configSchema.extend(shape) as never;
    },
  ]),
];

expectSeenThrough(artifactStoreChecks, wrong, open);

// These need a hook, and are one check each under several names.
const HOOKED = [
  "leaves nothing of a write whose process is killed",
  ...CODES.map((code) => `says ${code}, with the key, the operation and what to do`),
  ...["store_forbidden", "store_unavailable"].map((code) => `says ${code} when it checks itself, and what to do`),
];
expectAllCovered(artifactStoreChecks, wrong, HOOKED);

expectSeenThrough(
  artifactStoreChecks,
  HOOKED.map((promise) => [promise, promise] as const),
  () =>
    new ArtifactStoreCase({
      ...subject(MemoryArtifactStore),
      // What a killed process would have left of a write in place.
      killAmidWrite: async (place, key) => void (await subject(MemoryArtifactStore).create(place).write(key, new Uint8Array(5))),
      failing: Object.fromEntries(CODES.map((code) => [code, () => subject(MemoryArtifactStore).create("works")])),
    }),
);

/** Fails whatever is written, as a disk does that can't be used. */
const failing = (code: string): MemoryArtifactStore =>
  new (class extends MemoryArtifactStore {
    override put(key: string): ObjectStat {
      throw new ZenError(code, `Can't write "${key}".`, { hint: "Use another store." });
    }
  })({ name: "test", path: "memory://failing" });

// The function that flavors' authors call; eight MiB are within the limit of the memory check, whoever holds them.
artifactStoreConformance({
  ...subject(MemoryArtifactStore),
  largeMebibytes: 8,
  // What a process had in its memory goes with it.
  killAmidWrite: async () => {},
  failing: Object.fromEntries(CODES.map((code) => [code, () => failing(code)])),
});
