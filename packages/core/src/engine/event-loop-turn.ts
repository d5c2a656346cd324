import { setImmediate } from "node:timers/promises";

/** So long at most a pipeline of synchronous steps keeps signals, timers and other work of the process waiting. */
const LONGEST_MILLISECONDS = 25;
let lastTurn = 0;

/** Lets the event loop turn, if it hasn't for a while: between synchronous steps nothing else would, and Ctrl-C be lost. */
export async function eventLoopTurn(): Promise<void> {
  if (performance.now() - lastTurn < LONGEST_MILLISECONDS) return;
  await setImmediate();
  lastTurn = performance.now();
}
