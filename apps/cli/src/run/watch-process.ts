import { ZenError } from "@zen/core/light";
import type { RunView } from "./run-view.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export interface ProcessWatch {
  /** Aborts when something outside of any step threw. */
  readonly signal: AbortSignal;
  /** To be called once core listens for signals. Whoever listens before it is left to handle them alone. */
  runIsOn(): void;
  /** What was thrown outside of any step, as the error to end with. */
  uncaught(): ZenError | undefined;
  end(): void;
}

/** Watches what may end a run from outside: signals, which core handles and the view shows, and errors that no step caught. */
export function watchProcess(view: RunView): ProcessWatch {
  const abort = new AbortController();
  let uncaught: ZenError | undefined;
  const onUncaught = (error: unknown): void => {
    uncaught ??= uncaughtError(error);
    abort.abort(uncaught);
  };
  process.on("uncaughtException", onUncaught);
  let listening = false;
  return {
    signal: abort.signal,
    runIsOn() {
      if (listening) return;
      listening = true;
      for (const name of SIGNALS) process.on(name, view.stopping);
    },
    uncaught: () => uncaught,
    end() {
      process.off("uncaughtException", onUncaught);
      for (const name of SIGNALS) process.off(name, view.stopping);
    },
  };
}

/** A promise that nobody waits for, or a callback: there is no telling which step it belongs to. */
function uncaughtError(error: unknown): ZenError {
  const message = error instanceof Error ? error.message : String(error);
  const frames =
    error instanceof Error
      ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line) && !/node:|[\\/]@zen[\\/]/.test(line))
      : [];
  return new ZenError("uncaught_error", `An error that no step caught ended the run: ${message}`, {
    hint: "It comes from a promise without `await`, or from a callback. Wait for it in the step that starts it.",
    cause: error,
    details: { failure: { stack: frames.map((line) => line.trim()).join("\n") || undefined } },
  });
}
