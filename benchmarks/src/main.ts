import { coldStart } from "./cold-start.ts";
import { isWithin, table, type Figure } from "./figure.ts";
import { integrations } from "./integrations.ts";
import { largeFile } from "./large-file.ts";
import { largeProfile } from "./large-profile.ts";
import { manyFlavors } from "./many-flavors.ts";
import { objectStore } from "./object-store.ts";
import { scaffolders } from "./scaffolders.ts";
import { stepCost } from "./step-cost.ts";

const benchmarks: Readonly<Record<string, () => Promise<Figure[]>>> = {
  "cold-start": coldStart,
  "step-cost": stepCost,
  "large-file": largeFile,
  "large-profile": largeProfile,
  "many-flavors": manyFlavors,
  "object-store": objectStore,
  integrations,
  scaffolders,
};

const chosen = process.argv.slice(2);
const unknown = chosen.find((name) => !Object.hasOwn(benchmarks, name));
if (unknown !== undefined) {
  console.error(`There is no benchmark "${unknown}". They are: ${Object.keys(benchmarks).join(", ")}.`);
  process.exit(2);
}
const figures: Figure[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.error(`${name} …`);
  figures.push(...(await run()));
}
console.log(table(figures));
// One run over a limit may be the machine's: over the limit in three runs is a defect.
process.exitCode = figures.every(isWithin) ? 0 : 1;
