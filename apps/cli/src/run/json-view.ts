import type { RunEvent } from "@zen/core/host";
import { printJsonLine } from "../output/json.ts";
import type { RunView } from "./run-view.ts";

/** One event per line. The last one carries what `zen run describe` prints. */
export const jsonView: RunView = {
  onEvent: (event) => printJsonLine(eventLine(event)),
  stopping: () => {},
  close: () => {},
};

/** What every event has comes first. */
export function eventLine(event: RunEvent): object {
  const { type, time, runId, ...rest } = event;
  if (event.type === "run.finished") return { type, time, runId, ...event.run };
  return { type, time, runId, ...rest };
}
