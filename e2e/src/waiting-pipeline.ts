/** The file of a pipeline whose second step waits for a file `go`: until a test has done something to a server. */
export const WAITING = `import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { bytes, pipeline, step } from "@zen/core";
const load = step("load", (_: {}) => {
  appendFileSync("ran.txt", "load ");
  return 7;
});
const grow = step("grow", { outputs: { output: bytes() } }, async ({ seed }: { seed: number }) => {
  appendFileSync("ran.txt", "grow ");
  while (!existsSync("go")) await sleep(20);
  return { output: new Uint8Array(20_000_000).fill(seed) };
});
const total = step("total", ({ filler }: { filler: Uint8Array }) => filler.reduce((sum, byte) => sum + byte, 0));
export const waiting = pipeline("waiting", (_: {}) => total({ filler: grow({ seed: load({}) }).output }));
`;
