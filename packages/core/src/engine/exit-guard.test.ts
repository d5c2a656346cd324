import { afterEach, expect, test, vi } from "vitest";
import { withRunningStep } from "../pipeline/running-step.ts";
import type { StepContext } from "../pipeline/types.ts";
import { guardExit } from "./exit-guard.ts";

const original = process.exit;
afterEach(() => void (process.exit = original));

const context = { step: { name: "fit", node: "sweep/fit[2]", attempt: 1 } } as StepContext;

test("a step can't end the process; code outside of steps can; in the end everything is as it was", () => {
  const exit = vi.fn<typeof process.exit>();
  process.exit = exit;
  const ends = [guardExit(), guardExit()];
  expect(() => withRunningStep(context, () => process.exit(0))).toThrow(`Step "sweep/fit[2]" called process.exit(0).`);
  ends[0]!();
  expect(() => withRunningStep(context, () => process.exit())).toThrow(`Step "sweep/fit[2]" called process.exit().`);
  expect(exit).not.toHaveBeenCalled();
  process.exit(3);
  expect(exit).toHaveBeenCalledExactlyOnceWith(3);
  ends[1]!();
  expect(process.exit).toBe(exit);
});

test("somebody else's patch is left alone", () => {
  const end = guardExit();
  const theirs = vi.fn<typeof process.exit>();
  process.exit = theirs;
  end();
  expect(process.exit).toBe(theirs);
});
