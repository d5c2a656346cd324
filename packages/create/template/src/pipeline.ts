// How long does a planet take around the Sun? A law is learnt from some planets, and tried on the others.
import { pipeline } from "@zen/core";
import * as z from "zod";
import { load, split } from "./planets.ts";
import { evaluate, fit } from "./power-law.ts";
import { report } from "./report.ts";

// Checked before any step runs, and listed by `npx zen pipeline run src/pipeline.ts --help`.
const params = z.object({
  file: z.string().default("data/planets.csv").describe("distances and periods of planets"),
  every: z.int().min(2).default(3).describe("of how many planets one is kept for the test"),
});

export const kepler = pipeline("kepler", { params }, ({ file, every }) => {
  const { train, test } = split({ planets: load({ file }), every });
  const law = fit({ planets: train });
  return { law, report: report({ law, tried: evaluate({ law, planets: test }) }) };
});

if (import.meta.main) {
  const run = await kepler().run();
  console.log(await run.outputs.report.read());
}
