import type { ByteRange } from "./artifact-store.ts";

/** What an HTTP answer says of the bytes that it carries. */
export interface AnsweredBytes {
  /** Of the header Content-Range, such as `bytes 0-99/200`. Without it, the answer is a whole object. */
  readonly contentRange: string | undefined;
  /** Of the header Content-Length, if it is known before all has come. */
  readonly length: number | undefined;
}

/**
 * For flavors of artifact stores over HTTP: whether an answer carries other bytes than it was asked for. A server, or a proxy or
 * cache before it, may know no ranges and answer with the whole, or with another range.
 *
 * @param asked the range that was asked for, or undefined for the whole; its end may lie beyond the object's
 * @returns which bytes came, and which were asked for; or undefined if they are the same
 */
export function otherBytes(asked: ByteRange | undefined, { contentRange, length }: AnsweredBytes): string | undefined {
  const { start, end = Infinity } = asked ?? { start: 0 };
  if (contentRange === undefined) {
    if (start === 0 && (length ?? Infinity) - 1 <= end) return undefined;
    return `the whole object instead of ${range(start, end)}`;
  }
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(contentRange.trim()) ?? [];
  const expected = size === undefined || size === "*" ? end : Math.min(end, Number(size) - 1);
  const isWhat = Number(first) === start && (expected === Infinity || Number(last) === expected);
  const isAll = length === undefined || length === Number(last) - Number(first) + 1;
  if (isWhat && isAll) return undefined;
  return `${isWhat ? `${length} bytes for ` : ""}${contentRange} instead of ${range(start, end)}`;
}

function range(start: number, end: number): string {
  return start === 0 && end === Infinity ? "the whole object" : `bytes ${start}-${end === Infinity ? "" : end}`;
}
