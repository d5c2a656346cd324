import { availableParallelism } from "node:os";
import type { CheckStep } from "./check-steps.ts";

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
}

/** Runs the steps, a few at a time, with a line for each as it ends; what a step wrote is shown only when it failed. */
export async function runSteps(steps: readonly CheckStep[], atOnce = Math.min(4, availableParallelism())): Promise<StepResult[]> {
  const width = Math.max(...steps.map((step) => step.name.length));
  const waiting = [...steps];
  const results: StepResult[] = [];
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const started = performance.now();
      const { ok, output } = await step.run();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${step.name.padEnd(width)}  ${ok ? "ok    " : "failed"}  ${seconds} s`);
      if (!ok) console.log(`\n${output.trim()}\n`);
      results.push({ name: step.name, ok });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
