import { step } from "@zen/core";
import type { Planet } from "./planets.ts";

/** period = factor × distance ^ exponent */
export interface PowerLaw {
  readonly factor: number;
  readonly exponent: number;
}

/** A planet's period, and what the law says that it is. */
export interface Prediction {
  readonly name: string;
  readonly period: number;
  readonly predicted: number;
}

/** The law that fits best: a straight line by least squares, through the logarithms. */
export const fit = step("fit", ({ planets }: { planets: Planet[] }): PowerLaw => {
  const points = planets.map(({ distance, period }) => ({ x: Math.log(distance), y: Math.log(period) }));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const slope = mean(points.map(({ x, y }) => (x - middleX) * (y - middleY))) / mean(points.map(({ x }) => (x - middleX) ** 2));
  return { exponent: slope, factor: Math.exp(middleY - slope * middleX) };
});

/** How far the law is off, for planets that it hasn't seen. */
export const evaluate = step("evaluate", ({ law, planets }: { law: PowerLaw; planets: Planet[] }): Prediction[] =>
  planets.map(({ name, distance, period }) => ({ name, period, predicted: law.factor * distance ** law.exponent })),
);
