import { ZenError } from "../error/zen-error.ts";
import type { ByteRange } from "./artifact-store.ts";

/**
 * For flavors of artifact stores: checks how many objects a page of a listing may have.
 *
 * @throws ZenError `bad_limit`
 */
export function assertPageLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new ZenError("bad_limit", `A page of a listing can't have ${limit} objects.`, {
      hint: "Ask for 1 to 1,000, and for the next page with the cursor of this one.",
    });
  }
}

/**
 * For flavors of artifact stores: the bytes that a range means in an object of `size` bytes.
 *
 * @throws ZenError `bad_range` if there are none
 */
export function bytesInRange(key: string, size: number, range: ByteRange | undefined): { start: number; length: number } {
  if (!range) return { start: 0, length: size };
  const { start, end = size - 1 } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start >= size || end < start) {
    throw new ZenError("bad_range", `Can't read bytes ${start} to ${range.end ?? "the last"} of "${key}": it has ${size}.`, {
      hint: `A range starts at 0 or later and before ${size}, and its end, which is included, doesn't come before its start.`,
      details: { key, start, end: range.end, size },
    });
  }
  return { start, length: Math.min(end, size - 1) - start + 1 };
}
