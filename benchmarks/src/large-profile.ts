import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { scratchFolder } from "./scratch.ts";

const zen = path.resolve(import.meta.dirname, "../../apps/cli/bin/zen.js");
const [STACKS, COMPONENTS, PAIRS] = [1_000, 5_000, 11];

/** A team's profile of years, against one that was just made: whole commands. */
export async function largeProfile(): Promise<Figure[]> {
  const [large, empty, cwd] = [scratchFolder(), scratchFolder(), scratchFolder()];
  const time = (config: string, args: readonly string[]): number => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [zen, ...args], {
      // Outside of any repository: `stack set` is that of the profile.
      cwd,
      env: { ...process.env, ZENML_CONFIG_PATH: config },
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(`zen ${args.join(" ")} exited with ${status}:\n${stderr}`);
    return performance.now() - start;
  };
  // Makes the default profile of each.
  for (const config of [large, empty]) time(config, ["stack", "list"]);
  writeProfile(path.join(large, "profiles/default"));
  const commands: readonly { args: (of: string) => readonly string[]; limit: number }[] = [
    { args: () => ["stack", "list"], limit: 2.6 },
    { args: (of) => ["stack", "set", of === large ? "stack-0998" : "default"], limit: 1.9 },
    { args: (of) => ["artifact-store", "describe", of === large ? "store-4996" : "default"], limit: 2.7 },
  ];
  const figures: Figure[] = [];
  for (const { args, limit } of commands) {
    for (const config of [large, empty]) time(config, args(config));
    const value = await medianRatio(
      () => time(large, args(large)),
      () => time(empty, args(empty)),
      PAIRS,
    );
    const name = `zen ${args(large).slice(0, 2).join(" ")}, ${STACKS} stacks and ${COMPONENTS} components`;
    figures.push({ name, reference: "the default stack alone", value, unit: "×", limit });
  }
  return figures;
}

/** The files of a profile, as zen writes them. */
function writeProfile(folder: string): void {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${name}-${String(n).padStart(4, "0")}`);
  const stores = numbered("store", COMPONENTS - 3);
  mkdirSync(path.join(folder, "artifact_stores"), { recursive: true });
  const lines = { index: "", zen: "", stacks: "" };
  for (const name of stores) {
    lines.index += `    ${name}: local\n`;
    lines.zen += `    ${name}:\n      package: "@zen/integration-local"\n      version: 0.1.0\n      contract: 1\n`;
    writeFileSync(path.join(folder, `artifact_stores/${name}.yaml`), `name: ${name}\npath: /data/${name}\nuuid: uuid-of-${name}\n`);
  }
  for (const [n, name] of numbered("stack", STACKS - 1).entries())
    lines.stacks += `  ${name}:\n    artifact_store: ${stores[n * 5]}\n    metadata_store: default\n    orchestrator: default\n`;
  const stack = "  default:\n    artifact_store: default\n    metadata_store: default\n    orchestrator: default\n";
  writeFileSync(
    path.join(folder, "stacks.yaml"),
    `stack_components:\n  artifact_store:\n    default: local\n${lines.index}  metadata_store:\n    default: sqlite\n  orchestrator:\n    default: local\nstacks:\n${stack}${lines.stacks}`,
  );
  const origin = `    default:\n      package: "@zen/integration-local"\n      version: 0.1.0\n      contract: 1\n`;
  writeFileSync(
    path.join(folder, "zen.yaml"),
    `components:\n  artifact_store:\n${origin}${lines.zen}  metadata_store:\n${origin}  orchestrator:\n${origin}format: 1\n`,
  );
}
