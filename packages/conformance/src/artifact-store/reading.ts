import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { failure, refused } from "../refused.ts";
import { bytesOf, digest, piecewise, sample, text } from "./bytes.ts";

export const readingChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "keeps the bytes that it is given, whatever they are and however they come",
    async run(given) {
      const store = await given.store();
      for (const size of [0, 1, 255, 65_536, 65_537, 1_048_576, 3_000_001]) {
        const bytes = sample(size);
        const sources = {
          whole: bytes,
          pieces: piecewise(bytes, 1000),
          large: piecewise(bytes, 2_000_000),
          mixed: piecewise(bytes, 10, 300_000, 1, 70_000, 1_100_000),
          stream: new Blob([bytes]).stream(),
        };
        for (const [how, source] of Object.entries(sources)) {
          const written = await store.write(`run/${how}-${size}`, source);
          assert.equal(written.size, size, `the size of ${size} bytes, ${how}`);
          assert.equal(digest(await bytesOf(store, `run/${how}-${size}`)), digest(bytes), `${size} bytes, ${how}`);
        }
      }
    },
  },
  {
    promise: "reads a range, its end included, up to the last byte",
    async run(given) {
      const store = await given.store();
      for (const size of [10, 2_000_000]) {
        const bytes = sample(size);
        await store.write("run/object", bytes);
        for (const [start, end] of [
          [0, 0],
          [0, 3],
          [4, 4],
          [size - 1, size - 1],
          [3, undefined],
          [0, undefined],
          [5, size + 100],
          [1, size - 2],
        ] as const) {
          const expected = bytes.subarray(start, end === undefined ? size : end + 1);
          const read = await bytesOf(store, "run/object", { start, ...(end !== undefined && { end }) });
          assert.equal(digest(read), digest(expected), `bytes ${start} to ${end ?? "the last"} of ${size}`);
        }
      }
    },
  },
  {
    promise: "refuses a range that begins beyond the last byte with bad_range",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", sample(10));
      await store.write("run/empty", new Uint8Array());
      await refused("bad_range", store.read("run/object", { range: { start: 10 } }), "run/object");
      await refused("bad_range", store.read("run/empty", { range: { start: 0 } }), "run/empty");
    },
  },
  {
    promise: "tells the size and the time of an object, the same everywhere",
    async run(given) {
      const store = await given.store();
      const before = Date.now();
      const written = await store.write("run/object", sample(70_000));
      assert.deepEqual({ ...written, modifiedAt: null }, { key: "run/object", size: 70_000, modifiedAt: null });
      assert.ok(
        Math.abs(written.modifiedAt.getTime() - before) < 60_000,
        `written now, and the time is ${written.modifiedAt.toISOString()}`,
      );
      const stat = await store.stat("run/object");
      assert.deepEqual({ ...stat, modifiedAt: null }, { ...written, modifiedAt: null });
      assert.ok(Math.abs(written.modifiedAt.getTime() - stat!.modifiedAt.getTime()) < 10_000, "the time of what was written");
      assert.deepEqual((await store.list("")).objects, [stat]);
      assert.equal(await store.exists("run/object"), true);
      assert.equal(await store.stat("run/none"), undefined);
      assert.equal(await store.exists("run"), false);
    },
  },
  {
    promise: "lets a reader stop early, and use the store on",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", sample(3_000_000));
      for (let i = 0; i < 3; i++) {
        const reader = (await store.read("run/object")).getReader();
        await reader.read();
        await reader.cancel();
      }
      await store.delete("run/object");
      assert.equal(await store.exists("run/object"), false);
    },
  },
  {
    promise: "ends a reading with the signal's reason when it is aborted",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", sample(8_000_000));
      const aborter = new AbortController();
      const reader = (await store.read("run/object", { signal: aborter.signal })).getReader();
      await reader.read();
      const reason = new Error("stop");
      aborter.abort(reason);
      const rest = (async () => {
        while (!(await reader.read()).done);
      })();
      assert.equal(await failure(rest), reason);
    },
  },
  {
    promise: "reads, looks up and lists nothing when it was aborted before, and rejects with the signal's reason",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", text("x"));
      const reason = new Error("stop");
      const options = { signal: AbortSignal.abort(reason) };
      assert.equal(await failure(store.read("run/object", options)), reason, "read");
      assert.equal(await failure(store.stat("run/object", options)), reason, "stat");
      assert.equal(await failure(store.exists("run/object", options)), reason, "exists");
      assert.equal(await failure(store.list("run/", options)), reason, "list");
    },
  },
  {
    promise: "shows at once to other components what one has written",
    async run(given) {
      const [one, other] = [await given.store(), await given.store()];
      for (let i = 0; i < 20; i++) {
        await one.write("run/object", text(`version ${i}`));
        assert.equal(Buffer.from(await bytesOf(other, "run/object")).toString(), `version ${i}`);
      }
    },
  },
];
