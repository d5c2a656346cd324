import { BaseArtifactStore, type ByteRange, type ByteSource, type ObjectPage, type ObjectStat, type StoreOptions } from "@zen/core";
import { LocalArtifactStore } from "@zen/integration-local";

/** Custom artifact store implementation: files, under addresses of its own. */
export class MyCustomArtifactStore extends BaseArtifactStore {
  // Class configuration
  static override readonly FLAVOR: string = "custom";
  static override readonly SUPPORTED_SCHEMES: readonly string[] = ["custom://"];

  readonly #files = new LocalArtifactStore({ name: this.name, path: this.path.replace("custom://", "") });

  override read(key: string, options?: StoreOptions & { range?: ByteRange | undefined }): Promise<ReadableStream<Uint8Array>> {
    return this.#files.read(key, options);
  }

  override write(key: string, source: ByteSource, options?: StoreOptions & { ifAbsent?: boolean | undefined }): Promise<ObjectStat> {
    return this.#files.write(key, source, options);
  }

  override stat(key: string, options?: StoreOptions): Promise<ObjectStat | undefined> {
    return this.#files.stat(key, options);
  }

  override list(prefix: string, options?: StoreOptions & { cursor?: string | undefined; limit?: number | undefined }): Promise<ObjectPage> {
    return this.#files.list(prefix, options);
  }

  override copy(from: string, to: string, options?: StoreOptions & { ifAbsent?: boolean | undefined }): Promise<ObjectStat> {
    return this.#files.copy(from, to, options);
  }

  override rename(from: string, to: string, options?: StoreOptions): Promise<ObjectStat> {
    return this.#files.rename(from, to, options);
  }

  override delete(key: string, options?: StoreOptions): Promise<void> {
    return this.#files.delete(key, options);
  }

  override deleteTree(prefix: string, options?: StoreOptions): Promise<number> {
    return this.#files.deleteTree(prefix, options);
  }
}
