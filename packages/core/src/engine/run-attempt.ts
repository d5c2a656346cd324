import type { WrittenArtifact } from "../artifact/write.ts";
import { writeOutput } from "../artifact/write.ts";
import { hashing } from "../artifact/digest.ts";
import type { MapItem } from "../component/deployment.ts";
import { StackComponent } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import type { AttemptRecord, ResolvedBinding, StepRecord } from "../metadata/record.ts";
import type { RecordedStep } from "../pipeline/recorded.ts";
import { withRunningStep } from "../pipeline/running-step.ts";
import type { Json, StepContext } from "../pipeline/types.ts";
import { capturePrints } from "./console-capture.ts";
import { milliseconds } from "./duration.ts";
import type { LogLevel } from "./event.ts";
import type { RunningPipeline } from "./running-pipeline.ts";
import { openAttempt, type Attempt } from "./step-context.ts";
import { StepLog } from "./step-log.ts";
import { uuidV7 } from "./uuid.ts";

/** How long a step may take to notice that its run was cancelled, before it is left behind. */
const CANCEL_GRACE_MILLISECONDS = 3_000;
const PROGRESS_MILLISECONDS = 100;

interface WrittenOutput {
  /** The artifact's id. */
  readonly id: string;
  readonly output: string;
  readonly written: WrittenArtifact;
}

export type AttemptResult = { readonly logs: number } & (
  | { readonly kind: "completed"; readonly outputs: readonly WrittenOutput[]; readonly metadata: Attempt["metadata"]; readonly readRun: boolean }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "cancelled" }
);

interface AttemptParts {
  readonly running: RunningPipeline;
  readonly recorded: RecordedStep;
  readonly step: StepRecord;
  readonly attempt: AttemptRecord;
  readonly inputs: ResolvedBinding;
  readonly item: MapItem | undefined;
}

/** One attempt: fresh inputs, the function, its outputs in the artifact store. Nothing of it is visible until committed. */
export async function runAttempt({ running, recorded, step, attempt, inputs, item }: AttemptParts): Promise<AttemptResult> {
  const { stack, record, emit } = running.parts;
  const log = new StepLog(stack.artifactStore, step.runId, attempt.id);
  const say = (level: LogLevel, message: string, fields?: object, stream?: "stdout" | "stderr"): void => {
    log.add(level, message, fields);
    emit({ type: "step.log", node: step.node, level, message, ...(fields === undefined ? {} : { fields }), ...(stream === undefined ? {} : { stream }) });
  };
  const timeout = recorded.options.timeout;
  const limit = timeout === undefined ? undefined : new AbortController();
  const signal = limit ? AbortSignal.any([running.signal, limit.signal]) : running.signal;
  const open = openAttempt({
    run: { id: step.runId, name: record.name, pipeline: record.pipeline, runtime: record.runtimeConfiguration },
    step: { name: step.step, node: step.node, attempt: attempt.number, ...(item ? { item: { index: item.index, key: item.key } } : {}) },
    signal,
    stack,
    outputs: Object.keys(recorded.definition.outputs),
    log: say,
    progress: throttled((done, total, message) => emit({ type: "step.progress", node: step.node, done, ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message }) })),
    upload: async (source) => {
      const key = `${step.runId}/${uuidV7()}`;
      const hashed = hashing(source);
      await stack.artifactStore.write(key, hashed.bytes, { ifAbsent: true, signal });
      return { key, store: stack.artifactStore.path, ...hashed.result() };
    },
  });
  const endCapture = capturePrints(open.context, { line: (stream, text) => say(stream === "stdout" ? "info" : "warn", text, undefined, stream), passThrough: running.parts.passThrough });
  const identity = { run: { id: step.runId, name: record.name, pipeline: record.pipeline }, name: step.step, node: step.node, attempt: attempt.number };
  const settings = (recorded.options.settings ?? {}) as Record<string, Record<string, Json>>;
  const hook = async (name: "prepareStepRun" | "cleanupStepRun"): Promise<void> => {
    // Most components have nothing to do for a step: calling all of them would cost more than a small step.
    const components = stack.components.filter((component) => component[name] !== StackComponent.prototype[name]);
    for (const component of name === "prepareStepRun" ? components : components.toReversed()) {
      await component[name]({ ...identity, settings: settings[`${component.type}.${component.flavor}`] ?? {} });
    }
  };

  let outputs: WrittenOutput[] | undefined;
  let error: unknown;
  try {
    await hook("prepareStepRun");
    const value = await runFunction(
      async () => recorded.definition.fn((await running.values.read(inputs, open.scratch)) as object, open.context),
      open.context,
      running.signal,
      limit && { controller: limit, after: milliseconds(timeout!), text: timeout!, step },
    );
    outputs = await writeOutputs(value, { running, recorded, step, signal });
  } catch (caught) {
    error = caught ?? new Error("The step threw nothing (undefined).");
  }
  try {
    await hook("cleanupStepRun");
  } catch (caught) {
    error ??= caught;
  }
  endCapture();
  const [logs] = await Promise.all([log.close(), open.end()]);
  if (error === undefined) return { kind: "completed", outputs: outputs!, metadata: open.metadata, readRun: open.readRun, logs };
  return running.signal.aborted ? { kind: "cancelled", logs } : { kind: "failed", error, logs };
}

