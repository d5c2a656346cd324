import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { refused } from "../refused.ts";
import { bytesOf, digest, sample, text } from "./bytes.ts";

const OBJECT = sample(300_000, 4);
/** In bytes: more than a connection holds that nobody reads from. */
const LARGE = 16 * 1024 * 1024;

export const faultChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "says store_unavailable while the connection is broken, loses nothing by it, and works on when it is mended",
    needs: "break",
    async run(given) {
      const store = await given.store({ breakable: true });
      await store.write("run/kept", OBJECT);
      for (const key of ["gone/one", "gone/two"]) await store.write(key, OBJECT);
      const mend = await given.subject.break!(given.place);
      try {
        await refused("store_unavailable", store.write("run/kept", text("lost")), "run/kept");
        await refused("store_unavailable", store.write("run/new", sample(300_000)), "run/new");
        await refused(
          "store_unavailable",
          store.read("run/kept").then((stream) => new Response(stream).bytes()),
          "run/kept",
        );
        await refused("store_unavailable", store.stat("run/kept"), "run/kept");
        await refused("store_unavailable", store.exists("run/kept"), "run/kept");
        await refused("store_unavailable", store.list("run/"));
        await refused("store_unavailable", store.copy("run/kept", "run/copy"));
        // What is refused for want of an answer may have been done.
        await refused("store_unavailable", store.rename("gone/one", "gone/moved"), "gone/one");
        await refused("store_unavailable", store.delete("gone/one"), "gone/one");
        await refused("store_unavailable", store.deleteTree("gone"));
      } finally {
        await mend();
      }
      assert.equal(digest(await bytesOf(store, "run/kept")), digest(OBJECT), "what was there before");
      await store.write("run/after", OBJECT);
      const { objects } = await store.list("run/");
      assert.deepEqual(
        objects.map(({ key }) => key),
        ["run/after", "run/kept"],
        "the listing",
      );
    },
  },
  {
    promise: "ends no read early that the connection breaks amid: it is whole, or fails",
    needs: "break",
    async run(given) {
      const store = await given.store({ breakable: true });
      const large = sample(LARGE, 5);
      await store.write("run/large", large);
      const reader = (await store.read("run/large")).getReader();
      const parts = [(await reader.read()).value!];
      const mend = await given.subject.break!(given.place);
      try {
        const rest = async (): Promise<void> => {
          for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
        };
        const reading = rest();
        const isWhole = await reading.then(
          () => true,
          () => false,
        );
        if (isWhole) assert.equal(digest(Buffer.concat(parts)), digest(large), "what was read");
        else await refused("store_unavailable", reading, "run/large");
      } finally {
        await mend();
      }
      assert.equal(digest(await bytesOf(store, "run/large")), digest(large), "what was there before");
    },
  },
  {
    promise: "leaves no part of an object whose write the connection breaks amid",
    needs: "break",
    async run(given) {
      const store = await given.store({ breakable: true });
      const large = sample(LARGE, 6);
      let mend: (() => void | Promise<void>) | undefined;
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield large.subarray(0, LARGE / 2);
        mend = await given.subject.break!(given.place);
        yield large.subarray(LARGE / 2);
      }
      const writing = store.write("run/large", ReadableStream.from(breaking()));
      let written: boolean;
      try {
        written = await writing.then(
          () => true,
          () => false,
        );
        if (!written) await refused("store_unavailable", writing, "run/large");
      } finally {
        await mend?.();
      }
      if (written || (await store.exists("run/large")))
        assert.equal(digest(await bytesOf(store, "run/large")), digest(large), "the object");
      await store.write("run/large", text("after"));
      assert.equal(digest(await bytesOf(store, "run/large")), digest(text("after")), "the next write");
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
