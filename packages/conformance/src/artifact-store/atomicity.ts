import assert from "node:assert/strict";
import type { BaseArtifactStore } from "@zen/core";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { failure } from "../refused.ts";
import { bytesOf, digest, sample } from "./bytes.ts";

const OLD = sample(200_000, 1);
const NEW = sample(3_000_000, 2);

/** Asserts that nothing of a write can be seen: not over an object that was there, nor where there was none. */
async function assertUnseen(store: BaseArtifactStore): Promise<void> {
  assert.equal(digest(await bytesOf(store, "run/old")), digest(OLD), "what was there before");
  assert.equal(await store.exists("run/new"), false, "a part of a new object can be seen");
  const { objects } = await store.list("");
  assert.deepEqual(
    objects.map(({ key }) => key),
    ["run/old"],
    "the listing",
  );
}

/** Half of NEW, then whatever `middle` does, then the rest. */
async function* interrupted(middle: () => Promise<void>): AsyncGenerator<Uint8Array> {
  yield NEW.subarray(0, NEW.byteLength / 2);
  await middle();
  yield NEW.subarray(NEW.byteLength / 2);
}

export const atomicityChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "replaces an object whole",
    async run(given) {
      const store = await given.store();
      for (const bytes of [NEW, OLD, new Uint8Array(), NEW]) {
        await store.write("run/object", bytes);
        assert.equal(digest(await bytesOf(store, "run/object")), digest(bytes));
      }
    },
  },
  {
    promise: "shows nothing of a write until it is done",
    async run(given) {
      const [store, other] = [await given.store(), await given.store()];
      await store.write("run/old", OLD);
      for (const key of ["run/old", "run/new"]) {
        await store.write(
          key,
          interrupted(() => assertUnseen(other)),
        );
        assert.equal(digest(await bytesOf(other, key)), digest(NEW));
        await store.write("run/old", OLD);
        await store.delete("run/new");
      }
    },
  },
  {
    promise: "leaves nothing of a write whose source fails, and rejects with the source's error",
    async run(given) {
      const store = await given.store();
      await store.write("run/old", OLD);
      const reason = Object.assign(new Error("no such file"), { code: "ENOENT" });
      for (const key of ["run/old", "run/new"]) {
        const source = interrupted(() => Promise.reject(reason));
        assert.equal(await failure(store.write(key, source)), reason);
        await assertUnseen(store);
      }
    },
  },
  {
    promise: "leaves nothing of an aborted write, also if its source never goes on, and rejects with the signal's reason",
    async run(given) {
      const store = await given.store();
      await store.write("run/old", OLD);
      for (const key of ["run/old", "run/new"]) {
        const aborter = new AbortController();
        const reason = new Error("stop");
        const source = interrupted(() => {
          setTimeout(() => aborter.abort(reason), 5);
          return new Promise(() => {});
        });
        assert.equal(await failure(store.write(key, source, { signal: aborter.signal })), reason);
        await assertUnseen(store);
        assert.equal(await failure(store.write(key, NEW, { signal: aborter.signal })), reason, "a signal that was aborted before");
        await assertUnseen(store);
      }
    },
  },
  {
    promise: "gives a reader one object whole, even if it is replaced meanwhile",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", NEW);
      const reader = (await store.read("run/object")).getReader();
      const chunks = [(await reader.read()).value!];
      await store.write("run/object", sample(NEW.byteLength, 3));
      for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
      assert.equal(digest(Buffer.concat(chunks)), digest(NEW));
    },
  },
  {
    promise: "leaves nothing of a write whose process is killed",
    needs: "killAmidWrite",
    async run(given) {
      const store = await given.store();
      await store.write("run/old", OLD);
      for (const key of ["run/old", "run/new"]) {
        await given.subject.killAmidWrite!(given.place, key);
        await assertUnseen(await given.store());
      }
      await store.write("run/new", NEW, { ifAbsent: true });
    },
  },
];
