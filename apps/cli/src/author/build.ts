import { rmSync } from "node:fs";
import path from "node:path";
import { replaceFile, ZenError } from "@zen/core/light";
import { printDone } from "../output/answer.ts";
import { authorPackage, type AuthorPackage } from "./author-package.ts";
import { planManifest, type Drift, type ManifestPlan } from "./manifest-plan.ts";

/** `zen integration build` */
export async function buildIntegration({ check = false }: { readonly check?: boolean }): Promise<void> {
  const author = authorPackage(process.cwd());
  const plan = await planManifest(author);
  if (check && plan.drift.length > 0) throw driftError(author, plan.drift);
  writePlan(author, plan);
  const flavors = plan.flavors.map(({ type, flavor }) => ({ type, flavor }));
  const said =
    plan.drift.length === 0
      ? [`The manifest and the schemas of ${author.name} are what its classes say.`]
      : [...plan.drift.map((one) => `${one.file}: ${one.what}`), `Wrote ${changedFiles(plan).join(", ")}.`];
  printDone(said, { package: author.name, folder: author.folder, flavors, changes: plan.drift });
}

/** Makes the files say what the classes say; one that does so already isn't touched. */
export function writePlan({ folder, file, text }: AuthorPackage, plan: ManifestPlan): void {
  for (const schema of plan.schemas) replaceFile(path.join(folder, schema.file), schema.text);
  if (plan.text !== text) replaceFile(file, plan.text);
  for (const removed of plan.removed) rmSync(path.join(folder, removed));
}

/** The files that a plan is about, each once. */
function changedFiles({ drift }: ManifestPlan): readonly string[] {
  return [...new Set(drift.map(({ file }) => file))];
}

function driftError({ name }: AuthorPackage, drift: readonly Drift[]): ZenError {
  const lines = drift.map(({ file, what }) => `\n  ${file}: ${what}`);
  return new ZenError("manifest_drift", `The manifest and the schemas of ${name} are not what its classes say:${lines.join("")}`, {
    exitCode: 3,
    hint: "Write them: zen integration build",
    details: { changes: drift },
  });
}
