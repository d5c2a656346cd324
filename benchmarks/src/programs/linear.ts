// A linear pipeline of N trivial steps on the default stack: prints how long the run took, and the peak memory.
import { pipeline, step, type Handle } from "@zen/core";

const first = step("first", ({ seed }: { seed: string }) => ({ seed, n: 0 }));
const next = step("next", ({ before }: { before: { seed: string; n: number } }) => ({ seed: before.seed, n: before.n + 1 }));
export const linear = pipeline("linear", ({ seed, steps }: { seed: string; steps: number }) => {
  let last: Handle<{ seed: string; n: number }> = first({ seed });
  for (let n = 1; n < steps; n++) last = next({ before: last });
  return last;
});

if (import.meta.main) {
  const steps = Number(process.argv[2]);
  const start = performance.now();
  // A seed of its own: nothing is served from the cache.
  const run = await linear({ seed: `${process.pid}-${start}`, steps }).run();
  const milliseconds = performance.now() - start;
  const { n } = await run.outputs.read();
  if (n !== steps - 1) throw new Error(`The last step gave ${n}.`);
  console.log(JSON.stringify({ milliseconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
}
