// How long does a planet take around the Sun? A law is learnt from some planets, and tried on the others.
import { json, pipeline, step } from "@zen/core";
import { type Planet, readPlanets } from "./planets.ts";
import { fitPowerLaw, type PowerLaw, predictPeriod } from "./power-law.ts";

/** Never from the cache: the file may have changed. What follows is, as long as the planets are the same. */
export const load = step("load", { cache: false }, ({ file }: { file: string }) => readPlanets(file));

/** Every `every`-th planet is kept for the test. */
export const split = step(
  "split",
  { outputs: { train: json<Planet[]>(), test: json<Planet[]>() } },
  ({ planets, every }: { planets: Planet[]; every: number }) => ({
    train: planets.filter((_, index) => (index + 1) % every !== 0),
    test: planets.filter((_, index) => (index + 1) % every === 0),
  }),
);

export const fit = step("fit", ({ planets }: { planets: Planet[] }) => fitPowerLaw(planets));

/** How far the law is off, for planets that it hasn't seen. */
export const evaluate = step("evaluate", ({ law, planets }: { law: PowerLaw; planets: Planet[] }) =>
  planets.map(({ name, distance, period }) => ({ name, period, predicted: predictPeriod(law, distance) })),
);

export const report = step("report", ({ law, tried }: { law: PowerLaw; tried: { name: string; period: number; predicted: number }[] }) =>
  [
    `period = ${law.factor.toFixed(3)} × distance ^ ${law.exponent.toFixed(3)}`,
    ...tried.map(({ name, period, predicted }) => `${name}: ${predicted.toFixed(0)} days predicted, ${period} observed`),
  ].join("\n"),
);

export const kepler = pipeline("kepler", ({ file = "data/planets.csv", every = 3 }: { file?: string; every?: number }) => {
  const { train, test } = split({ planets: load({ file }), every });
  const law = fit({ planets: train });
  return { law, report: report({ law, tried: evaluate({ law, planets: test }) }) };
});

if (import.meta.main) {
  const run = await kepler().run();
  console.log(await run.outputs.report.read());
}
