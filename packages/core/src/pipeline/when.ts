import { ZenError } from "../error/zen-error.ts";
import { openRecording } from "./recording.ts";
import type { HandleRef, Maybe, Wire } from "./types.ts";

/**
 * Takes one of two branches, depending on a value that only the run will know. Both bodies are recorded; the steps of
 * the branch that isn't taken are skipped.
 *
 * @param condition a comparison (`atLeast`, `atMost`, `equals`), or the handle of a boolean
 * @returns what `then` returned, each handle now of what the branch that is taken gives: undefined where it gives nothing
 * @throws ZenError `outside_pipeline`
 * @example const url = when(atLeast(model.accuracy, 0.9), () => deploy({ model }));
 */
export function when<A, B = undefined>(
  condition: Wire<boolean>,
  then: () => A,
  otherwise?: () => B,
): Maybe<A, B extends undefined ? HandleRef<undefined> : B> {
  const recording = openRecording("when()");
  if (typeof then !== "function" || (otherwise !== undefined && typeof otherwise !== "function")) {
    throw new ZenError("bad_option", "when() takes functions as its branches.", {
      exitCode: 2,
      hint: "Write when(condition, () => …, () => …).",
    });
  }
  return recording.when(condition, then, otherwise) as never;
}
