import { expect, test } from "vitest";
import { ended, Project } from "../src/project.ts";

test("32 processes that run a pipeline at once, on a machine that has never run zen, lose nothing", { timeout: 240_000 }, async () => {
  const project = new Project({
    "p.ts": `import { map, pipeline, step } from "@zen/core";
const list = step("list", ({ seed }: { seed: number }) => [seed, seed + 1, seed + 2]);
const square = step("square", ({ n }: { n: number }) => n * n);
const sum = step("sum", ({ squares }: { squares: number[] }) => squares.reduce((a, b) => a + b, 0));
export const p = pipeline("p", ({ seed }: { seed: number }) => sum({ squares: map(list({ seed }), (n) => square({ n })) }));
const seed = Number(process.argv[2]);
const run = await p({ seed }).run({}, { name: "run-" + seed });
console.log(await run.outputs.read());`,
  });
  const seeds = Array.from({ length: 32 }, (_, seed) => seed);
  const ends = await Promise.all(seeds.map((seed) => ended(project.start(["p.ts", String(seed)]))));
  for (const [seed, { stdout, stderr, code }] of ends.entries()) {
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${seed ** 2 + (seed + 1) ** 2 + (seed + 2) ** 2}\n`);
  }
  const runs = await project.json<{ name: string; status: string }[]>("run", "list");
  expect(runs.map(({ name }) => name).toSorted()).toEqual(seeds.map((seed) => `run-${seed}`).toSorted());
  expect(runs.every(({ status }) => status === "completed")).toBe(true);
  // list, three squares, sum: what one process has made, another may have reused.
  const artifacts = await project.json<{ name: string }[]>("artifact", "list");
  expect(artifacts.filter(({ name }) => name === "list.output").length).toBe(32);
  expect((await project.json<{ name: string }[]>("stack", "list")).map(({ name }) => name)).toEqual(["default"]);
});
