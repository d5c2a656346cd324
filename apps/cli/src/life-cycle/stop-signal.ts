import { notice } from "../output/answer.ts";

/** Repeats within this time are one: a wrapper such as npm passes on a Ctrl-C that the terminal has sent already. */
const ONE_PRESS_MILLISECONDS = 300;

/** Aborts on Ctrl-C and SIGTERM. The second one ends the process at once. */
export async function withStopSignal<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const abort = new AbortController();
  let receivedAt = 0;
  const stop = (): void => {
    if (!abort.signal.aborted) {
      receivedAt = performance.now();
      notice("Stopping after this step. Once more to stop at once.");
      abort.abort();
    } else if (performance.now() - receivedAt > ONE_PRESS_MILLISECONDS) process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) process.on(name, stop);
  try {
    return await work(abort.signal);
  } finally {
    for (const name of signals) process.off(name, stop);
  }
}
