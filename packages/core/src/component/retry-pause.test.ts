import { expect, test } from "vitest";
import { pauseBeforeRetry } from "./retry-pause.ts";

test("pauses double, and no two are the same", async () => {
  const took = await Promise.all(
    [1, 1, 4, 4].map(async (retry) => {
      const started = performance.now();
      await pauseBeforeRetry(retry);
      return performance.now() - started;
    }),
  );
  expect(Math.max(took[0]!, took[1]!)).toBeLessThan(Math.min(took[2]!, took[3]!));
  expect(took[2]).not.toBe(took[3]);
  expect(Math.min(took[2]!, took[3]!)).toBeGreaterThan(395);
});

test("an aborted pause ends at once with the signal's reason", async () => {
  const aborter = new AbortController();
  const reason = new Error("stop");
  const pause = pauseBeforeRetry(20, aborter.signal);
  aborter.abort(reason);
  await expect(pause).rejects.toBe(reason);
});
