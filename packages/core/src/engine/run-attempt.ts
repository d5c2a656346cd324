import { inspect } from "node:util";
import type { WrittenArtifact } from "../artifact/write.ts";
import { writeOutput } from "../artifact/write.ts";
import { hashing } from "../artifact/digest.ts";
import type { MapItem } from "../component/deployment.ts";
import { StackComponent, type StepIdentity } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import type { AttemptRecord, ResolvedBinding, StepRecord } from "../metadata/record.ts";
import type { RecordedStep } from "../pipeline/recorded.ts";
import { withRunningStep } from "../pipeline/running-step.ts";
import type { Json } from "../pipeline/types.ts";
import type { Stack } from "../stack/stack.ts";
import { capturePrints } from "./console-capture.ts";
import { milliseconds } from "./duration.ts";
import type { LogLevel } from "./event.ts";
import { failureOf, failureText } from "./failure.ts";
import { stoppable, type TimeLimit } from "./grace.ts";
import { describe } from "./run-values.ts";
import type { RunningPipeline } from "./running-pipeline.ts";
import { openAttempt, type Attempt } from "./step-context.ts";
import { StepLog } from "./step-log.ts";
import { uuidV7 } from "./uuid.ts";

const PROGRESS_MILLISECONDS = 100;

interface WrittenOutput {
  /** The artifact's id. */
  readonly id: string;
  readonly output: string;
  readonly written: WrittenArtifact;
}

export type AttemptResult = { readonly logs: number } & (
  | {
      readonly kind: "completed";
      readonly outputs: readonly WrittenOutput[];
      readonly metadata: Attempt["metadata"];
      readonly looked: string | undefined;
    }
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
  const say = (level: LogLevel, said: unknown, given?: object, stream?: "stdout" | "stderr"): void => {
    const message = typeof said === "string" ? said : inspect(said);
    const fields = given && loggable(given);
    log.add(level, message, fields);
    emit({
      type: "step.log",
      node: step.node,
      level,
      message,
      ...(fields === undefined ? {} : { fields }),
      ...(stream === undefined ? {} : { stream }),
    });
  };
  const limit = timeLimit(recorded, step);
  const signal = limit ? AbortSignal.any([running.signal, limit.signal]) : running.signal;
  /** The keys of what this attempt has stored, or may have. */
  const keys = new Set<string>();
  const open = openAttempt({
    run: { id: step.runId, name: record.name, pipeline: record.pipeline, runtime: record.runtimeConfiguration },
    step: { name: step.step, node: step.node, attempt: attempt.number, ...(item ? { item: { index: item.index, key: item.key } } : {}) },
    signal,
    stack,
    outputs: Object.keys(recorded.definition.outputs),
    log: say,
    progress: throttled((done, total, message) => {
      running.parts.alive();
      emit({
        type: "step.progress",
        node: step.node,
        done,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      });
    }),
    upload: async (source) => {
      const key = `${step.runId}/${uuidV7()}`;
      keys.add(key);
      const hashed = hashing(source);
      await stack.artifactStore.write(key, hashed.bytes, { ifAbsent: true, signal });
      return { key, store: stack.artifactStore.path, ...hashed.result() };
    },
  });
  const endCapture = capturePrints(open.context, {
    line: (stream, text) => say(stream === "stdout" ? "info" : "warn", text, undefined, stream),
    passThrough: running.parts.passThrough,
  });
  const identity = {
    run: { id: step.runId, name: record.name, pipeline: record.pipeline },
    name: step.step,
    node: step.node,
    attempt: attempt.number,
  };
  const settings = (recorded.options.settings ?? {}) as Record<string, Record<string, Json>>;
  const identityFor = (component: StackComponent): StepIdentity => ({
    ...identity,
    settings: settings[`${component.type}.${component.flavor}`] ?? {},
  });

  let outputs: WrittenOutput[] | undefined;
  let error: unknown;
  try {
    outputs = await stoppable(
      async () => {
        for (const component of withHook(stack, "prepareStepRun")) await component.prepareStepRun(identityFor(component));
        signal.throwIfAborted();
        return withRunningStep(open.context, async () => {
          const value = await recorded.definition.fn((await running.values.read(inputs, open.scratch)) as object, open.context);
          signal.throwIfAborted();
          // A stream that it returned is still the step's.
          return writeOutputs(value, { running, recorded, step, signal, keys });
        });
      },
      running.signal,
      limit,
    );
  } catch (caught) {
    error = caught ?? new Error(`it threw ${String(caught)} instead of an error`);
  }
  for (const component of withHook(stack, "cleanupStepRun").toReversed()) {
    try {
      await component.cleanupStepRun(identityFor(component));
    } catch (caught) {
      error ??= caught;
    }
  }
  endCapture();
  const cancelled = error !== undefined && running.signal.aborted;
  // The last line of the log, and no event of its own: step.failed and step.retried say it.
  if (error !== undefined && !cancelled) log.add("error", failureText(failureOf(error)));
  const [logs] = await Promise.all([log.close(), open.end()]);
  // Nobody will ever refer to the rest: outputs of an attempt that failed, files that were not returned.
  for (const { written } of error === undefined ? outputs! : []) keys.delete(written.key);
  if (keys.size > 0) await Promise.allSettled(Array.from(keys, (key) => stack.artifactStore.delete(key)));
  if (error === undefined) return { kind: "completed", outputs: outputs!, metadata: open.metadata, looked: open.looked, logs };
  return cancelled ? { kind: "cancelled", logs } : { kind: "failed", error, logs };
}

