import { AsyncLocalStorage } from "node:async_hooks";
import { ZenError } from "../error/zen-error.ts";
import type { StepContext } from "./types.ts";

const KEY = Symbol.for("zen.step.v1");

/** One for all copies of core in the process: a step package that brings its own finds the step that is running. */
function storage(): AsyncLocalStorage<StepContext | undefined> {
  const shared = globalThis as { [KEY]?: AsyncLocalStorage<StepContext | undefined> };
  return (shared[KEY] ??= new AsyncLocalStorage());
}

/** The context of the step that this code runs in, if it runs in one. */
export function runningStep(): StepContext | undefined {
  return storage().getStore();
}

/** Calls `fn` such that it, and whatever it starts, runs in the step of `context`; undefined: in no step. */
export function withRunningStep<T>(context: StepContext | undefined, fn: () => T): T {
  return storage().run(context, fn);
}

/**
 * The context of the running step, for code deeper down that it isn't handed to.
 *
 * @throws ZenError `no_context` outside a running step
 */
export function context(): StepContext {
  const running = runningStep();
  if (running) return running;
  throw new ZenError("no_context", "context() was called where no step is running.", {
    exitCode: 2,
    hint: "Call it in a step's function, or in code that the function calls; not while a module loads, nor in pipeline(…). In a unit test, start from step.fn(inputs, context).",
  });
}