interface Limit {
  readonly controller: AbortController;
  readonly after: number;
  readonly text: string;
  readonly step: StepRecord;
}

/** Runs the function until it settles, its time is up, or the run is cancelled and the function doesn't notice. */
function runFunction(fn: () => Promise<unknown>, context: StepContext, signal: AbortSignal, limit: Limit | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      grace = setTimeout(() => settle(reject, signal.reason), CANCEL_GRACE_MILLISECONDS);
    };
    const settle = (how: (value: unknown) => void, value: unknown): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener("abort", onAbort);
      how(value);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort);
    if (limit) {
      timer = setTimeout(() => {
        const error = new ZenError("step_timeout", `Step "${limit.step.node}" did not end within its time-out of ${limit.text}.`, { hint: `Raise its "timeout", or make it faster. A step should stop when ctx.signal is aborted.` });
        limit.controller.abort(error);
        settle(reject, error);
      }, limit.after);
    }
    withRunningStep(context, fn).then(
      (value) => settle(resolve, value),
      (error: unknown) => settle(reject, error),
    );
  });
}

/** What the function returned, output by output, into the artifact store. */
async function writeOutputs(value: unknown, { running, recorded: { definition }, step, signal }: Pick<AttemptParts, "running" | "recorded" | "step"> & { signal: AbortSignal }): Promise<WrittenOutput[]> {
  const outputs: WrittenOutput[] = [];
  for (const [output, materializer] of Object.entries(definition.outputs)) {
    const id = uuidV7();
    const written = await writeOutput({
      value: definition.named ? namedOutput(value, output, step) : value,
      definition: materializer,
      store: running.parts.stack.artifactStore,
      key: `${step.runId}/${id}`,
      signal,
      where: { step: step.node, output },
    });
    outputs.push({ id, output, written });
  }
  return outputs;
}

function namedOutput(value: unknown, output: string, step: StepRecord): unknown {
  if (typeof value === "object" && value !== null && Object.hasOwn(value, output)) return (value as Record<string, unknown>)[output];
  const got = value === undefined || value === null ? "nothing" : typeof value === "object" ? `{ ${Object.keys(value).join(", ")} }` : `a ${typeof value}`;
  throw new ZenError("missing_output", `Step "${step.step}" did not return "${output}" (it returned ${got}).`, { hint: "Return a record with every output that the step declares." });
}

/** At most one report every tenth of a second, but always the first and the one that is complete. */
function throttled(report: (done: number, total?: number, message?: string) => void): (done: number, total?: number, message?: string) => void {
  let last = 0;
  return (done, total, message) => {
    const now = performance.now();
    if (last !== 0 && done !== total && now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    report(done, total, message);
  };
}
