import type { BaseArtifactStore } from "../component/artifact-store.ts";
import type { LogLevel } from "./event.ts";
import { isoTime } from "./time.ts";

const CHUNK_BYTES = 256 * 1024;
const FLUSH_MILLISECONDS = 5_000;

/** The key of the n-th part of an attempt's log, n from 0: JSON lines of `time`, `level`, `message`, `fields`. */
export function logKey(runId: string, attemptId: string, n: number): string {
  return `${runId}/${attemptId}.${n}.log`;
}

/** Collects the log of one attempt and writes it to the artifact store, in parts while it grows. */
export class StepLog {
  readonly #store: BaseArtifactStore;
  readonly #runId: string;
  readonly #attemptId: string;
  #lines: string[] = [];
  #bytes = 0;
  #parts = 0;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: BaseArtifactStore, runId: string, attemptId: string) {
    this.#store = store;
    this.#runId = runId;
    this.#attemptId = attemptId;
  }

  /** @param fields plain JSON */
  add(level: LogLevel, message: string, fields?: object): void {
    const line = JSON.stringify({ time: isoTime(), level, message, ...(fields === undefined ? {} : { fields }) });
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= CHUNK_BYTES) this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MILLISECONDS).unref();
  }

  /**
   * Writes what is left.
   *
   * @returns how many parts there are. A log that can't be written never fails its step: what is missing is missing.
   */
  async close(): Promise<number> {
    if (this.#lines.length > 0) this.#flush();
    clearTimeout(this.#timer);
    await this.#writing;
    return this.#parts;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join("\n")}\n`);
    this.#lines = [];
    this.#bytes = 0;
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#store.write(logKey(this.#runId, this.#attemptId, this.#parts), bytes);
        // Numbered without gaps: whoever reads them stops at the first one that isn't there.
        this.#parts++;
      } catch {}
    });
  }
}
