import type { Stack } from "../stack/stack.ts";
import { runStatus } from "./run-status.ts";

/** How many interrupted runs one run looks after. */
const RUNS = 20;

/**
 * Deletes what runs whose process died had written but not committed. Only folders of such runs are touched; logs are
 * kept, because they tell what the process was doing.
 */
export async function sweepInterruptedRuns({ metadataStore, artifactStore }: Stack): Promise<void> {
  const { entries } = await metadataStore.listRuns({ status: "running" }, { limit: RUNS });
  for (const run of entries) {
    if (runStatus(run) !== "interrupted") continue;
    const committed = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await metadataStore.listArtifacts({ runId: run.id }, { cursor });
      for (const { key } of page.entries) committed.add(key);
      cursor = page.cursor;
    } while (cursor !== undefined);
    do {
      const page = await artifactStore.list(`${run.id}/`, { cursor });
      for (const { key } of page.objects) if (!committed.has(key) && !key.endsWith(".log")) await artifactStore.delete(key);
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}
