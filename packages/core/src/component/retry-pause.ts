import { setTimeout as sleep } from "node:timers/promises";

const FIRST_MILLISECONDS = 100;
const LONGEST_MILLISECONDS = 10_000;

/**
 * Waits before the same request is made again: twice as long each time, up to 10 s, and never quite as long as another process
 * that failed at the same moment.
 *
 * @param retry 1 before the second attempt
 */
export async function pauseBeforeRetry(retry: number, signal?: AbortSignal): Promise<void> {
  const longest = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** (retry - 1));
  try {
    await sleep(longest * (0.5 + Math.random() / 2), undefined, { signal });
  } catch (error) {
    // Node's own AbortError says less than the reason.
    throw signal?.aborted ? signal.reason : error;
  }
}
