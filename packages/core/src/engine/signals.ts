/** What stops a run from outside. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Repeats within this time are one: a wrapper such as npm passes on a Ctrl-C that the terminal has sent already. */
const ONE_PRESS_MILLISECONDS = 300;

const NAMES = ["SIGINT", "SIGTERM"] as const;

/** The runs of this process that are on, whichever copy of core runs them. */
interface Runs {
  readonly cancels: Set<(signal: StopSignal) => void>;
  received: StopSignal | undefined;
  receivedAt: number;
  /** Called when none is on any more. */
  waiting: (() => void)[];
  unlisten: (() => void) | undefined;
}

const KEY = Symbol.for("zen.runs.v1");
const shared = globalThis as { [KEY]?: Runs };
const runs: Runs = (shared[KEY] ??= { cancels: new Set(), received: undefined, receivedAt: 0, waiting: [], unlisten: undefined });

/**
 * While runs are on, Ctrl-C and SIGTERM cancel them; the second one ends the process at once. In a program that handles
 * these signals itself nothing is touched: such a program passes `signal` to `run`.
 *
 * @returns ends it, and tells which signal came
 */
export function listenForStop(cancel: (signal: StopSignal) => void): () => StopSignal | undefined {
  // One object for each call, in case two pass the same function.
  const own = (signal: StopSignal): void => cancel(signal);
  runs.cancels.add(own);
  runs.unlisten ??= listen();
  // Begun by a program that didn't notice that it is to end.
  if (runs.received !== undefined) own(runs.received);
  return () => {
    const { received } = runs;
    if (runs.cancels.delete(own) && runs.cancels.size === 0) end();
    return received;
  };
}

/** Resolves when no run of this process is on any more. */
export function allRunsEnded(): Promise<void> {
  return runs.cancels.size === 0 ? Promise.resolve() : new Promise((resolve) => runs.waiting.push(resolve));
}

function listen(): () => void {
  const offs = NAMES.filter((name) => process.listenerCount(name) === 0).map((name) => {
    const listener = (): void => {
      if (runs.received !== undefined) {
        if (performance.now() - runs.receivedAt > ONE_PRESS_MILLISECONDS) process.exit(130);
        return;
      }
      runs.received = name;
      runs.receivedAt = performance.now();
      for (const cancel of runs.cancels) cancel(name);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return () => {
    for (const off of offs) off();
  };
}

function end(): void {
  runs.unlisten?.();
  runs.unlisten = undefined;
  runs.received = undefined;
  for (const resolve of runs.waiting.splice(0)) resolve();
}
