import assert from "node:assert/strict";
import { ComponentCheck } from "@zen/core";
import type { ArtifactStoreCase } from "../artifact-store.ts";
import type { Check } from "../check.ts";
import { failure } from "../refused.ts";
import { text } from "./bytes.ts";

export const checkingChecks: readonly Check<ArtifactStoreCase>[] = [
  {
    promise: "finds nothing wrong with a store that works when it checks itself, and leaves nothing",
    async run(given) {
      const store = await given.store();
      await store.write("run/object", text("x"));
      const check = new ComponentCheck();
      await store.check(check);
      const tried = check.steps.map(({ action }) => action);
      for (const action of ["write", "read", "look up", "list", "copy", "delete"])
        assert.ok(tried.includes(action), `"${action}" is not tried`);
      assert.deepEqual(
        check.steps.filter(({ status }) => status !== "ok"),
        [],
      );
      assert.deepEqual(
        (await store.list("")).objects.map(({ key }) => key),
        ["run/object"],
      );
    },
  },
  {
    promise: "leaves nothing of a check that is aborted, and rejects with the signal's reason",
    async run(given) {
      const store = await given.store();
      for (const last of ["write", "copy"]) {
        const [abort, reason] = [new AbortController(), new Error("stopped")];
        const onStep = ({ action }: { readonly action: string }): void => {
          if (action === last) abort.abort(reason);
        };
        assert.equal(await failure(store.check(new ComponentCheck({ signal: abort.signal, onStep }))), reason);
        assert.deepEqual((await store.list("")).objects, []);
      }
    },
  },
  ...(["store_forbidden", "store_unavailable"] as const).map((code): Check<ArtifactStoreCase> => ({
    promise: `says ${code} when it checks itself, and what to do`,
    needs: `failing.${code}`,
    async run({ subject }) {
      const store = await subject.failing![code]!();
      const check = new ComponentCheck();
      await store.check(check);
      const step = check.steps.find(({ action }) => action === "write");
      assert.equal(step?.status, "failed");
      assert.equal(step.code, code);
      assert.ok(step.hint, "it should say what to do");
      assert.equal(step.missingPermission !== undefined, code === "store_forbidden", "it should say which right is missing, if one is");
      await store.close();
    },
  })),
];
