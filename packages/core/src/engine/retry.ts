import type { RetryPolicy } from "../pipeline/types.ts";
import { milliseconds } from "./duration.ts";

/** Every field given; the defaults of `RetryPolicy`. */
export const RETRY_DEFAULTS = { delay: "1s", factor: 2, maxDelay: "5m", jitter: true } as const;

/** A number of further attempts, or a policy, as a policy. */
export function retryPolicy(retries: number | RetryPolicy | undefined): RetryPolicy {
  return typeof retries === "object" ? retries : { limit: retries ?? 0 };
}

/**
 * How long to wait before the next attempt, in milliseconds.
 *
 * @param attempt the one that failed, from 1
 */
export function retryDelay(policy: RetryPolicy, attempt: number, random: () => number = Math.random): number {
  const { delay, factor, maxDelay, jitter } = { ...RETRY_DEFAULTS, ...policy };
  const full = Math.min(milliseconds(delay) * factor ** (attempt - 1), milliseconds(maxDelay));
  // Between half and all of it, so that many steps that failed together don't come back together.
  return Math.round(jitter ? full * (0.5 + random() / 2) : full);
}
