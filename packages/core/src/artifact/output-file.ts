import { mkdirSync, mkdtempSync } from "node:fs";
import nodePath from "node:path";
import { setImmediate } from "node:timers/promises";
import { ZenError } from "../error/zen-error.ts";
import { kindOf } from "../pipeline/brand.ts";
import type { OutputFile } from "../pipeline/types.ts";
import { ByteChannel } from "./byte-channel.ts";
import type { Digest } from "./digest.ts";
import { isFileName } from "./file-name.ts";
import { readLocalFile } from "./local-file.ts";
import { returned, type OutputPlace } from "./output-place.ts";

/** Where an object is kept, and what is in it. */
export interface StoredObject extends Digest {
  /** The `path` of the artifact store. */
  readonly store: string;
  readonly key: string;
}

/** What stands behind an output file's `~zen`, for the engine. */
export interface OutputFileBrand {
  readonly kind: "output_file";
  readonly contract: 1;
  /**
   * Stores what was written, or waits for what is being stored.
   *
   * @throws ZenError `bad_output_file` if nothing was written, or not to its end; whatever the upload threw.
   */
  finish(place: OutputPlace): Promise<StoredObject>;
  /** Gives up an upload that is under way: for an attempt that ends without returning the file. */
  discard(reason: unknown): void;
}

export interface OutputFileOptions {
  /** A plain file name. */
  readonly name: string;
  /** A folder of the attempt. */
  readonly scratch: string;
  /** Stores bytes as they come, hashing them on the way. Called at most once. */
  upload(source: AsyncIterable<Uint8Array>): Promise<StoredObject>;
}

/**
 * A file that a step writes: either through `writable()`, whose bytes go to the artifact store as they come, or to `path`,
 * from where they are stored when the step returns.
 *
 * @throws ZenError `bad_file_name`
 */
export function createOutputFile(options: OutputFileOptions): OutputFile & { readonly "~zen": OutputFileBrand } {
  if (!isFileName(options.name)) {
    throw new ZenError("bad_file_name", `${JSON.stringify(options.name)} can't be the name of an output file.`, {
      hint: "Give it a plain file name, such as model.bin: no folder, no / or \\, at most 255 bytes.",
    });
  }
  return new WrittenFile(options);
}

/** Whether `value` is an output file of any copy of core. */
export function isOutputFile(value: unknown): value is OutputFile & { readonly "~zen": OutputFileBrand } {
  return kindOf(value) === "output_file";
}

class WrittenFile implements OutputFile {
  declare readonly "~zen": OutputFileBrand;
  readonly name: string;
  readonly #options: OutputFileOptions;
  #path: string | undefined;
  #stream: Upload | undefined;
  #stored: Promise<StoredObject> | undefined;

  constructor(options: OutputFileOptions) {
    this.name = options.name;
    this.#options = options;
    const brand: OutputFileBrand = {
      kind: "output_file",
      contract: 1,
      finish: (place) => (this.#stored ??= this.#finish(place)),
      discard: (reason) => this.#stream?.discard(reason),
    };
    // Not enumerable: the engine's, and nothing to see when a person prints the file.
    Object.defineProperty(this, "~zen", { value: brand });
  }

  get path(): string {
    if (this.#stream !== undefined)
      throw this.#misuse("is written through writable() already, so it has no path", "Use writable() or path, not both.");
    if (this.#path === undefined) {
      mkdirSync(this.#options.scratch, { recursive: true });
      this.#path = nodePath.join(mkdtempSync(nodePath.join(this.#options.scratch, "file-")), this.name);
    }
    return this.#path;
  }

  writable(): WritableStream<Uint8Array> {
    if (this.#stream !== undefined)
      throw this.#misuse("is being written already: writable() was called twice", "Keep the first stream, or make another file.");
    if (this.#path !== undefined)
      throw this.#misuse("has given its path away already, so it can't be written through writable()", "Use writable() or path, not both.");
    this.#stream = new Upload(this.#options);
    return this.#stream.writable;
  }

  async #finish(place: OutputPlace): Promise<StoredObject> {
    if (this.#stream !== undefined) return this.#stream.finish(place);
    if (this.#path === undefined) {
      throw new ZenError("bad_output_file", `${returned(place, `the file "${this.name}"`)}, but nothing was written to it.`, {
        hint: "Write to file.writable() and close it, or to file.path, before you return it.",
      });
    }
    return this.#options.upload(await readLocalFile(this.#path, place));
  }

  #misuse(problem: string, hint: string): ZenError {
    return new ZenError("bad_output_file", `The output file "${this.name}" ${problem}.`, { hint });
  }
}

/** Bytes on their way to the artifact store. */
class Upload {
  readonly writable: WritableStream<Uint8Array>;
  readonly #name: string;
  readonly #channel = new ByteChannel();
  readonly #stored: Promise<StoredObject>;
  #state: "open" | "closed" | "aborted" | "failed" = "open";
  #reason: unknown;
  #writing: Promise<void> | undefined;

  constructor(options: OutputFileOptions) {
    this.#name = options.name;
    this.#stored = options.upload(this.#channel);
    this.writable = new WritableStream<Uint8Array>({
      start: (controller) => {
        // A store that fails ends the stream: the writer learns it from its next write.
        this.#stored.catch((error: unknown) => {
          if (this.#state === "open") this.#state = "failed";
          this.#channel.fail(error);
          controller.error(error);
        });
        // The sink's own abort would wait for the write under way, which waits for the store. (@types/node lacks the signal.)
        const { signal } = controller as typeof controller & { readonly signal: AbortSignal };
        signal.addEventListener("abort", () => this.discard(signal.reason));
      },
      write: (chunk) => (this.#writing = this.#write(chunk)),
      close: async () => {
        this.#state = "closed";
        this.#channel.close();
        await this.#stored;
      },
    });
  }

  async #write(chunk: unknown): Promise<void> {
    if (!(chunk instanceof Uint8Array)) {
      const error = new ZenError(
        "bad_output_file",
        `The output file "${this.#name}" was given ${chunk === null ? "null" : `a ${typeof chunk}`} to write, where it takes bytes (Uint8Array).`,
        {
          hint: "Write text as new TextEncoder().encode(text), or pipe it through new TextEncoderStream().",
        },
      );
      this.discard(error);
      throw error;
    }
    try {
      await this.#channel.write(chunk);
    } catch (error) {
      // When the store has stopped reading, what it failed with says why.
      if (this.#state !== "aborted") await this.#stored;
      throw error;
    }
  }

  discard(reason: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "aborted";
    this.#reason = reason;
    this.#channel.fail(reason ?? new Error("The stream was aborted."));
  }

  async finish(place: OutputPlace): Promise<StoredObject> {
    // A writer that called close() without waiting for it is on its way there: one write begins when the other ends.
    while (this.#state === "open") {
      const writing = this.#writing;
      await writing?.catch(() => {});
      await setImmediate();
      if (this.#writing === writing) break;
    }
    if (this.#state === "open") {
      const error = new ZenError(
        "bad_output_file",
        `${returned(place, `the file "${this.#name}"`)}, but it was not closed, so it may not be whole.`,
        { hint: "Close the writer before you return the file: await writer.close()" },
      );
      this.discard(error);
      throw error;
    }
    if (this.#state === "aborted") {
      const why = this.#reason instanceof Error ? `: ${this.#reason.message}` : "";
      throw new ZenError("bad_output_file", `${returned(place, `the file "${this.#name}"`)}, but writing it was aborted${why}.`, {
        hint: "Return a file that was written to its end, or let the step throw.",
        cause: this.#reason,
      });
    }
    return this.#stored;
  }
}
