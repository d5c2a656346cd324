import type { RunEvent } from "@zen/core/host";

/** Shows a run while it is under way. */
export interface RunView {
  onEvent(this: void, event: RunEvent): void;
  /** Somebody wants the run to end: its steps have a few seconds for that. */
  stopping(this: void): void;
  /** Leaves the terminal as it should stay: called once, after the last event or when the run couldn't start. */
  close(this: void): void;
}
