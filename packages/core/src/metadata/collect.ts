import type { Page, PageOptions } from "../component/metadata-store.ts";

/** Page after page, until there are enough. */
export async function collect<E, R>(
  list: (page: PageOptions) => Promise<Page<E>>,
  map: (entry: E) => R,
  limit = Number.POSITIVE_INFINITY,
  keep?: (entry: R) => boolean,
): Promise<R[]> {
  const found: R[] = [];
  let cursor: string | undefined;
  do {
    // Of entries that are sorted out first, a page as long as the limit may have few.
    const page = await list({ cursor, limit: keep ? 1_000 : Math.min(limit, 1_000) });
    for (const entry of page.entries) {
      const mapped = map(entry);
      if ((!keep || keep(mapped)) && found.length < limit) found.push(mapped);
    }
    cursor = page.cursor;
  } while (cursor !== undefined && found.length < limit);
  return found;
}
