/**
 * How many parts of all uploads of a store may be in memory at a time. Every upload has one, or it could never go on; more it
 * gets as long as the requests that could carry them aren't all needed for others.
 */
export class PartBudget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** For the first part of an upload. */
  take(): void {
    this.#used++;
  }

  /** For another part: whether it may be. */
  tryTake(): boolean {
    if (this.#used >= this.#most) return false;
    this.#used++;
    return true;
  }

  giveBack(parts: number): void {
    this.#used -= parts;
  }
}
