import path from "node:path";
import {
  didYouMean,
  isFlavorName,
  isPackageName,
  locatePackage,
  ownPackageCalled,
  projectPackages,
  ZenError,
  type FlavorEntry,
  type FlavorListing,
  type FlavorPackage,
} from "@zen/core/light";
import type { Finding } from "./finding.ts";

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

/** A name that by convention is that of a package with flavors. */
const CONVENTION = /(^|[/-])zen-integration-|^@zen\/integration-/;

/** Direct dependencies that by their name have flavors, and are not there: as after a checkout. */
export function notInstalled(folder: string, { packages, broken }: FlavorListing): Finding[] {
  const known = new Set([...packages, ...broken].map((one) => one.package));
  return projectPackages({ folder }).flatMap((project) =>
    project.json.dependencies
      .filter((name) => CONVENTION.test(name) && isPackageName(name) && !known.has(name) && !locatePackage(name, project.folder))
      .map((name): Finding => {
        const problem = `it is a dependency of ${path.join(project.folder, "package.json")}, and is not installed`;
        return { severity: "error", code: "not_installed", package: name, folder: null, flavor: null, problem, mend: "npm install" };
      }),
  );
}

/** The package that comes under a short name: zen's own, else by convention. */
export function conventionalName(short: string): string {
  return ownPackageCalled(short) ?? `@zen/integration-${short}`;
}

/**
 * The installed package that a person names: in full, as `s3` for `@zen/integration-s3`, or by what its manifest calls it.
 *
 * @throws ZenError `integration_not_found`, `integration_unreadable`, `integration_ambiguous`
 */
export function requireIntegration({ packages, broken }: FlavorListing, name: string): FlavorPackage {
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
  const unread = broken.find((one) => one.package === name) ?? broken.find((one) => one.package === conventionalName(name));
  if (unread)
    throw new ZenError("integration_unreadable", `${unread.package} is installed, and what it has can't be read: ${unread.problem}.`, {
      hint: "What mends it: zen integration doctor",
    });
  const known = packages.flatMap((one) => [one.package, one.integration ?? []].flat());
  const meant = didYouMean(name, known);
  throw new ZenError("integration_not_found", `No package "${name}" with flavors is installed here.${meant}`, {
    exitCode: 2,
    hint: meant === "" ? whereFrom(name) : "See all: zen integration list",
  });
}

/** A short name that may be no package's is to be searched for. */
function whereFrom(name: string): string {
  if (ownPackageCalled(name) !== undefined || (name.startsWith("@") && isPackageName(name)))
    return `Install it: zen integration install ${name}`;
  return isFlavorName(name) ? `Search for one: zen integration search ${name}` : "See all: zen integration list";
}
