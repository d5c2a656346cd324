import type { RunSummary } from "../metadata/record.ts";
import type { RunStatus } from "./run-description.ts";
import { isAlive } from "./run-owner.ts";

/** A run's status as users see it: one that is stored as running, but whose process died, was interrupted. */
export function runStatus(run: Pick<RunSummary, "status" | "lease" | "heartbeatAt">): RunStatus {
  return run.status === "running" && !isAlive(run.lease.owner, run.heartbeatAt) ? "interrupted" : run.status;
}
