/** For flavors that ask a server: lets so many requests be under way at a time, in the order in which they came. */
export class Semaphore {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Waits for a turn, or for the signal.
   *
   * @returns ends the turn; more than once does no harm
   */
  async turn(signal: AbortSignal | undefined): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const [next] = this.#waiting;
      if (next) next();
      else this.#free++;
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.delete(done);
        reject(signal!.reason as Error);
      };
      this.#waiting.add(done);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
