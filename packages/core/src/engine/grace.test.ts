import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stoppable } from "./grace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a promise has come to so far. */
function watch(promise: Promise<unknown>): { state: string } {
  const watched = { state: "pending" };
  promise.then(
    (value) => (watched.state = `gave ${String(value)}`),
    (error: Error) => (watched.state = `failed: ${error.message}`),
  );
  return watched;
}

test("work that settles is what it gives, and leaves no timer", async () => {
  const { signal } = new AbortController();
  const limit = { milliseconds: 1_000, over: () => new Error("over") };
  await expect(stoppable(async () => 1, signal, limit)).resolves.toBe(1);
  await expect(stoppable(() => Promise.reject(new Error("own")), signal, limit)).rejects.toThrow("own");
  const throws = (): Promise<never> => {
    throw new Error("at once");
  };
  await expect(stoppable(throws, signal, limit)).rejects.toThrow("at once");
  expect(vi.getTimerCount()).toBe(0);
});

test("after an abort work has three seconds to notice", async () => {
  const control = new AbortController();
  const deaf = watch(stoppable(() => new Promise(() => {}), control.signal));
  const hears = watch(
    stoppable(
      () => new Promise((resolve) => control.signal.addEventListener("abort", () => setTimeout(resolve, 2_000, "its last word"))),
      control.signal,
    ),
  );
  control.abort(new Error("cancelled"));
  await vi.advanceTimersByTimeAsync(2_000);
  expect([deaf.state, hears.state]).toEqual(["pending", "gave its last word"]);
  await vi.advanceTimersByTimeAsync(999);
  expect(deaf.state).toBe("pending");
  await vi.advanceTimersByTimeAsync(1);
  expect(deaf.state).toBe("failed: cancelled");
  expect(vi.getTimerCount()).toBe(0);
});

test("work of its own time is over with it, whatever it does later", async () => {
  const { signal } = new AbortController();
  const over = vi.fn<() => Error>(() => new Error("too long"));
  const slow = watch(stoppable(() => new Promise((resolve) => setTimeout(resolve, 500, "late")), signal, { milliseconds: 100, over }));
  await vi.advanceTimersByTimeAsync(100);
  expect(slow.state).toBe("failed: too long");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(slow.state).toBe("failed: too long");
  expect(over).toHaveBeenCalledOnce();
});

test("nothing is begun once the signal is aborted", async () => {
  const work = vi.fn<() => Promise<number>>(async () => 1);
  await expect(stoppable(work, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
  expect(work).not.toHaveBeenCalled();
});
