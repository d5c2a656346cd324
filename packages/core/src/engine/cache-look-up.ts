import type { ArtifactRecord, CachedStep, ResolvedBinding } from "../metadata/record.ts";
import type { RecordedStep } from "../pipeline/recorded.ts";
import { cacheKey, explainMiss } from "./cache-key.ts";
import type { RunningPipeline } from "./running-pipeline.ts";

/** Whether a step is served from the cache, and why. */
export interface CacheDecision {
  /** Under which its result is kept; null if it may not be reused. */
  readonly key: string | null;
  readonly reason: string;
  readonly hit: CachedStep | undefined;
}

/** Looks for a result to reuse: one that has the same key, and whose artifacts are still there. */
export async function lookUp(running: RunningPipeline, recorded: RecordedStep, node: string, inputs: ResolvedBinding): Promise<CacheDecision> {
  if (recorded.options.cache === false) return { key: null, reason: "cache: false", hit: undefined };
  const fields = inputs.kind === "object" ? Object.entries(inputs.fields) : [];
  const digests = new Map<string, string>();
  for (const [name, input] of fields) digests.set(name, await running.values.digest(input));
  const key = cacheKey({ recorded, inputs: digests, parameters: running.parameters });
  if (key === undefined) return { key: null, reason: "not cached: the file that defines it is not known", hit: undefined };
  if (!running.parts.cache) return { key, reason: "the cache is off for this run", hit: undefined };

  const { metadataStore } = running.parts.stack;
  let gone = false;
  for (const candidate of await metadataStore.findCached(key)) {
    if (await isWhole(running, candidate, Object.keys(recorded.definition.outputs))) return { key, reason: hitReason(fields), hit: candidate };
    gone = true;
  }
  const reason = gone ? "its earlier result is no longer in the artifact store" : explainMiss(await running.parts.previous.cacheKey(node), key);
  return { key, reason, hit: undefined };
}

/** Every output is in this stack's artifact store, with the size it had. Two machines may register one bucket twice. */
async function isWhole(running: RunningPipeline, { outputs }: CachedStep, names: readonly string[]): Promise<boolean> {
  const { artifactStore } = running.parts.stack;
  const isThere = async (record: ArtifactRecord | undefined): Promise<boolean> => record !== undefined && record.store === artifactStore.path && (await artifactStore.stat(record.key))?.size === record.size;
  for (const name of names) if (!(await isThere(outputs[name]))) return false;
  return true;
}

/** Names the plain inputs: a step that reads the world by one of them should be `cache: false`. */
function hitReason(fields: readonly (readonly [string, ResolvedBinding])[]): string {
  const plain = fields.flatMap(([name, input]) => {
    if (input.kind !== "value") return [];
    const text = "json" in input ? JSON.stringify(input.json) : input.rich;
    return [`${name}=${text.length > 60 ? `${text.slice(0, 59)}…` : text}`];
  });
  return `same code and inputs${plain.length > 0 ? ` (${plain.join(", ")})` : ""}`;
}
