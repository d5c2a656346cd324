import { setImmediate } from "node:timers/promises";
import type { StepContext } from "@zen/core";

/**
 * To be awaited between two batches of work. A loop that never waits keeps everything else waiting: the terminal, the
 * other steps, Ctrl-C. This shows how far the step is, lets those have their turn, and ends the step if its run was cancelled.
 */
export async function pause(
  context: Pick<StepContext, "progress" | "signal">,
  done: number,
  total: number,
  message?: string,
): Promise<void> {
  context.progress(done, total, message);
  await setImmediate();
  context.signal.throwIfAborted();
}
