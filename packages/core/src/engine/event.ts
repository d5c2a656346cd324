import type { RunDescription } from "./run-description.ts";

/** What `step.log` carries. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** The one stream that terminals, JSON lines, alerters and dashboards read. */
export type RunEvent = {
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly runId: string;
} & (
  | {
      readonly type: "run.started";
      readonly name: string;
      readonly pipeline: string;
      readonly stack: string;
      /** Steps outside of maps and branches. */
      readonly steps: number;
    }
  | { readonly type: "run.finished"; readonly run: RunDescription }
  | ({
      /** The node's id with the keys of its items, such as `sweep/fit[2]`. */
      readonly node: string;
    } & (
      | { readonly type: "step.started"; readonly step: string; readonly attempt: number }
      | { readonly type: "step.cached"; readonly step: string; readonly reason: string }
      | { readonly type: "step.completed"; readonly step: string; readonly reason: string; readonly milliseconds: number }
      | { readonly type: "step.failed"; readonly step: string; readonly message: string; readonly attempts: number }
      | {
          readonly type: "step.retried";
          readonly step: string;
          readonly attempt: number;
          readonly message: string;
          readonly delayMilliseconds: number;
        }
      | { readonly type: "step.skipped"; readonly step: string }
      | { readonly type: "step.cancelled"; readonly step: string }
      | {
          readonly type: "step.log";
          readonly level: LogLevel;
          readonly message: string;
          readonly fields?: object;
          /** What the step printed itself, not through its logger. */
          readonly stream?: "stdout" | "stderr";
        }
      | { readonly type: "step.progress"; readonly done: number; readonly total?: number; readonly message?: string }
    ))
);
