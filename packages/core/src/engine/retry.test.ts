import { expect, test } from "vitest";
import { retryDelay, retryPolicy } from "./retry.ts";

test("a number of retries is a limit with the default delays", () => {
  expect(retryPolicy(3)).toEqual({ limit: 3 });
  expect(retryPolicy(undefined)).toEqual({ limit: 0 });
});

test("the delay grows by the factor, up to its maximum", () => {
  const policy = { limit: 9, delay: "100ms", factor: 3, maxDelay: "2s", jitter: false } as const;
  expect([1, 2, 3, 4, 5].map((attempt) => retryDelay(policy, attempt))).toEqual([100, 300, 900, 2_000, 2_000]);
});

test("jitter keeps the delay between half and all of it, and is on by default", () => {
  const policy = { limit: 1, delay: "1s" } as const;
  expect(retryDelay(policy, 1, () => 0)).toBe(500);
  expect(retryDelay(policy, 1, () => 0.9999)).toBe(1_000);
});
