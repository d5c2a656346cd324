// How long does a planet take around the Sun? A law is learnt from some planets, and tried on the others.
import { pipeline } from "@zen/core";
import { load, split } from "./planets.ts";
import { evaluate, fit } from "./power-law.ts";
import { report } from "./report.ts";

export const kepler = pipeline("kepler", ({ file = "data/planets.csv", every = 3 }: { file?: string; every?: number }) => {
  const { train, test } = split({ planets: load({ file }), every });
  const law = fit({ planets: train });
  return { law, report: report({ law, tried: evaluate({ law, planets: test }) }) };
});

if (import.meta.main) {
  const run = await kepler().run();
  console.log(await run.outputs.report.read());
}
