import { ZenError } from "../error/zen-error.ts";
import type { PipelineDefinition } from "./definition.ts";
import type { Enclosing } from "./origin.ts";
import type { StepDefinition } from "./recorded.ts";
import { runningStep } from "./running-step.ts";
import type { CallOptions } from "./types.ts";

/**
 * The recording that is open, as every copy of core in the process sees it. A step, a pipeline or a `map()` of another
 * copy calls these methods; they are the contract, and rise to `v2` if they ever change.
 */
export interface Recording {
  readonly contract: 1;
  /** The pipeline that is being recorded. */
  readonly pipelineName: string;
  /** How many calls were under way when it began. */
  readonly depth: number;
  /** The pipelines whose functions run right now: this one, and those within it. */
  readonly enclosing: readonly Enclosing[];
  /** Records a step node. Returns its handle, or a record of handles for named outputs. */
  step(definition: StepDefinition, options: CallOptions, inputs: unknown): unknown;
  /** Records a pipeline within the pipeline. Returns its outputs, with `run` and `spec` refused. */
  pipeline(definition: PipelineDefinition, params: unknown): unknown;
  /** Records a map node. Returns what the body gave, a handle for each leaf. */
  map(items: unknown, body: (item: never, index: never) => unknown, options: object): unknown;
  /** Records a when node. Returns what `then` gave, a handle for each leaf. */
  when(condition: unknown, then: () => unknown, otherwise: (() => unknown) | undefined): unknown;
  /** Makes the handle of a comparison: no node. */
  compare(op: "==" | ">=" | "<=", left: unknown, right: unknown): unknown;
}

const KEY = Symbol.for("zen.recording.v1");
const shared = globalThis as { [KEY]?: Recording | undefined };

/** The recording that is open, if one is: it may be another copy's. */
export function currentRecording(): Recording | undefined {
  return shared[KEY];
}

/**
 * The recording that is open.
 *
 * @param what was called, for the message: `map()`
 * @throws ZenError `outside_pipeline` if none is open
 */
export function openRecording(what: string): Recording {
  const recording = currentRecording();
  if (recording) return recording;
  const running = runningStep();
  if (running)
    throw new ZenError("outside_pipeline", `${what} was called inside the running step "${running.step.name}".`, {
      exitCode: 2,
      hint: "It belongs in pipeline(…). In a step, values are plain: use the language itself.",
    });
  throw new ZenError("outside_pipeline", `${what} was called outside a pipeline.`, { exitCode: 2, hint: "Call it inside pipeline(…)." });
}

/** Calls `fn` while `recording` is open, or none. Whatever happens, the one before it is open again afterwards. */
export function withRecording<T>(recording: Recording | undefined, fn: () => T): T {
  const before = shared[KEY];
  shared[KEY] = recording;
  try {
    return fn();
  } finally {
    shared[KEY] = before;
  }
}
