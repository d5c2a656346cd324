import path from "node:path";
import type { Figure } from "./figure.ts";
import { median, medianRatio } from "./pairs.ts";
import { runProgram, scratchFolder } from "./scratch.ts";

const [FEW, MANY, PAIRS] = [10, 1_000, 5];
type Timed = { milliseconds: number; megabytes: number };

/** What one more trivial step costs, and whether that grows with the pipeline. */
export async function stepCost(): Promise<Figure[]> {
  const marginal = (run: (steps: number) => Timed): number => (run(MANY).milliseconds - run(FEW).milliseconds) / (MANY - FEW);
  const zen = (where: "disk" | "tmpfs"): number => marginal((steps) => runProgram<Timed>("linear.ts", [steps], scratchFolder(where)));
  const bare = (where: "disk" | "tmpfs"): number =>
    marginal((steps) => runProgram<Timed>("bare-steps.ts", [steps, path.join(scratchFolder(where), "store")], ""));
  const figures: Figure[] = [
    {
      name: "one more step",
      reference: "the same commits and writes, bare",
      value: await medianRatio(
        () => zen("disk"),
        () => bare("disk"),
        PAIRS,
      ),
      unit: "×",
      limit: 2,
    },
    {
      name: "one more step, on tmpfs",
      reference: "",
      value: median(Array.from({ length: PAIRS }, () => zen("tmpfs"))),
      unit: "ms",
      limit: 1,
    },
  ];

  const long = runProgram<Timed>("linear.ts", [10 * MANY], scratchFolder("tmpfs"));
  const growth = await medianRatio(
    () => runProgram<Timed>("linear.ts", [10 * MANY], scratchFolder("tmpfs")).milliseconds,
    () => runProgram<Timed>("linear.ts", [MANY], scratchFolder("tmpfs")).milliseconds,
    3,
  );
  figures.push({ name: "10,000 steps", reference: "1,000 steps", value: growth, unit: "×", limit: 13 });
  figures.push({ name: "10,000 steps, peak memory", reference: "", value: long.megabytes, unit: "MB", limit: 300 });
  return figures;
}
