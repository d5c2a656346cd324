import type { ArtifactRecord, AttemptRecord, FailureRecord, ResolvedBinding, RunRecord, StepRecord, StoredRunStatus } from "./record.ts";

/** The process that a run belongs to. On its own host the pid decides whether it lives; elsewhere only the heartbeat. */
export interface RunOwner {
  readonly host: string;
  /** Changes with every start of the machine, so that an old pid can't be mistaken for a new one. */
  readonly bootId: string;
  readonly pid: number;
  /** When that process started, as the system tells it; with the pid it names a process for good. */
  readonly processStart: string;
}

/** The right to change a run. The epoch rises only when a person resumes the run elsewhere. */
export interface Lease {
  readonly runId: string;
  readonly owner: RunOwner;
  /** From 1. */
  readonly epoch: number;
}

/**
 * One change of a commit. `run`, `step`, `attempt` and `artifact` put a whole record in place by its id (a run's by `id`,
 * a step's by run and node), so that doing it twice is doing it once.
 */
export type Change =
  | { readonly kind: "run"; readonly record: RunRecord }
  | {
      readonly kind: "run_finished";
      readonly runId: string;
      readonly status: StoredRunStatus;
      readonly outputs: ResolvedBinding | null;
      readonly failure: FailureRecord | null;
      readonly finishedAt: string;
    }
  | { readonly kind: "heartbeat"; readonly runId: string; readonly at: string }
  | { readonly kind: "step"; readonly record: StepRecord }
  | { readonly kind: "attempt"; readonly record: AttemptRecord }
  | { readonly kind: "artifact"; readonly record: ArtifactRecord };
