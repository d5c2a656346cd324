import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { scratchFolder } from "./scratch.ts";

const zen = path.resolve(import.meta.dirname, "../../apps/cli/bin/zen.js");
const PAIRS = 21;

/** What a person waits for before anything happens: whole processes against a bare one. */
export async function coldStart(): Promise<Figure[]> {
  const env = { ...process.env, ZENML_CONFIG_PATH: scratchFolder() };
  const time = (args: readonly string[]): number => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`node ${args.join(" ")} exited with ${status}:\n${stderr}`);
    return performance.now() - start;
  };
  const commands = [
    { args: ["--help"], limit: 1.5 },
    { args: ["stack", "list"], limit: 1.9 },
    { args: ["artifact-store", "flavor", "list"], limit: 1.9 },
    { args: ["pipeline", "run", "programs/one-step.ts", "--no-cache"], limit: 6 },
  ];
  const figures: Figure[] = [];
  for (const { args, limit } of commands) {
    // Warm: the compile cache, and the default profile, are there after the first time.
    time([zen, ...args]);
    time([zen, ...args]);
    const value = await medianRatio(
      () => time([zen, ...args]),
      () => time(["-e", "0"]),
      PAIRS,
    );
    figures.push({ name: `zen ${args.join(" ")}`, reference: "node -e 0", value, unit: "×", limit });
  }
  return figures;
}
