import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { kepler } from "../src/pipeline.ts";
import { split, type Planet } from "../src/planets.ts";
import { evaluate, fit } from "../src/power-law.ts";

/** Planets that obey a law. */
const planets: Planet[] = [1, 2, 3, 4].map((distance) => ({ name: `P${distance}`, distance, period: 5 * distance ** 2 }));

// A step's function can be called as it is: without a stack, and without an artifact.
test("a law that planets obey is found", async () => {
  const { factor, exponent } = await fit.fn({ planets });
  expect(factor).toBeCloseTo(5);
  expect(exponent).toBeCloseTo(2);
});

test("each planet is either learnt from or tried", async () => {
  const { train, test: tried } = await split.fn({ planets, every: 2 });
  expect(train.map(({ name }) => name)).toEqual(["P1", "P3"]);
  expect(tried.map(({ name }) => name)).toEqual(["P2", "P4"]);
});

test("what the law says is set beside what was observed", async () => {
  expect(await evaluate.fn({ law: { factor: 5, exponent: 1 }, planets: planets.slice(1, 2) })).toEqual([
    { name: "P2", period: 20, predicted: 10 },
  ]);
});

// Runs and artifacts of a test go into a folder of its own, not among yours.
test("the whole pipeline finds Kepler's law in the data that came with it", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "kepler-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  vi.stubEnv("ZENML_CONFIG_PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  const run = await kepler().run();
  expect(run.status).toBe("completed");
  expect((await run.outputs.law.read()).exponent).toBeCloseTo(1.5, 2);
});
