import { ZenError } from "../error/zen-error.ts";
import { kindOf } from "./brand.ts";
import { describeValue } from "./describe-value.ts";
import { openRecording } from "./recording.ts";
import type { Handle, HandleRef, Wire } from "./types.ts";

/**
 * Whether `a >= b`, as an expression of the graph: no step runs to find out.
 *
 * @throws ZenError `outside_pipeline`, `bad_input`
 * @example when(atLeast(model.accuracy, 0.9), () => deploy({ model }))
 */
export const atLeast = (a: Wire<number>, b: Wire<number>): Handle<boolean> => compare("atLeast", ">=", a, b, ["number"]);

/** Whether `a <= b`: like {@link atLeast}. */
export const atMost = (a: Wire<number>, b: Wire<number>): Handle<boolean> => compare("atMost", "<=", a, b, ["number"]);

/** Whether two texts, numbers or booleans are the same: like {@link atLeast}. */
export const equals = <V extends string | number | boolean>(a: HandleRef<V>, b: NoInfer<V> | HandleRef<NoInfer<V>>): Handle<boolean> =>
  compare("equals", "==", a, b, ["string", "number", "boolean"]);

function compare(name: string, op: "==" | ">=" | "<=", a: unknown, b: unknown, types: readonly string[]): Handle<boolean> {
  const recording = openRecording(`${name}()`);
  for (const side of [a, b]) {
    if (kindOf(side) !== undefined || types.includes(typeof side)) continue;
    throw new ZenError("bad_input", `${name}() was given ${describeValue(side)}; it compares ${types.join("s, ")}s, and handles of them.`, {
      exitCode: 2,
      hint: "Anything else, compare in a step that returns a boolean.",
    });
  }
  return recording.compare(op, a, b) as Handle<boolean>;
}
