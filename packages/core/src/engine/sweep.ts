import type { Stack } from "../stack/stack.ts";
import { isDead } from "./run-owner.ts";

/** How many runs that seem to be on are looked at, and how many of them, the newest, are looked after: older ones have been. */
const [LOOKED_AT, SWEPT] = [200, 5];

/**
 * Deletes what runs whose process died had written but not committed. Only folders of such runs are touched; logs are
 * kept, because they tell what the process was doing.
 *
 * A run of another host is left to that host: that its heartbeat lapsed doesn't mean that it is dead.
 */
export async function sweepInterruptedRuns({ metadataStore, artifactStore }: Stack): Promise<void> {
  const { entries } = await metadataStore.listRuns({ status: "running" }, { limit: LOOKED_AT });
  for (const run of entries.filter(({ lease }) => isDead(lease.owner)).slice(0, SWEPT)) {
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
