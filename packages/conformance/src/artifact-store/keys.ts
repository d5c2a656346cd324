import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { refused } from "../refused.ts";
import { bytesOf, text } from "./bytes.ts";

/** Keys that a careless store takes for one another, can't keep, or reads as something else. */
export const ODD_KEYS: readonly string[] = [
  "a",
  "a/b",
  "a/b/c",
  "a-b",
  "a.b",
  "A",
  "A/b",
  "a/B",
  "a%2fb",
  "a%2Fb",
  "a%",
  "a/b%",
  "%61",
  "a+b",
  "a b",
  " a",
  "a ",
  "a\\b",
  ".hidden",
  "run/.hidden",
  "...",
  "run/a.",
  "~",
  "~/a",
  "-",
  "--help",
  "*",
  "?",
  "a?b#c",
  "\"'`$&;|<>(){}[]:=,@!^",
  "con",
  "run/nul",
  "run/con.txt",
  "com1",
  ".tmp/a",
  ".zen/a",
  "index.html",
  "__proto__",
  "constructor",
  "é",
  "e\u0301",
  "ß",
  "ss",
  "İ",
  "i",
  "run/日本語",
  "run/😀",
  "run/\ufb01",
  "run/\uffee",
  "run/\u{10000}",
  "\u00a0",
  "a\u200bb",
  "run/\u202e",
  "x".repeat(900),
  `${"y".repeat(449)}/${"y".repeat(450)}`,
  "z".repeat(80),
  `${"z".repeat(80)}/z`,
  `${"z".repeat(80)}!`,
  "z".repeat(79),
  `${"z".repeat(79)}/z`,
  "Ä".repeat(450),
  "%".repeat(300),
  "d/".repeat(449) + "dd",
];

const BAD_KEYS = [
  "",
  "/",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "a/.",
  "../a",
  "a/../b",
  "a\u0000b",
  "a\n",
  "\u007f",
  "x".repeat(901),
  "é".repeat(451),
  "\ud800",
];

export const keyChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "keeps objects under any keys apart, and lists the keys as they were given",
    async run(given) {
      const store = await given.store();
      const keys = given.possible(ODD_KEYS);
      for (const key of keys) await store.write(key, text(key), { ifAbsent: true });
      for (const key of keys) {
        assert.equal(Buffer.from(await bytesOf(store, key)).toString(), key);
        assert.equal((await store.stat(key))?.size, Buffer.byteLength(key));
      }
      const { objects } = await store.list("");
      assert.deepEqual(new Set(objects.map(({ key }) => key)), new Set(keys));
      assert.equal(objects.length, keys.length);
      for (const [index, key] of keys.entries()) {
        await store.delete(key);
        assert.equal(await store.exists(key), false);
        const next = keys[index + 1];
        if (next !== undefined)
          assert.equal(await store.exists(next), true, `deleting ${JSON.stringify(key)} also deleted ${JSON.stringify(next)}`);
      }
      assert.deepEqual((await store.list("")).objects, []);
    },
  },
  {
    promise: "refuses a bad key with bad_key, whatever is asked, before anything happens",
    async run(given) {
      const store = await given.store();
      await store.write("a", text("a"));
      for (const key of BAD_KEYS) {
        let taken = false;
        const source = (async function* () {
          taken = true;
          yield text("b");
        })();
        await refused("bad_key", store.read(key));
        await refused("bad_key", store.write(key, source));
        await refused("bad_key", store.write(key, text("b")));
        await refused("bad_key", store.exists(key));
        await refused("bad_key", store.stat(key));
        await refused("bad_key", store.copy("a", key));
        await refused("bad_key", store.copy(key, "b"));
        await refused("bad_key", store.rename("a", key));
        await refused("bad_key", store.rename(key, "b"));
        await refused("bad_key", store.delete(key));
        await refused("bad_key", store.deleteTree(key));
        assert.equal(taken, false, "the source was read");
      }
      const { objects } = await store.list("");
      assert.deepEqual(
        objects.map(({ key }) => key),
        ["a"],
      );
    },
  },
  {
    promise: "keeps an object beneath another and one with a long name, or refuses them, and leaves the other as it is",
    async run(given) {
      const store = await given.store();
      await store.write("run/a", text("a"));
      const { segmentBytes = Infinity, beneathObjects } = given.subject.keyLimits ?? {};
      const long = `run/${"x".repeat(Math.min(segmentBytes + 1, 800))}`;
      const isRefused = { [long]: segmentBytes !== Infinity, "run/a/b": beneathObjects === "refused", run: beneathObjects === "refused" };
      for (const [key, refuses] of Object.entries(isRefused)) {
        const written = store.write(key, text(key));
        if (refuses) await refused("store_refused", written, key);
        else await written;
      }
      const kept = Object.keys(isRefused).filter((key) => !isRefused[key]);
      for (const key of kept) assert.equal(Buffer.from(await bytesOf(store, key)).toString(), key);
      assert.equal(Buffer.from(await bytesOf(store, "run/a")).toString(), "a");
    },
  },
  {
    promise: "has for every object an address, which is its path, a slash and a plain key",
    async run(given) {
      const store = await given.store();
      assert.equal(store.uri("run/artifact-1.log"), `${store.path.replace(/\/+$/, "")}/run/artifact-1.log`);
    },
  },
];
