import assert from "node:assert/strict";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { failure } from "../refused.ts";
import { text } from "./bytes.ts";

export const deletionChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "deletes an object, and does nothing where there is none",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", text("x"));
      const other = given.subject.keyLimits?.beneathObjects ? "run/object-2" : "run/object/below";
      await store.write(other, text("x"));
      await store.delete("run/object");
      await store.delete("run/object");
      await store.delete("none/at/all");
      assert.equal(await store.exists("run/object"), false);
      assert.equal(await store.exists(other), true);
    },
  },
  {
    promise: "deletes the objects under a folder, all of them and no others, and says how many there were",
    async run(given) {
      const store = await given.store();
      const inside = ["run/a", "run/b/c", "run/b/d/e", "run/B", "run/run/x", ...Array.from({ length: 1200 }, (_, n) => `run/many/${n}`)];
      const outside = [...(given.subject.keyLimits?.beneathObjects ? [] : ["run"]), "run-2/a", "run2", "ru/n", "Run/a", "x/run/a"];
      await Promise.all([...inside, ...outside].map((key) => store.write(key, text("x"))));
      assert.equal(await store.deleteTree("run"), inside.length);
      assert.equal(await store.deleteTree("run"), 0);
      const { objects } = await store.list("");
      assert.deepEqual(new Set(objects.map(({ key }) => key)), new Set(outside));
      await store.write("run/a", text("again"), { ifAbsent: true });
    },
  },
  {
    promise: "deletes nothing when it was aborted before",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", text("x"));
      const reason = new Error("stop");
      assert.equal(await failure(store.delete("run/object", { signal: AbortSignal.abort(reason) })), reason);
      assert.equal(await failure(store.deleteTree("run", { signal: AbortSignal.abort(reason) })), reason);
      assert.equal(await store.exists("run/object"), true);
    },
  },
];
