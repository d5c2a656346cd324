import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { refused } from "../refused.ts";
import { create, id, OWNER, putRun, run } from "./records.ts";

export const versionChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "refuses a store that a newer version wrote with store_too_new, for reading and for writing",
    needs: "makeNewer",
    async run(given) {
      const before = await given.store();
      await create(before, run(1));
      await before.close();
      await given.subject.makeNewer!(given.place);
      const store = await given.store();
      await refused("store_too_new", store.commit([putRun(run(2))]));
      await refused("store_too_new", store.takeLease(id(1), OWNER, 1));
      await refused("store_too_new", store.getRun(id(1)));
      await refused("store_too_new", store.listRuns({}));
      await refused("store_too_new", store.deleteRun(id(1)));
      assert.equal((await refused("store_too_new", store.findCached("key"))).code, "store_too_new");
    },
  },
];
