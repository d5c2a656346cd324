import { hash } from "node:crypto";

/**
 * The items in an order that looks random and is the same on every machine and in every run: by the hash of the seed
 * and the item's key. Another seed gives another order; an item that comes or goes leaves the others in theirs.
 */
export function inHashOrder<T>(items: Iterable<T>, seed: number, key: (item: T) => string): T[] {
  return Array.from(items, (item) => ({ item, rank: hash("sha256", `${seed}\n${key(item)}`) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0))
    .map(({ item }) => item);
}
