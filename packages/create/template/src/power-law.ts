import type { Planet } from "./planets.ts";

/** period = factor × distance ^ exponent */
export interface PowerLaw {
  readonly factor: number;
  readonly exponent: number;
}

/** The law that fits best: a straight line by least squares, through the logarithms. */
export function fitPowerLaw(planets: readonly Planet[]): PowerLaw {
  const points = planets.map(({ distance, period }) => ({ x: Math.log(distance), y: Math.log(period) }));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const slope = mean(points.map(({ x, y }) => (x - middleX) * (y - middleY))) / mean(points.map(({ x }) => (x - middleX) ** 2));
  return { exponent: slope, factor: Math.exp(middleY - slope * middleX) };
}

/** How long a planet at that distance takes, by the law. */
export function predictPeriod({ factor, exponent }: PowerLaw, distance: number): number {
  return factor * distance ** exponent;
}
