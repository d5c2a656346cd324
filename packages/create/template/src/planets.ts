import { readFile } from "node:fs/promises";

/** A planet and its way around the Sun. */
export interface Planet {
  readonly name: string;
  /** From the Sun, on average, in million kilometres. */
  readonly distance: number;
  /** How long it takes around the Sun, in days. */
  readonly period: number;
}

/** Reads a file of comma-separated values with the columns planet, distance and period. */
export async function readPlanets(file: string): Promise<Planet[]> {
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => {
    const [name = "", distance, period] = line.split(",");
    return { name, distance: Number(distance), period: Number(period) };
  });
}
