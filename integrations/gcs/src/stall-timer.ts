/** Aborts what it watches when nothing has moved for a time, or when the caller's own signal does. */
export class StallTimer {
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal | undefined;
  readonly #abort = (): void => this.#controller.abort(this.#outer!.reason);
  /** Whether it was the time that ran out. */
  expired = false;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    this.touch();
    if (outer?.aborted) this.#abort();
    outer?.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something has moved. */
  touch(): void {
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setTimeout(() => this.#expire(), this.#milliseconds);
  }

  /** Ends the watch of the time, while nothing is expected to move. `touch` takes it up again. */
  pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends the watch. */
  end(): void {
    this.pause();
    this.#outer?.removeEventListener("abort", this.#abort);
  }

  /** `work`, or the failure, whichever comes first. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    let stop: () => void;
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason as Error);
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener("abort", stop!);
    }
  }

  #expire(): void {
    this.expired = true;
    this.#controller.abort(new Error(`nothing was sent or received for ${this.#milliseconds / 1000} s`));
  }
}
