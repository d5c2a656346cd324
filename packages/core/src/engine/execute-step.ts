import type { MapItem, Outcome } from "../component/deployment.ts";
import { isZenError } from "../error/zen-error.ts";
import type { ArtifactRecord, AttemptRecord, CachedStep, ResolvedBinding, StepRecord } from "../metadata/record.ts";
import type { Node } from "../pipeline/spec.ts";
import { changedMeanwhile } from "./cache-key.ts";
import { lookUp, type CacheDecision } from "./cache-look-up.ts";
import { eventLoopTurn } from "./event-loop-turn.ts";
import { failureOf } from "./failure.ts";
import { instanceId } from "./node-path.ts";
import { retryDelay, retryPolicy } from "./retry.ts";
import { runAttempt, type AttemptResult } from "./run-attempt.ts";
import type { RunningPipeline } from "./running-pipeline.ts";
import { isoTime } from "./time.ts";
import { uuidV7 } from "./uuid.ts";

/**
 * Executes one step against a stack, to its end: the one function where every orchestrator ends. From the cache if it may,
 * else attempt by attempt; what it made is committed when this resolves.
 */
export async function executeStep(
  running: RunningPipeline,
  node: Extract<Node, { kind: "step" }>,
  items: readonly MapItem[],
): Promise<Outcome> {
  const { parts, values } = running;
  const recorded = parts.recorded.steps.get(node.id)!;
  const started = Date.now();
  let step: StepRecord = {
    runId: running.run.id,
    node: instanceId(node.id, items),
    step: node.step,
    status: "running",
    cached: false,
    reason: "",
    cacheKey: null,
    cachedFrom: null,
    inputs: null,
    outputs: {},
    attempts: 0,
    metadata: {},
    startedAt: isoTime(started),
    finishedAt: null,
    failure: null,
  };
  const fail = async (error: unknown, attempts: readonly AttemptRecord[]): Promise<Outcome> => {
    const { failure } = running.fail(node.id, items, error, Math.max(1, step.attempts));
    step = { ...step, status: "failed", failure, finishedAt: isoTime() };
    await parts.committer.commit([...attempts.map((record) => ({ kind: "attempt", record }) as const), { kind: "step", record: step }]);
    parts.emit({ type: "step.failed", node: step.node, step: step.step, message: failure.message, attempts: Math.max(1, step.attempts) });
    return "failed";
  };

  await eventLoopTurn();
  if (running.signal.aborted) return "cancelled";
  let inputs: ResolvedBinding;
  let decision: CacheDecision;
  try {
    inputs = await values.resolve(node.inputs, items);
    step = { ...step, inputs };
    decision = await lookUp(running, recorded, step.node, inputs);
  } catch (error) {
    return fail(error, []);
  }
  if (running.signal.aborted) return "cancelled";
  step = { ...step, cacheKey: decision.key, reason: decision.reason };
  if (decision.hit) return reuse(running, node, items, step, decision.hit);

  const policy = retryPolicy(recorded.options.retries);
  for (let number = 1; ; number++) {
    step = { ...step, attempts: number };
    let attempt: AttemptRecord = {
      id: uuidV7(),
      runId: step.runId,
      node: step.node,
      number,
      status: "running",
      logs: 0,
      startedAt: isoTime(),
      finishedAt: null,
      failure: null,
    };
    // Not awaited: it shows what is under way, and nothing depends on it. A store that is gone shows at the next commit.
    parts.committer
      .commit([
        { kind: "step", record: step },
        { kind: "attempt", record: attempt },
      ])
      .catch(() => {});
    parts.emit({ type: "step.started", node: step.node, step: step.step, attempt: number });
    const result = await runAttempt({ running, recorded, step, attempt, inputs, item: items.at(-1) });
    attempt = { ...attempt, logs: result.logs, finishedAt: isoTime() };

    if (result.kind === "completed") {
      await complete(running, node, items, step, { ...attempt, status: "completed" }, result, started);
      return "completed";
    }
    if (result.kind === "cancelled") {
      const [finishedAt, status] = [isoTime(), "cancelled"] as const;
      await parts.committer.commit([
        { kind: "attempt", record: { ...attempt, status } },
        { kind: "step", record: { ...step, status, finishedAt } },
      ]);
      parts.emit({ type: "step.cancelled", node: step.node, step: step.step });
      return "cancelled";
    }
    if (isZenError(result.error) && RUN_CANNOT_GO_ON.has(result.error.code)) throw result.error;
    attempt = { ...attempt, status: "failed", failure: failureOf(result.error) };
    let { error } = result;
    let again = number <= policy.limit;
    try {
      again &&= isWorthRetrying(error, policy.when, number);
    } catch (thrown) {
      [error, again] = [thrown, false];
    }
    if (!again) return fail(error, [attempt]);
    const delayMilliseconds = retryDelay(policy, number);
    await parts.committer.commit([{ kind: "attempt", record: attempt }]);
    parts.emit({
      type: "step.retried",
      node: step.node,
      step: step.step,
      attempt: number,
      message: attempt.failure!.message,
      delayMilliseconds,
    });
    await pause(delayMilliseconds, running.signal);
    if (running.signal.aborted) {
      await parts.committer.commit([{ kind: "step", record: { ...step, status: "cancelled", finishedAt: isoTime() } }]);
      parts.emit({ type: "step.cancelled", node: step.node, step: step.step });
      return "cancelled";
    }
  }
}

