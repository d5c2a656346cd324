import { expect, test } from "vitest";
import type { ByteRange } from "./artifact-store.ts";
import { otherBytes } from "./answered-bytes.ts";

type Row = readonly [asked: ByteRange | undefined, contentRange: string | undefined, length: number | undefined];

test("bytes that were asked for are the right ones, whichever way the server says so", () => {
  const rows: readonly Row[] = [
    [undefined, undefined, 100],
    [undefined, undefined, undefined],
    [undefined, "bytes 0-99/100", 100],
    [{ start: 10, end: 19 }, "bytes 10-19/100", 10],
    [{ start: 10, end: 19 }, "bytes 10-19/*", undefined],
    [{ start: 10 }, "bytes 10-99/100", 90],
    [{ start: 10 }, "bytes 10-99/*", 90],
    [{ start: 10, end: 500 }, "bytes 10-99/100", 90],
    // It is the whole that was asked for.
    [{ start: 0 }, undefined, 100],
    [{ start: 0 }, undefined, undefined],
    [{ start: 0, end: 99 }, undefined, 100],
    [{ start: 0, end: 500 }, undefined, 100],
  ];
  expect(rows.map(([asked, contentRange, length]) => otherBytes(asked, { contentRange, length }))).toEqual(rows.map(() => undefined));
});

test("other bytes are named, and which were asked for", () => {
  const rows: readonly Row[] = [
    [{ start: 10, end: 19 }, undefined, 100],
    [{ start: 10 }, undefined, 100],
    [{ start: 0, end: 19 }, undefined, 100],
    [{ start: 0, end: 19 }, undefined, undefined],
    [{ start: 10, end: 19 }, "bytes 0-9/100", 10],
    [{ start: 10, end: 19 }, "bytes 10-18/100", 9],
    [{ start: 10, end: 19 }, "bytes 10-29/100", 20],
    [{ start: 10 }, "bytes 10-98/100", 89],
    [{ start: 10, end: 19 }, "bytes 10-18/*", 9],
    [{ start: 10, end: 19 }, "bytes 10-19/100", 100],
    [{ start: 10, end: 19 }, "10 to 19", 10],
    [undefined, "bytes 0-9/100", 10],
  ];
  expect(rows.map(([asked, contentRange, length]) => otherBytes(asked, { contentRange, length }))).toEqual([
    "the whole object instead of bytes 10-19",
    "the whole object instead of bytes 10-",
    "the whole object instead of bytes 0-19",
    "the whole object instead of bytes 0-19",
    "bytes 0-9/100 instead of bytes 10-19",
    "bytes 10-18/100 instead of bytes 10-19",
    "bytes 10-29/100 instead of bytes 10-19",
    "bytes 10-98/100 instead of bytes 10-",
    "bytes 10-18/* instead of bytes 10-19",
    "100 bytes for bytes 10-19/100 instead of bytes 10-19",
    "10 to 19 instead of bytes 10-19",
    "bytes 0-9/100 instead of the whole object",
  ]);
});