/** Most components have nothing to do for a step: calling all of them would cost more than a small step. */
function withHook(stack: Stack, name: "prepareStepRun" | "cleanupStepRun"): readonly StackComponent[] {
  return stack.components.filter((component) => component[name] !== StackComponent.prototype[name]);
}

/** The step's time-out, with the signal that it aborts. */
function timeLimit(
  { options: { timeout } }: RecordedStep,
  { node }: StepRecord,
): (TimeLimit & { readonly signal: AbortSignal }) | undefined {
  if (timeout === undefined) return undefined;
  const controller = new AbortController();
  const over = (): ZenError => {
    const error = new ZenError("step_timeout", `Step "${node}" did not end within its time-out of ${timeout}.`, {
      hint: `Raise its "timeout", or make it faster. A step should stop when ctx.signal is aborted.`,
    });
    controller.abort(error);
    return error;
  };
  return { milliseconds: milliseconds(timeout), over, signal: controller.signal };
}

/** What the function returned, output by output, into the artifact store. */
async function writeOutputs(
  value: unknown,
  {
    running,
    recorded: { definition },
    step,
    signal,
    keys,
  }: Pick<AttemptParts, "running" | "recorded" | "step"> & { signal: AbortSignal; keys: Set<string> },
): Promise<WrittenOutput[]> {
  const outputs: WrittenOutput[] = [];
  for (const [output, materializer] of Object.entries(definition.outputs)) {
    const id = uuidV7();
    const key = `${step.runId}/${id}`;
    keys.add(key);
    const written = await writeOutput({
      value: definition.named ? namedOutput(value, output, step) : value,
      definition: materializer,
      store: running.parts.stack.artifactStore,
      key,
      signal,
      where: { step: step.node, output },
    });
    if (written.key !== key) keys.delete(key);
    outputs.push({ id, output, written });
  }
  return outputs;
}

function namedOutput(value: unknown, output: string, step: StepRecord): unknown {
  if (typeof value === "object" && value !== null && Object.hasOwn(value, output)) return (value as Record<string, unknown>)[output];
  const got =
    value === undefined || value === null
      ? "nothing"
      : typeof value === "object" && !Array.isArray(value)
        ? `{ ${Object.keys(value).slice(0, 8).join(", ")} }`
        : describe(value);
  throw new ZenError("missing_output", `Step "${step.node}" did not return "${output}" (it returned ${got}).`, {
    hint: "Return a record with every output that the step declares.",
  });
}

/** What can be stored and sent of a log line's fields: a copy, because the step may go on changing them. */
function loggable(fields: object): object {
  try {
    return JSON.parse(JSON.stringify(fields, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))) as object;
  } catch {
    return { unloggable: "the fields are not JSON" };
  }
}

/** At most one report every tenth of a second, but always the first and the one that is complete. */
function throttled(
  report: (done: number, total?: number, message?: string) => void,
): (done: number, total?: number, message?: string) => void {
  let last = 0;
  return (done, total, message) => {
    const now = performance.now();
    if (last !== 0 && done !== total && now - last < PROGRESS_MILLISECONDS) return;
    last = now;
    report(done, total, message);
  };
}
