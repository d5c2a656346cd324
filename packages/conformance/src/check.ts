import { describe, test } from "vitest";

/** One promise of a contract, and how to see whether a flavor keeps it. */
export interface Check<Case> {
  /** What a flavor does, as the end of a sentence: "lists objects in the order of their keys". */
  readonly promise: string;
  /** The hook of the flavor's author that it takes, such as `break` or `failing.store_full`. By default none. */
  readonly needs?: string;
  /** Fails (with an AssertionError) if the promise isn't kept. */
  run(given: Case): Promise<void>;
}

/** What every author of a flavor may give. */
export interface Subject {
  /** The title of the suite. */
  readonly name: string;
  /** After how many seconds a check fails that isn't done: because it waits for something that never settles, say. @default 120 */
  readonly timeoutSeconds?: number;
}

/**
 * Turns checks into vitest's tests, one by one, each with a case of its own. One whose hook isn't given is shown as skipped, with
 * the hook to give.
 *
 * @param suite the function that the author has called
 */
export function defineChecks<Case extends AsyncDisposable>(
  suite: string,
  subject: Subject,
  checks: readonly Check<Case>[],
  open: () => Case,
): void {
  const { name, timeoutSeconds = 120 } = subject;
  describe(name, () => {
    for (const check of checks) {
      const { needs } = check;
      // vitest's own limit would say to raise it in vitest's way, which isn't this suite's.
      test(check.promise, { timeout: 0 }, async ({ skip }) => {
        if (needs !== undefined && !isGiven(subject, needs)) skip(`to have this checked, give \`${needs}\` to ${suite}`);
        await runCheck(check, open(), timeoutSeconds);
      });
    }
  });
}

function isGiven(subject: Subject, hook: string): boolean {
  let given: unknown = subject;
  for (const name of hook.split(".")) given = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
  return given !== undefined;
}

/** Runs a check and takes down what it has set up; fails if one of them takes longer than it may. */
export async function runCheck<Case extends AsyncDisposable>(check: Check<Case>, given: Case, timeoutSeconds: number): Promise<void> {
  const inTime = async (what: string, work: PromiseLike<void>): Promise<void> => {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () =>
        late.reject(
          new Error(
            `${what} was not done after ${timeoutSeconds} ${timeoutSeconds === 1 ? "second" : "seconds"}: a method of the component that it waits for never settles, or is slow. If it is only slow, give the suite a larger timeoutSeconds.`,
          ),
        ),
      timeoutSeconds * 1000,
    );
    await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
  };
  const promise = JSON.stringify(check.promise);
  const [ran] = await Promise.allSettled([inTime(`The check ${promise}`, check.run(given))]);
  const [closed] = await Promise.allSettled([inTime(`Closing and disposing after the check ${promise}`, given[Symbol.asyncDispose]())]);
  for (const end of [ran, closed]) if (end.status === "rejected") throw end.reason;
}
