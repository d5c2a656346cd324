import { ZenError, type Page, type PageOptions } from "@zen/core";

/** How many rows to ask for: one more than the page holds, to know whether another follows. */
export function rowLimit({ limit = 1000 }: PageOptions): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new ZenError("bad_limit", `A page of a listing can't have ${limit} entries.`, {
      hint: "Ask for 1 to 1,000, and for the next page with the cursor of this one.",
    });
  }
  return limit + 1;
}

/** The page that rows make, asked for with `rowLimit`. */
export function pageOf<Row, Entry>(
  rows: readonly Row[],
  { limit = 1000 }: PageOptions,
  entryOf: (row: Row) => Entry,
  cursorOf: (row: Row) => string,
): Page<Entry> {
  const shown = rows.slice(0, limit);
  return { entries: shown.map(entryOf), cursor: rows.length > limit ? cursorOf(shown.at(-1)!) : undefined };
}

/** The cursor of a list that is in the order of times, with a number for those of the same millisecond. */
export function timeCursor({ started_at, seq }: { readonly started_at: string; readonly seq: number }): string {
  return `${started_at} ${seq}`;
}

export function readTimeCursor(cursor: string): [time: string, seq: number] {
  const match = /^(\S+) (\d+)$/.exec(cursor);
  if (!match)
    throw new ZenError("bad_cursor", `${JSON.stringify(cursor)} is not the cursor of a page.`, {
      hint: "Pass the cursor of the page before, as it is.",
    });
  return [match[1]!, Number(match[2])];
}
