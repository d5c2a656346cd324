import { describe, test } from "vitest";

/** One promise of a contract, and how to see whether a flavor keeps it. */
export interface Check<Case> {
  /** What a flavor does, as the end of a sentence: "lists objects in the order of their keys". */
  readonly promise: string;
  /** Whether what the flavor's author gave is enough for this check. Without it, always. */
  readonly applies?: (given: Case) => boolean;
  /** Fails (with an AssertionError) if the promise isn't kept. */
  run(given: Case): Promise<void>;
}

/** What every author of a flavor may give. */
export interface Subject {
  /** The title of the suite. */
  readonly name: string;
  /** After how many seconds a check fails that isn't done. @default 120 */
  readonly timeoutSeconds?: number;
}

/** Turns checks into vitest's tests, one by one, each with a case of its own. What doesn't apply is shown as skipped. */
export function defineChecks<Case extends AsyncDisposable>(
  { name, timeoutSeconds = 120 }: Subject,
  checks: readonly Check<Case>[],
  open: () => Case,
): void {
  describe(name, () => {
    for (const check of checks) {
      test(check.promise, { timeout: timeoutSeconds * 1000 }, async ({ skip }) => {
        await using given = open();
        if (check.applies && !check.applies(given)) skip("needs a hook that the flavor's test doesn't give");
        await check.run(given);
      });
    }
  });
}