/** What another attempt, or another step, can't mend. */
const RUN_CANNOT_GO_ON: ReadonlySet<string> = new Set(["lease_lost", "store_too_new"]);

/** A value that can't be stored, or a mistake in the wiring, fails the same way again. */
function isWorthRetrying(error: unknown, when: ((error: Error, attempt: number) => boolean) | undefined, attempt: number): boolean {
  if (isZenError(error) && !RETRYABLE_CODES.has(error.code)) return false;
  return when?.(error instanceof Error ? error : new Error(String(error)), attempt) ?? true;
}
const RETRYABLE_CODES: ReadonlySet<string> = new Set(["step_timeout", "store_unavailable"]);

async function reuse(
  running: RunningPipeline,
  node: Extract<Node, { kind: "step" }>,
  items: readonly MapItem[],
  step: StepRecord,
  hit: CachedStep,
): Promise<Outcome> {
  const outputs = Object.fromEntries(Object.entries(hit.outputs).map(([name, record]) => [name, record.id]));
  await running.parts.committer.commit([
    { kind: "step", record: { ...step, status: "completed", cached: true, cachedFrom: hit.runId, outputs, finishedAt: isoTime() } },
  ]);
  for (const record of Object.values(hit.outputs)) running.values.addArtifact(record);
  running.values.setStep(node.id, items, outputs);
  running.parts.emit({ type: "step.cached", node: step.node, step: step.step, reason: step.reason });
  return "completed";
}

async function complete(
  running: RunningPipeline,
  node: Extract<Node, { kind: "step" }>,
  items: readonly MapItem[],
  step: StepRecord,
  attempt: AttemptRecord,
  { outputs, metadata, looked }: Extract<AttemptResult, { kind: "completed" }>,
  started: number,
): Promise<void> {
  const createdAt = isoTime();
  const records = outputs.map(({ id, output, written }): ArtifactRecord => ({
    id,
    runId: step.runId,
    node: step.node,
    output,
    name: `${step.node}.${output}`,
    store: written.store,
    key: written.key,
    size: written.size,
    digest: written.digest,
    materializer: written.materializer,
    fileName: written.fileName,
    metadata: metadata.outputs[output] ?? {},
    createdAt,
  }));
  const ids = Object.fromEntries(records.map(({ output, id }) => [output, id]));
  // What depends on the run itself (its name, its runtime configuration) would be wrong in another one.
  const { definition } = running.parts.recorded.steps.get(node.id)!;
  const because = step.cacheKey === null ? undefined : looked === undefined ? changedMeanwhile(definition) : `it read ${looked}`;
  const keyed = because === undefined ? {} : { cacheKey: null, reason: `${step.reason}; not kept for reuse, because ${because}` };
  const record: StepRecord = { ...step, ...keyed, status: "completed", outputs: ids, metadata: metadata.step, finishedAt: createdAt };
  await running.parts.committer.commit([
    ...records.map((artifact) => ({ kind: "artifact", record: artifact }) as const),
    { kind: "attempt", record: attempt },
    { kind: "step", record },
  ]);
  for (const [index, artifact] of records.entries()) running.values.addArtifact(artifact, outputs[index]!.written.bytes);
  running.values.setStep(node.id, items, ids);
  running.parts.emit({
    type: "step.completed",
    node: step.node,
    step: step.step,
    reason: record.reason,
    milliseconds: Date.now() - started,
  });
}

/** Waits, or until the run is cancelled. */
function pause(duration: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, duration);
    signal.addEventListener("abort", done);
  });
}
