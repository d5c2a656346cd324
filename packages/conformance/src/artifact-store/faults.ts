import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { refused } from "../refused.ts";
import { bytesOf, digest, sample, text } from "./bytes.ts";

const OBJECT = sample(300_000, 4);

export const faultChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    applies: ({ subject }) => subject.break !== undefined,
    async run(given) {
      const store = await given.store({ breakable: true });
      await store.write("run/kept", OBJECT);
      const mend = await given.subject.break!(given.place);
      try {
        await refused("store_unavailable", store.write("run/kept", text("lost")), "run/kept");
        await refused("store_unavailable", store.write("run/new", sample(300_000)), "run/new");
        await refused(
          "store_unavailable",
          store.read("run/kept").then((stream) => new Response(stream).bytes()),
          "run/kept",
        );
        await refused("store_unavailable", store.list("run/"));
        await refused("store_unavailable", store.copy("run/kept", "run/copy"));
      } finally {
        await mend();
      }
      assert.equal(digest(await bytesOf(store, "run/kept")), digest(OBJECT), "what was there before");
      await store.write("run/after", OBJECT);
      const { objects } = await store.list("");
      assert.deepEqual(
        objects.map(({ key }) => key),
        ["run/after", "run/kept"],
        "the listing",
      );
    },
  },
  {
    promise: "keeps a hundred objects apart that are written, read and deleted at the same time",
    async run(given) {
      const stores = [await given.store(), await given.store()];
      const bytes = (n: number): Uint8Array => sample(1 + n * 997, n);
      const key = (n: number): string => `run/${n}`;
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      await Promise.all(numbers.map((n) => stores[n % 2]!.write(key(n), bytes(n))));
      await Promise.all(
        numbers.map(async (n) => {
          const store = stores[(n + 1) % 2]!;
          if (n % 3 === 0) return store.delete(key(n));
          if (n % 3 === 1) return void (await store.write(key(n), bytes(n + 1)));
          assert.equal(digest(await bytesOf(store, key(n))), digest(bytes(n)), key(n));
        }),
      );
      const left = numbers.filter((n) => n % 3 !== 0);
      const { objects } = await stores[0]!.list("run/");
      assert.deepEqual(new Set(objects.map((object) => object.key)), new Set(left.map(key)));
      for (const n of left) assert.equal(digest(await bytesOf(stores[0]!, key(n))), digest(bytes(n % 3 === 1 ? n + 1 : n)), key(n));
    },
  },
];
