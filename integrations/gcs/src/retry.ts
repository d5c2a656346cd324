import { pauseBeforeRetry } from "@zen/core";
import { RequestFailure } from "./request-failure.ts";

/** The attempts at some work, counted from the last time that it got on. */
export class Retries {
  readonly #maxAttempts: number;
  readonly #signal: AbortSignal | undefined;
  #failed = 0;

  constructor(maxAttempts: number, signal: AbortSignal | undefined) {
    this.#maxAttempts = maxAttempts;
    this.#signal = signal;
  }

  /** Whether an attempt has failed since the work last got on. */
  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** The work got on: what fails next is counted anew. */
  reset(): void {
    this.#failed = 0;
  }

  /**
   * Waits before the next attempt.
   *
   * @throws the error, if it can't pass or has been met too often
   */
  async pause(error: unknown): Promise<void> {
    if (!(error instanceof RequestFailure) || !error.mayPass || this.#failed + 1 >= this.#maxAttempts) throw error;
    await pauseBeforeRetry(++this.#failed, this.#signal);
  }

  /** Does work until it succeeds. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await this.pause(error);
      }
    }
  }
}
