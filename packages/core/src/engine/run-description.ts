import type { FailureRecord, StepStatus } from "../metadata/record.ts";

/** A run's status as users see it: `interrupted` means that its process died. */
export type RunStatus = "running" | "completed" | "failed" | "cancelled" | "interrupted";

/** What `zen run describe` prints and `run.finished` carries. Times are ISO 8601, UTC, milliseconds. */
export interface RunDescription {
  readonly id: string;
  readonly name: string;
  readonly pipeline: string;
  readonly status: RunStatus;
  /** The stack's name. */
  readonly stack: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly failure: FailureRecord | null;
  /** One entry per stored output, `name` its path within what the pipeline returned (`metrics.accuracy`). */
  readonly outputs: readonly OutputDescription[];
  readonly steps: readonly StepDescription[];
}

/** One output of a run, or of one of its steps. */
export interface OutputDescription {
  readonly name: string;
  /** The artifact's id. */
  readonly id: string;
  /** Which part of the artifact, if not all of it: `model.accuracy` is the part `["accuracy"]` of the model. */
  readonly path?: readonly (string | number)[];
  /** What it is, of an output of the run: a number, a boolean or a short text, if its artifact is small. */
  readonly value?: string | number | boolean;
}

/** One step of a run. Times are ISO 8601, UTC, milliseconds. */
export interface StepDescription {
  /** The node's id. */
  readonly name: string;
  readonly step: string;
  /** `interrupted`: it was running when the run's process died. */
  readonly status: StepStatus | "interrupted";
  readonly cached: boolean;
  /** Why it was, or wasn't, served from the cache. */
  readonly reason: string;
  /** How many there were. */
  readonly attempts: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly failure: FailureRecord | null;
  readonly outputs: readonly OutputDescription[];
}
