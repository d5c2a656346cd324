import { readFile } from "node:fs/promises";
import { json, step } from "@zen/core";

/** A planet and its way around the Sun. */
export interface Planet {
  readonly name: string;
  /** From the Sun, on average, in million kilometres. */
  readonly distance: number;
  /** How long it takes around the Sun, in days. */
  readonly period: number;
}

/**
 * Reads a file of comma-separated values with the columns planet, distance and period.
 * Never from the cache: the file may have changed. What follows is, as long as the planets are the same.
 */
export const load = step("load", { cache: false }, async ({ file }: { file: string }): Promise<Planet[]> => {
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => {
    const [name = "", distance, period] = line.split(",");
    return { name, distance: Number(distance), period: Number(period) };
  });
});

/** Every `every`-th planet is kept for the test. */
export const split = step(
  "split",
  { outputs: { train: json<Planet[]>(), test: json<Planet[]>() } },
  ({ planets, every }: { planets: Planet[]; every: number }) => ({
    train: planets.filter((_, index) => (index + 1) % every !== 0),
    test: planets.filter((_, index) => (index + 1) % every === 0),
  }),
);
