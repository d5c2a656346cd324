import assert from "node:assert/strict";
import { ComponentCheck } from "@zen/core";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { create, id, run } from "./records.ts";

export const checkingChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "finds nothing wrong with a store that works when it checks itself, and leaves nothing",
    async run(given) {
      const store = await given.store();
      for (const runs of [[], [id(1)]]) {
        if (runs.length > 0) await create(store, run(1));
        const check = new ComponentCheck();
        await store.check(check);
        assert.deepEqual(check.steps, [
          { action: "query", status: "ok" },
          { action: "write", status: "ok" },
        ]);
        assert.deepEqual(
          (await store.listRuns({})).entries.map((entry) => entry.id),
          runs,
        );
      }
    },
  },
  {
    promise: "says store_too_new when it checks itself",
    needs: "makeNewer",
    async run(given) {
      const before = await given.store();
      await create(before, run(1));
      await before.close();
      await given.subject.makeNewer!(given.place);
      const check = new ComponentCheck();
      await (await given.store()).check(check);
      assert.deepEqual(
        check.steps.map(({ action, code }) => [action, code]),
        [
          ["query", "store_too_new"],
          ["write", "store_too_new"],
        ],
      );
    },
  },
];
