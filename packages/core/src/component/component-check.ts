import { failureOf } from "../engine/failure.ts";
import { isZenError } from "../error/zen-error.ts";

/** One thing that a check has tried: plain data. */
export interface CheckStep {
  /** What was tried: `write`, say. */
  readonly action: string;
  /** `skipped`: it could not be tried. */
  readonly status: "ok" | "failed" | "skipped";
  /** Why it failed, or was skipped. */
  readonly message?: string;
  /** What to do about that. */
  readonly hint?: string;
  /** The error's code. */
  readonly code?: string;
  /** The right that is missing, if that is why. */
  readonly missingPermission?: string;
}

/** Who is told of a check, and what stops it. */
export interface ComponentCheckOptions {
  /** Once aborted, what is under way is given up, and nothing else is tried. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of every step before it is tried. */
  readonly onStart?: ((action: string) => void) | undefined;
  /** Is told of every step when it has ended. */
  readonly onStep?: ((step: CheckStep) => void) | undefined;
}

/**
 * What a component's `check` tries its things with. Each failure is noted and stops nothing else.
 *
 * @example
 * override async check(check: ComponentCheck): Promise<void> {
 *   await check.attempt("log in", () => this.#client.whoAmI());
 *   await check.attempt("post", () => this.#client.post(this.config.channel, "It works."));
 * }
 */
export class ComponentCheck {
  /** For whatever is tried to stop early. */
  readonly signal: AbortSignal | undefined;
  readonly #steps: CheckStep[] = [];
  readonly #onStart: (action: string) => void;
  readonly #onStep: (step: CheckStep) => void;

  constructor({ signal, onStart = () => {}, onStep = () => {} }: ComponentCheckOptions = {}) {
    this.signal = signal;
    this.#onStart = onStart;
    this.#onStep = onStep;
  }

  /** What has been tried so far, in that order. */
  get steps(): readonly CheckStep[] {
    return this.#steps;
  }

  /**
   * Tries one thing, and notes how it went.
   *
   * @param options.permission what the right is called that it takes, to be named if the error is `store_forbidden`
   * @returns whether it went well
   * @throws the signal's reason, once it is aborted: clean up in a `finally`
   */
  async attempt(
    action: string,
    work: () => Promise<unknown>,
    { permission }: { readonly permission?: string | undefined } = {},
  ): Promise<boolean> {
    this.signal?.throwIfAborted();
    this.#onStart(action);
    try {
      await work();
    } catch (error) {
      this.signal?.throwIfAborted();
      const { message, hint } = failureOf(error);
      const code = isZenError(error) ? error.code : undefined;
      this.#note({
        action,
        status: "failed",
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(code === undefined ? {} : { code }),
        ...(code === "store_forbidden" && permission !== undefined ? { missingPermission: permission } : {}),
      });
      return false;
    }
    this.#note({ action, status: "ok" });
    return true;
  }

  /** Notes that something can't be tried, and why. */
  skip(action: string, message: string): void {
    this.#note({ action, status: "skipped", message });
  }

  #note(step: CheckStep): void {
    this.#steps.push(step);
    this.#onStep(step);
  }
}
