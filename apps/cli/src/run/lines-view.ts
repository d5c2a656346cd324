import type { RunEvent } from "@zen/core/host";
import { count, duration } from "../output/format.ts";
import { styled, writeLine } from "../output/terminal.ts";
import { lastState } from "./harmless.ts";
import type { RunView } from "./run-view.ts";

/** At most one line of progress per step in this time: a loop may report thousands of times a second. */
const PROGRESS_MILLISECONDS = 1000;

export const STOPPING = "Stopping: running steps have a few seconds to end. Ctrl-C again ends at once.";

/** One line per event on standard error: for logs, pipes and terminals that can't move their cursor. */
export function linesView(): RunView {
  const lastProgress = new Map<string, number>();
  return {
    onEvent(event) {
      if (event.type === "step.progress") {
        const last = lastProgress.get(event.node) ?? -Infinity;
        const finished = event.total !== undefined && event.done >= event.total;
        if (Date.now() - last < PROGRESS_MILLISECONDS && !finished) return;
        lastProgress.set(event.node, Date.now());
      }
      for (const line of eventLines(event)) writeLine(2, line);
    },
    stopping: () => writeLine(2, STOPPING),
    close: () => {},
  };
}

/** An event as text. What a step logs may have several lines. */
export function eventLines(event: RunEvent): string[] {
  if (event.type === "run.finished") return [];
  return event.type === "step.log" ? logLines(event) : [eventLine(event)];
}

function eventLine(event: Exclude<RunEvent, { type: "step.log" | "run.finished" }>): string {
  switch (event.type) {
    case "run.started":
      return `Run ${event.name} of pipeline ${event.pipeline} started on stack ${event.stack}: ${count(event.steps, "step")}.`;
    case "step.started":
      return `▶ ${event.node}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ""}`;
    case "step.cached":
      return `${styled(2, "green", "✔")} ${event.node} cached: ${event.reason}`;
    case "step.completed":
      return `${styled(2, "green", "✔")} ${event.node} ${duration(event.milliseconds)}`;
    case "step.failed":
      return `${styled(2, "red", "✖")} ${event.node} failed${event.attempts > 1 ? ` after ${event.attempts} attempts` : ""}: ${event.message}`;
    case "step.retried":
      return `${styled(2, "yellow", "↻")} ${event.node} attempt ${event.attempt} failed: ${event.message}. Next one in ${duration(event.delayMilliseconds)}.`;
    case "step.skipped":
      return `${styled(2, "dim", "○")} ${event.node} skipped`;
    case "step.cancelled":
      return `${styled(2, "yellow", "■")} ${event.node} cancelled`;
    case "step.progress":
      return `… ${event.node} ${progressText(event)}`;
  }
}

/** `[fit] loss 0.31 {"epoch":3}`: what a step logged or printed, each line with the step before it. */
function logLines({ node, level, message, fields }: Extract<RunEvent, { type: "step.log" }>): string[] {
  const loud = level === "warn" || level === "error" ? `${styled(2, level === "warn" ? "yellow" : "red", level)} ` : "";
  const text = `${message}${fields === undefined ? "" : ` ${JSON.stringify(fields)}`}`;
  return text.split(/\r?\n/).map((line) => `[${node}] ${loud}${lastState(line)}`);
}

/** `40 of 100 rows`, or `40` where no total is known. */
export function progressText({ done, total, message }: { done: number; total?: number; message?: string }): string {
  return `${done}${total === undefined ? "" : ` of ${total}`}${message === undefined ? "" : ` ${message}`}`;
}
