import { AssertionError } from "node:assert";
import { isZenError } from "@zen/core";
import { expect, test } from "vitest";
import * as z from "zod";
import type { Check } from "./check.ts";

const SECRET = "shows no secret, and refuses to have one stored";

/** Settings that break a promise of every component's configuration. */
export const WRONG_SETTINGS: readonly (readonly [promise: string, shape: z.ZodRawShape])[] = [
  [
    "has the same configuration after it was stored and read back, and its schema describes all of it",
    // Another text each time it is parsed.
    {
      note: z
        .string()
        .default("a")
        .transform((text) => `${text}!`),
    },
  ],
  [SECRET, { apiToken: z.string().default("t") }],
  // Not set by who makes the component.
  [SECRET, { password: z.string().optional() }],
  [SECRET, { login: z.object({ user: z.string(), passwd: z.string().nullable() }).optional() }],
  [SECRET, { tokens: z.array(z.string()).optional() }],
];

/** Asserts that checks see through wrong flavors: each one breaks a promise, and the check of that promise fails. */
export function expectSeenThrough<Case extends AsyncDisposable, Flavor>(
  checks: readonly Check<Case>[],
  wrong: readonly (readonly [promise: string, Flavor])[],
  open: (flavor: Flavor) => Case,
): void {
  test.for(wrong)("sees when a flavor doesn't do this: %s", { timeout: 60_000 }, async ([promise, flavor]) => {
    const check = checks.find((candidate) => candidate.promise === promise);
    expect(check, `there is a check "${promise}"`).toBeDefined();
    await using given = open(flavor);
    const error = await check!.run(given).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    // What the check asserts, or what the flavor says that it can't: not a mistake in the flavor of the test.
    expect(error instanceof AssertionError || isZenError(error), `it was seen by ${String(error)}`).toBe(true);
  });
}

/** Asserts that every promise, but those named, is broken by some wrong flavor. */
export function expectAllCovered<Case>(
  checks: readonly Check<Case>[],
  wrong: readonly (readonly [promise: string, unknown])[],
  except: readonly string[],
): void {
  test("has a wrong flavor for every check", () => {
    const covered = new Set([...wrong.map(([promise]) => promise), ...except]);
    expect(checks.map(({ promise }) => promise).filter((promise) => !covered.has(promise))).toEqual([]);
  });
}
