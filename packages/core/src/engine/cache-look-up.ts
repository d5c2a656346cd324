import { inspect } from "node:util";
import { decodeValue } from "../artifact/encode.ts";
import { hasObject } from "../artifact/has-object.ts";
import type { CachedStep, ResolvedBinding } from "../metadata/record.ts";
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
export async function lookUp(
  running: RunningPipeline,
  recorded: RecordedStep,
  node: string,
  inputs: ResolvedBinding,
): Promise<CacheDecision> {
  if (recorded.options.cache === false) return { key: null, reason: "cache: false", hit: undefined };
  const fields = inputs.kind === "object" ? Object.entries(inputs.fields) : undefined;
  const keyed = cacheKey(recorded.definition, fields ? await digestEach(running, fields) : await running.values.digest(inputs));
  if (keyed.key === null) return { key: null, reason: `not cached: ${keyed.why}`, hit: undefined };
  const { key } = keyed;
  if (!running.parts.cache) return { key, reason: "the cache is off for this run", hit: undefined };

  const { metadataStore, artifactStore } = running.parts.stack;
  let missing: Exclude<Whereabouts, "here"> | undefined;
  for (const candidate of await metadataStore.findCached(key)) {
    const found = await whereabouts(running, candidate, Object.keys(recorded.definition.outputs));
    if (found === "here") return { key, reason: hitReason(fields ?? []), hit: inStore(candidate, artifactStore.path) };
    missing ??= found;
  }
  const reason = missing === undefined ? explainMiss(await running.parts.previous.cacheKey(node), key) : MISSING[missing];
  return { key, reason, hit: undefined };
}

async function digestEach(running: RunningPipeline, fields: Iterable<readonly [string, ResolvedBinding]>): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const [name, input] of fields) digests.set(name, await running.values.digest(input));
  return digests;
}

type Whereabouts = "here" | "elsewhere" | "gone";

const MISSING = {
  elsewhere: "its earlier result is in another artifact store",
  gone: "its earlier result is no longer in the artifact store",
};

/**
 * Whether every output is in this stack's artifact store, with the size it had: the one that the record names, which two
 * machines may register twice, or one that has a copy, under the same key.
 */
async function whereabouts(running: RunningPipeline, { outputs }: CachedStep, names: readonly string[]): Promise<Whereabouts> {
  const { artifactStore } = running.parts.stack;
  for (const name of names) {
    const record = outputs[name];
    if (record === undefined) return "gone";
    if (!(await hasObject(artifactStore, record))) return record.store === artifactStore.path ? "gone" : "elsewhere";
  }
  return "here";
}

/** As if the step had been made in this store: whoever reads its outputs reads them there. */
function inStore(step: CachedStep, store: string): CachedStep {
  return { ...step, outputs: Object.fromEntries(Object.entries(step.outputs).map(([name, record]) => [name, { ...record, store }])) };
}

/** Names the plain inputs: a step that reads the world by one of them should be `cache: false`. */
function hitReason(fields: readonly (readonly [string, ResolvedBinding])[]): string {
  const plain = fields.flatMap(([name, input]) => {
    if (input.kind !== "value") return [];
    const text =
      "json" in input ? JSON.stringify(input.json) : inspect(decodeValue("rich", input.rich), { breakLength: Infinity, depth: 1 });
    return [`${name}=${text.length > 60 ? `${text.slice(0, 59)}…` : text}`];
  });
  return `same code and inputs${plain.length > 0 ? ` (${plain.join(", ")})` : ""}`;
}
