import assert from "node:assert/strict";
import type { BaseArtifactStore } from "@zen/core";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { text } from "./bytes.ts";
import { ODD_KEYS } from "./keys.ts";

/** All keys, page by page. */
async function keysOf(store: BaseArtifactStore, prefix: string, limit?: number, between?: () => Promise<void>): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(prefix, { cursor, limit });
    assert.ok(page.objects.length <= (limit ?? 1000), `a page of ${page.objects.length}, asked for ${limit ?? 1000}`);
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.cursor;
    if (cursor !== undefined) await between?.();
  } while (cursor !== undefined);
  return keys;
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const listingChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "lists nothing where nothing is",
    async run(given) {
      const store = await given.store();
      assert.deepEqual(await store.list(""), { objects: [], cursor: undefined });
      await store.write("run/object", text("x"));
      for (const prefix of ["none", "run/object/", "run//", "/", "../", "x".repeat(2000)])
        assert.deepEqual(await store.list(prefix), { objects: [], cursor: undefined }, prefix);
    },
  },
  {
    promise: "lists objects in the order of their keys' bytes, each once, in pages of any length",
    async run(given) {
      const store = await given.store();
      const keys = given.possible(ODD_KEYS);
      for (const key of keys) await store.write(key, text("x"));
      const sorted = [...keys].sort(byBytes);
      for (const limit of [1, 2, 7, keys.length, undefined])
        assert.deepEqual(await keysOf(store, "", limit), sorted, `pages of ${limit ?? "the default length"}`);
    },
  },
  {
    promise: "takes the prefix of a listing as text, not as a folder",
    async run(given) {
      const store = await given.store();
      const keys = given.possible(ODD_KEYS);
      for (const key of keys) await store.write(key, text("x"));
      for (const prefix of [
        "a",
        "a/",
        "a/b",
        "A",
        "run",
        "run/",
        "run/\ufb01",
        "é",
        "e",
        "z".repeat(79),
        "z".repeat(80),
        `${"z".repeat(80)}/`,
        "y".repeat(100),
        "%",
        "d/d/d/",
        ".",
      ]) {
        const expected = keys.filter((key) => key.startsWith(prefix)).sort(byBytes);
        assert.deepEqual(await keysOf(store, prefix, 3), expected, `the prefix ${prefix}`);
      }
    },
  },
  {
    promise: "lists all others once when objects come and go meanwhile",
    async run(given) {
      const store = await given.store();
      const name = (n: number): string => `run/${String(n).padStart(3, "0")}`;
      for (let n = 0; n < 60; n++) await store.write(name(n), text("x"));
      let round = 0;
      const seen = await keysOf(store, "run/", 10, async () => {
        const n = round++;
        // Two that were listed, one that wasn't, and a new one at the end.
        await store.delete(name(2 * n));
        await store.delete(name(2 * n + 1));
        await store.delete(name(59 - n));
        await store.write(`run/new-${n}`, text("x"));
      });
      assert.equal(new Set(seen).size, seen.length, "an object was listed twice");
      const stayed = Array.from({ length: 60 }, (_, n) => n).filter((n) => n >= 2 * round && n < 60 - round);
      for (const n of stayed) assert.ok(seen.includes(name(n)), `${name(n)} was not listed`);
    },
  },
];
