import { step } from "@zen/core";
import type { PowerLaw, Prediction } from "./power-law.ts";

/** What was learnt, and how well it holds, for a person. */
export const report = step("report", ({ law, tried }: { law: PowerLaw; tried: Prediction[] }) =>
  [
    `period = ${law.factor.toFixed(3)} × distance ^ ${law.exponent.toFixed(3)}`,
    ...tried.map(({ name, period, predicted }) => `${name}: ${predicted.toFixed(0)} days predicted, ${period} observed`),
  ].join("\n"),
);
