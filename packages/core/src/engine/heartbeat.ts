import type { Committer } from "./committer.ts";
import { isoTime } from "./time.ts";

const HEARTBEAT_MILLISECONDS = 15_000;

/** Says in the metadata store that a run's process lives: now and then by itself, and whenever a step shows progress. */
export class Heartbeat {
  readonly #committer: Committer;
  readonly #runId: string;
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();

  constructor(committer: Committer, runId: string) {
    this.#committer = committer;
    this.#runId = runId;
    // Not unref'd: a step that waits for something without keeping the process alive still has a run to finish.
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MILLISECONDS);
  }

  /** For a sign of life of a step: a computation that lets no timer run may still show progress. */
  alive(): void {
    if (performance.now() - this.#last >= HEARTBEAT_MILLISECONDS) this.#beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#last = performance.now();
    // A store that is busy or gone may be back in a moment; if not, the next commit that matters says so.
    this.#committer.commit([{ kind: "heartbeat", runId: this.#runId, at: isoTime() }]).catch(() => {});
  }
}
