import { ZenError } from "../error/zen-error.ts";
import { runningStep } from "../pipeline/running-step.ts";

type Exit = typeof process.exit;

let guards = 0;
let restore: (() => void) | undefined;

/**
 * As long as runs are on, a step that calls `process.exit` fails: it would end all runs of the process in the middle, with
 * an exit code that knows nothing of them. The program around the steps may exit whenever it likes.
 *
 * @returns ends it
 */
export function guardExit(): () => void {
  guards++;
  restore ??= patch();
  return () => {
    if (--guards > 0) return;
    restore?.();
    restore = undefined;
  };
}

function patch(): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was, and called with its process
  const original = process.exit;
  const guarded: Exit = (code) => {
    const step = runningStep();
    if (step === undefined) return original.call(process, code);
    throw new ZenError("step_exited", `Step "${step.step.node}" called process.exit(${code ?? ""}).`, {
      hint: "Return from the step to end it, or throw an error: the process is the run's.",
    });
  };
  process.exit = guarded;
  return () => {
    // Whoever patched it later keeps what it has: outside of steps it does what the original does.
    if (process.exit === guarded) process.exit = original;
  };
}
