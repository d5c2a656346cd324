import { didYouMean, isFlavorName, ZenError, type FlavorEntry, type FlavorListing, type FlavorPackage } from "@zen/core/light";

/** A package as lists and descriptions show it. */
export interface IntegrationEntry {
  readonly name: string;
  readonly version: string;
  readonly integration: string | null;
  readonly description: string;
  readonly found: FlavorPackage["found"];
  readonly through: string | null;
  readonly folder: string;
  readonly includes: readonly string[];
  /** `type:flavor`. */
  readonly flavors: readonly string[];
  readonly ready: boolean;
  readonly problems: readonly { readonly flavor: string | null; readonly code: string; readonly problem: string }[];
}

export function integrationEntry(listing: FlavorListing, one: FlavorPackage): IntegrationEntry {
  const flavors = flavorsOf(listing, one);
  const problems = [
    ...listing.broken.filter(({ folder }) => folder === one.folder).map(({ code, problem }) => ({ flavor: null, code, problem })),
    ...flavors.flatMap(({ flavor, problems: own }) => own.map(({ code, problem }) => ({ flavor, code, problem }))),
  ];
  return {
    name: one.package,
    version: one.version,
    integration: one.integration ?? null,
    description: one.description,
    found: one.found,
    through: one.through ?? null,
    folder: one.folder,
    includes: one.includes,
    flavors: flavors.map(({ type, flavor }) => `${type}:${flavor}`),
    ready: problems.length === 0,
    problems,
  };
}

export function flavorsOf({ flavors }: FlavorListing, { folder }: FlavorPackage): readonly FlavorEntry[] {
  return flavors.filter((entry) => entry.origin === "package" && entry.folder === folder);
}

/** How a package was found, for people. */
export function whereFound({ found, through }: Pick<IntegrationEntry, "found" | "through">): string {
  return { project: "this project", direct: "direct", included: `through ${through}`, host: "with the command" }[found];
}

/** The package that comes under a short name by convention. */
export function conventionalName(short: string): string {
  return `@zen/integration-${short}`;
}

/**
 * The installed package that a person names: in full, as `s3` for `@zen/integration-s3`, or by what its manifest calls it.
 *
 * @throws ZenError `integration_not_found`, `integration_ambiguous`
 */
export function requireIntegration({ packages }: FlavorListing, name: string): FlavorPackage {
  const exact = packages.find((one) => one.package === name) ?? packages.find((one) => one.package === conventionalName(name));
  if (exact) return exact;
  const [called, ...more] = packages.filter(({ integration }) => integration === name);
  if (called && more.length === 0) return called;
  if (called)
    throw new ZenError(
      "integration_ambiguous",
      `More than one package calls itself "${name}": ${[called, ...more].map((one) => one.package).join(" and ")}.`,
      {
        exitCode: 2,
        hint: `Say which: zen integration describe ${called.package}`,
      },
    );
  const known = packages.flatMap((one) => [one.package, one.integration ?? []].flat());
  const meant = didYouMean(name, known);
  throw new ZenError("integration_not_found", `No package "${name}" with flavors is installed here.${meant}`, {
    exitCode: 2,
    hint:
      meant === "" && isFlavorName(name)
        ? `Install it: zen integration install ${name}. Or search for one: zen integration search ${name}`
        : "See all: zen integration list",
  });
}
