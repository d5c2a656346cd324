import { componentType, discoverFlavors, isZenError, names, ownPackage, type BrokenPackage, type FlavorEntry } from "@zen/core/light";
import type { AuthorPackage } from "./author-package.ts";
import { findings, type Finding } from "./finding.ts";
import { isPreset, planManifest, type ManifestPlan } from "./manifest-plan.ts";

/** The package's flavors as an installed zen would read them, and what it would complain of. */
export function readAsInstalled({ folder, name }: AuthorPackage): {
  readonly flavors: readonly FlavorEntry[];
  readonly broken: readonly BrokenPackage[];
} {
  const { flavors, broken } = discoverFlavors({ folder });
  return {
    flavors: flavors.filter((entry) => entry.package === name),
    broken: broken.filter((one) => one.package === name),
  };
}

export function manifestFindings(author: AuthorPackage): readonly Finding[] {
  const { flavors, broken } = readAsInstalled(author);
  const hint = "Write it: zen integration build";
  const problems: Omit<Finding, "check">[] = broken.map(({ code, problem, mend }) => ({
    status: "failed",
    message: problem,
    // What a package includes was written by hand.
    hint: code === "missing_include" ? `Install it: ${mend}` : hint,
  }));
  if (flavors.length === 0 && broken.length === 0 && !isPreset(author))
    problems.push({ status: "failed", message: 'package.json has no "zen" with flavors, so that nothing is found', hint });
  for (const entry of flavors) {
    const { type, flavor, problem, description } = entry;
    const what = `the ${componentType(type).label} flavor "${flavor}"`;
    if (problem !== undefined) problems.push({ status: "failed", message: `${what}: ${problem}`, hint });
    if (description === "")
      problems.push({
        status: "warning",
        message: `${what} has no "description", which lists and help show`,
        hint: 'Add it in "zen.flavors".',
      });
    problems.push(...takenNames(entry, what));
  }
  return findings("manifest", problems);
}

/** Names by which zen has a flavor of its own: both can be installed, and then the short name isn't enough. */
function takenNames(entry: FlavorEntry, what: string): readonly Omit<Finding, "check">[] {
  return names(entry).flatMap((name) => {
    const own = ownPackage(entry.type, name);
    if (own === undefined || own === entry.package) return [];
    return {
      status: "warning" as const,
      message: `${what} has the name "${name}" of one of zen's own, in ${own}: who has both must write --flavor ${entry.package}:${name}`,
      hint: name === entry.flavor ? "Give its class another FLAVOR." : 'Take it out of "aliases" in "zen.flavors".',
    };
  });
}

/** Of the classes, and of what was generated from them. Without a plan one of the classes can't be used. */
export async function classFindings(
  author: AuthorPackage,
): Promise<{ readonly plan: ManifestPlan | undefined; readonly found: readonly Finding[] }> {
  let plan: ManifestPlan;
  try {
    plan = await planManifest(author);
  } catch (error) {
    if (!isZenError(error)) throw error;
    return { plan: undefined, found: findings("classes", [{ status: "failed", message: error.message, hint: error.hint }]) };
  }
  const drift = plan.drift.map(({ file, what }): Omit<Finding, "check"> => ({
    status: "failed",
    message: `${file}: ${what}`,
    hint: "Write it: zen integration build",
  }));
  return { plan, found: [...findings("classes", []), ...findings("schemas", [...drift, ...undescribed(plan)])] };
}

function undescribed({ flavors }: ManifestPlan): readonly Omit<Finding, "check">[] {
  return flavors.flatMap(({ class: { export: name, schema } }) => {
    const { properties = {} } = schema as { properties?: Record<string, { description?: string }> };
    const silent = Object.keys(properties).filter((key) => !properties[key]!.description);
    if (silent.length === 0) return [];
    return [
      {
        status: "warning" as const,
        message: `settings of ${name} have no description, which help shows: ${silent.join(", ")}`,
        hint: `Add one to each: z.string().meta({ description: "…" })`,
      },
    ];
  });
}
