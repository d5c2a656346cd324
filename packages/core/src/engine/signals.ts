/** What stops a run from outside. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Repeats within this time are one: a wrapper such as npm passes on a Ctrl-C that the terminal has sent already. */
const ONE_PRESS_MILLISECONDS = 300;

const NAMES = ["SIGINT", "SIGTERM"] as const;
const running = new Set<(signal: StopSignal) => void>();
let received: StopSignal | undefined;
let receivedAt = 0;
let unlisten: (() => void) | undefined;

/**
 * While runs are on, Ctrl-C and SIGTERM cancel them; the second one ends the process at once. In a program that handles
 * these signals itself nothing is touched: such a program passes `signal` to `run`.
 *
 * @returns ends it, and tells which signal came
 */
export function listenForStop(cancel: (signal: StopSignal) => void): () => StopSignal | undefined {
  running.add(cancel);
  unlisten ??= listen();
  return () => {
    running.delete(cancel);
    const signal = received;
    if (running.size === 0) {
      unlisten?.();
      unlisten = undefined;
      received = undefined;
    }
    return signal;
  };
}

function listen(): () => void {
  const offs = NAMES.filter((name) => process.listenerCount(name) === 0).map((name) => {
    const listener = (): void => {
      if (received !== undefined) {
        if (performance.now() - receivedAt > ONE_PRESS_MILLISECONDS) process.exit(130);
        return;
      }
      received = name;
      receivedAt = performance.now();
      for (const cancel of running) cancel(name);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return () => {
    for (const off of offs) off();
  };
}
