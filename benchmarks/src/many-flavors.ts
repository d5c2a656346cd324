import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { scratchFolder } from "./scratch.ts";

const zen = path.resolve(import.meta.dirname, "../../apps/cli/bin/zen.js");
const [FEW, MANY, PAIRS] = [6, 1_000, 21];
const LIST = ["artifact-store", "flavor", "list"];
/** What a shell asks when the flavor of a new component is to be completed. */
const COMPLETE = ["__complete", "--", "artifact-store", "register", "x", "--flavor", ""];

/** Projects that depend on packages of flavors: whole commands against a bare process. */
export async function manyFlavors(): Promise<Figure[]> {
  const own = scratchFolder();
  const time = (cwd: string, args: readonly string[]): number => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd,
      env: { ...process.env, ZENML_CONFIG_PATH: path.join(own, "config"), XDG_CACHE_HOME: own },
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (status !== 0) throw new Error(`node ${args.join(" ")} exited with ${status}:\n${stderr}`);
    return performance.now() - start;
  };
  const [few, many] = [project(FEW), project(MANY)];
  // What has just been installed isn't indexed yet.
  await sleep(500);
  const forget = (): void => rmSync(path.join(own, "zen/flavor_index"), { recursive: true, force: true });
  const lines = [
    { name: "flavor list", folder: few, packages: FEW, args: LIST, limit: 1.9 },
    { name: "flavor list", folder: many, packages: MANY, args: LIST, limit: 2.2 },
    { name: "flavor list without its index", folder: many, packages: MANY, args: LIST, limit: null, before: forget },
    { name: "completion of a flavor", folder: few, packages: FEW, args: COMPLETE, limit: 1.5 },
  ];
  const figures: Figure[] = [];
  for (const { name, folder, packages, args, limit, before = () => {} } of lines) {
    for (let warm = 0; warm < 2; warm++) time(folder, [zen, ...args]);
    const value = await medianRatio(
      () => (before(), time(folder, [zen, ...args])),
      () => time(folder, ["-e", "0"]),
      PAIRS,
    );
    figures.push({ name: `${name}, ${packages} packages`, reference: "node -e 0", value, unit: "×", limit });
  }
  return figures;
}

/** A project with so many packages that have a flavor each, as npm would install them. */
function project(packages: number): string {
  const folder = scratchFolder();
  const names = Array.from({ length: packages }, (_, n) => `@acme/zen-integration-${String(n).padStart(4, "0")}`);
  for (const [n, name] of names.entries()) {
    const to = path.join(folder, "node_modules", name);
    mkdirSync(to, { recursive: true });
    const flavor = { type: "artifact_store", flavor: `store-${n}`, contract: 1, description: `Artifacts in the system number ${n}` };
    const manifest = {
      name,
      version: "1.0.0",
      keywords: ["zen-integration"],
      license: "MIT",
      type: "module",
      exports: { ".": "./dist/index.js" },
      peerDependencies: { "@zen/core": ">=0.1 <1", zod: "^4" },
      zen: {
        manifestVersion: 1,
        integration: `store-${n}`,
        flavors: [{ ...flavor, module: ".", export: "Store", configSchema: "./schemas/artifact_store.json" }],
      },
    };
    writeFileSync(path.join(to, "package.json"), JSON.stringify(manifest, null, 2));
  }
  const dependencies = Object.fromEntries(names.map((name) => [name, "^1.0.0"]));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "project", type: "module", dependencies }, null, 2));
  return folder;
}
