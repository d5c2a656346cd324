import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { failure, refused } from "../refused.ts";
import { bytesOf, digest, sample, text } from "./bytes.ts";

const OBJECT = sample(300_000);

export const movingChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "copies an object, replacing what was there, and keeps the original apart from the copy",
    async run(given) {
      const store = await given.store();
      await store.write("run/from", OBJECT);
      await store.write("run/to", text("was there"));
      for (const to of ["run/to", "other/run/to", "top"]) {
        const copied = await store.copy("run/from", to);
        assert.deepEqual([copied.key, copied.size], [to, OBJECT.byteLength]);
        assert.equal(digest(await bytesOf(store, to)), digest(OBJECT));
      }
      await store.write("run/from", text("changed"));
      assert.equal(digest(await bytesOf(store, "run/to")), digest(OBJECT));
      await store.delete("run/from");
      assert.equal(digest(await bytesOf(store, "top")), digest(OBJECT));
    },
  },
  {
    promise: "moves an object, replacing what was there",
    async run(given) {
      const store = await given.store();
      for (const to of ["run/to", "other/run/to", "top"]) {
        await store.write("run/from", OBJECT);
        await store.write(to, text("was there"));
        const moved = await store.rename("run/from", to);
        assert.deepEqual([moved.key, moved.size], [to, OBJECT.byteLength]);
        assert.equal(digest(await bytesOf(store, to)), digest(OBJECT));
        assert.equal(await store.exists("run/from"), false);
      }
    },
  },
  {
    promise: "refuses to copy or move what isn't there with object_not_found, and leaves the target as it is",
    async run(given) {
      const store = await given.store();
      await store.write("run/to", text("was there"));
      await refused("object_not_found", store.copy("run/none", "run/to"), "run/none");
      await refused("object_not_found", store.rename("run/none", "run/to"), "run/none");
      assert.equal(Buffer.from(await bytesOf(store, "run/to")).toString(), "was there");
    },
  },
  {
    promise: "leaves nothing of a copy or a move that was aborted before",
    async run(given) {
      const store = await given.store();
      await store.write("run/from", OBJECT);
      const reason = new Error("stop");
      const signal = AbortSignal.abort(reason);
      assert.equal(await failure(store.copy("run/from", "run/to", { signal })), reason);
      assert.equal(await failure(store.rename("run/from", "run/to", { signal })), reason);
      assert.equal(await store.exists("run/to"), false);
      assert.equal(digest(await bytesOf(store, "run/from")), digest(OBJECT));
    },
  },
];
