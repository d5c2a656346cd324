import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Committer } from "./committer.ts";
import { Heartbeat } from "./heartbeat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function hearts(fails = false): { heartbeat: Heartbeat; beats: () => number } {
  let beaten = 0;
  const commit = async (): Promise<void> => {
    beaten++;
    if (fails) throw new Error("busy");
  };
  const heartbeat = new Heartbeat({ commit } as unknown as Committer, "r");
  return { heartbeat, beats: () => beaten };
}

test("it beats every fifteen seconds until it is stopped, also while the store can't be reached", async () => {
  const { heartbeat, beats } = hearts(true);
  await vi.advanceTimersByTimeAsync(45_000);
  expect(beats()).toBe(3);
  heartbeat.stop();
  await vi.advanceTimersByTimeAsync(45_000);
  expect(beats()).toBe(3);
});

test("a sign of life beats where no timer runs, but no more often", () => {
  const { heartbeat, beats } = hearts();
  for (let n = 0; n < 1_000; n++) heartbeat.alive();
  expect(beats()).toBe(0);
  // A computation that blocks the event loop: time passes, and no timer is called.
  const later = performance.now() + 16_000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => later);
  for (let n = 0; n < 1_000; n++) heartbeat.alive();
  expect(beats()).toBe(1);
  now.mockRestore();
  heartbeat.stop();
});
