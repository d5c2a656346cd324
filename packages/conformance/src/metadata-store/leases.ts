import assert from "node:assert/strict";
import type { Check } from "../check.ts";
import type { MetadataStoreCase } from "../metadata-store.ts";
import { refused } from "../refused.ts";
import { at, create, id, leaseOf, OTHER_OWNER, OWNER, putRun, putStep, run, step } from "./records.ts";

export const leaseChecks: readonly Check<MetadataStoreCase>[] = [
  {
    promise: "hands a run's lease to another process, and refuses the one before with lease_lost",
    async run(given) {
      const store = await given.store();
      await create(store, run(1));
      const taken = await store.takeLease(id(1), OTHER_OWNER, 1);
      assert.deepEqual(taken, leaseOf(1, OTHER_OWNER, 2));
      assert.deepEqual((await store.getRun(id(1)))?.lease, taken);
      await refused("lease_lost", store.commit([putStep(step(1, "load"))], leaseOf(1)), id(1));
      await refused("lease_lost", store.commit([{ kind: "heartbeat", runId: id(1), at: at(5) }], leaseOf(1)));
      await refused(
        "lease_lost",
        store.commit(
          [{ kind: "run_finished", runId: id(1), status: "completed", outputs: null, failure: null, finishedAt: at(5) }],
          leaseOf(1),
        ),
      );
      await refused("lease_lost", store.commit([putRun(run(1, { name: "mine" }))], leaseOf(1)));
      // The right epoch, and the wrong process; and the other way round.
      await refused("lease_lost", store.commit([putStep(step(1, "load"))], leaseOf(1, OWNER, 2)));
      await refused("lease_lost", store.commit([putStep(step(1, "load"))], leaseOf(1, OTHER_OWNER, 1)));
      assert.deepEqual(await store.getRun(id(1)), run(1, { lease: taken }));
      assert.deepEqual((await store.listSteps(id(1))).entries, []);
      await store.commit([putStep(step(1, "load"))], taken);
      assert.equal((await store.listSteps(id(1))).entries.length, 1);
    },
  },
  {
    promise: "gives a lease only to who knows its epoch, and of two at once to one",
    async run(given) {
      const [one, other] = [await given.store(), await given.store()];
      await create(one, run(1));
      await refused("lease_lost", one.takeLease(id(1), OTHER_OWNER, 2), id(1));
      await refused("run_not_found", one.takeLease(id(2), OTHER_OWNER, 1), id(2));
      const results = await Promise.allSettled([one.takeLease(id(1), OWNER, 1), other.takeLease(id(1), OTHER_OWNER, 1)]);
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1, "both were given the lease");
      assert.equal((await one.getRun(id(1)))?.lease.epoch, 2);
    },
  },
  {
    promise: "creates a run without a lease, and refuses any other change without the run's",
    async run(given) {
      const store = await given.store();
      await store.commit([putRun(run(1))]);
      assert.deepEqual(await store.getRun(id(1)), run(1));
      await refused("lease_lost", store.commit([putStep(step(1, "load"))]));
      await refused("lease_lost", store.commit([putStep(step(1, "load"))], leaseOf(2)));
      await refused("lease_lost", store.commit([{ kind: "heartbeat", runId: id(1), at: at(5) }]));
      await refused("lease_lost", store.commit([putStep(step(3, "load"))], leaseOf(3)));
      assert.deepEqual(await store.getRun(id(1)), run(1));
      assert.deepEqual((await store.listSteps(id(1))).entries, []);
    },
  },
  {
    promise: "leaves a run as it is when it is created a second time",
    async run(given) {
      const store = await given.store();
      await store.commit([putRun(run(1))]);
      await store.commit(
        [{ kind: "run_finished", runId: id(1), status: "completed", outputs: null, failure: null, finishedAt: at(5) }],
        leaseOf(1),
      );
      await store.commit([putRun(run(1))]);
      assert.equal((await store.getRun(id(1)))?.status, "completed");
      await refused("lease_lost", store.commit([putRun(run(1, { lease: leaseOf(1, OTHER_OWNER) }))]));
    },
  },
];
