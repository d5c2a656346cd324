import type { Duration } from "../pipeline/types.ts";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Node's timers hold no more: about 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `"1.5s"` → 1500, at most what a timer holds. The text has been checked where the option was given. */
export function milliseconds(duration: Duration): number {
  const [, number, unit] = /^([0-9.]+)(ms|s|m|h|d)$/.exec(duration)!;
  return Math.min(Number(number) * UNITS[unit as keyof typeof UNITS], LONGEST_TIMER);
}
