import { thisProcess } from "../engine/run-owner.ts";
import { isoTime } from "../engine/time.ts";
import { uuidV7 } from "../engine/uuid.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { RunRecord } from "../metadata/record.ts";
import { ownVersion } from "../own-code.ts";
import type { ComponentCheck } from "./component-check.ts";
import type { BaseMetadataStore } from "./metadata-store.ts";

/**
 * Asks for a run, and commits one together with a change that the contract says must be refused: the store takes both
 * back, so that nobody ever sees the run, even if this process dies.
 */
export async function checkMetadataStore(store: BaseMetadataStore, check: ComponentCheck): Promise<void> {
  await check.attempt("query", () => store.listRuns({}, { limit: 1 }));
  await check.attempt("write", async () => {
    const run = probe();
    try {
      await store.commit([
        { kind: "run", record: run },
        { kind: "heartbeat", runId: uuidV7(), at: run.createdAt },
      ]);
    } catch (error) {
      if (isZenError(error) && error.code === "lease_lost") return;
      throw error;
    }
    await store.deleteRun(run.id);
    throw new ZenError("store_unfaithful", "The metadata store took a change of a run that doesn't exist.", {
      hint: "The store doesn't keep the promises of a metadata store: use another one.",
    });
  });
}

function probe(): RunRecord {
  const [id, now] = [uuidV7(), isoTime()];
  return {
    id,
    name: "zen-check",
    pipeline: "zen-check",
    status: "completed",
    stack: "zen-check",
    lease: { runId: id, owner: thisProcess(), epoch: 1 },
    heartbeatAt: now,
    createdAt: now,
    finishedAt: now,
    failure: null,
    spec: {
      version: 1,
      pipeline: "zen-check",
      module: null,
      export: null,
      parameters: {},
      nodes: [],
      outputs: { kind: "value", json: null },
      digest: "sha256:0",
    },
    root: null,
    components: {},
    runtimeConfiguration: {},
    outputs: null,
    zenVersion: ownVersion(),
  };
}
