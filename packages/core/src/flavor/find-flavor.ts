import { componentType, type ComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { ComponentRecord } from "../store/stack-store.ts";
import type { FlavorEntry, FlavorListing } from "./flavor-entry.ts";
import { flavorName } from "./flavor-name.ts";
import { isFlavorName, names } from "./manifest.ts";
import { LOCAL_PACKAGE, ownPackage } from "./own-package.ts";
import { isPackageName } from "./package-json.ts";

/**
 * The flavor that a person names: by its short name, an alias, or `package:flavor`.
 *
 * @throws ZenError `flavor_not_found`, which says what to install; `flavor_ambiguous`; `flavor_unusable`
 */
export function findFlavor(listing: FlavorListing, type: ComponentType, name: string): FlavorEntry {
  const { label, command } = componentType(type);
  const ofType = listing.flavors.filter((entry) => entry.type === type);
  const colon = name.lastIndexOf(":");
  const packageName = colon === -1 ? undefined : name.slice(0, colon);
  const short = name.slice(colon + 1);
  const matching = ofType.filter((entry) => names(entry).includes(short) && (packageName === undefined || entry.package === packageName));
  // A package that can't be used must not get in the way of one that can.
  const usable = matching.filter((entry) => entry.problem === undefined);
  const [entry, another] = usable;
  if (entry && !another) return entry;
  if (entry) {
    throw new ZenError(
      "flavor_ambiguous",
      `The ${label} flavor "${short}" is in more than one package: ${usable.map((one) => one.package).join(" and ")}.`,
      {
        exitCode: 2,
        hint: `Say which: ${usable.map((one) => `--flavor ${one.package}:${short}`).join(" or ")}`,
        details: { packages: usable.map((one) => one.package) },
      },
    );
  }
  const [broken] = matching;
  if (broken) throw unusable(broken);

  const elsewhere = listing.flavors.find((other) => names(other).includes(short));
  const note = elsewhere ? ` "${short}" is a flavor of the type ${elsewhere.type}.` : didYouMean(name, ofType.flatMap(names));
  throw new ZenError("flavor_not_found", `There is no ${label} flavor "${name}" among the installed packages.${note}`, {
    exitCode: 2,
    hint: note === "" ? installHint(listing, type, short, packageName) : `See all: zen ${command} flavor list`,
    details: { type, flavor: name },
  });
}

/**
 * The flavor of a component that is stored: of the package that it came from, if that is known.
 *
 * @throws ZenError `flavor_not_found`, which says what to install; `flavor_ambiguous`; `flavor_unusable`
 */
export function flavorOf(listing: FlavorListing, { type, name, flavor, package: from, version, custom }: ComponentRecord): FlavorEntry {
  if (custom === true) return customFlavor(listing, type, name, flavor);
  if (from === undefined) {
    // ZenML wrote it: what it registered under this name is meant, whatever zen has of the same name.
    const python = listing.flavors.find((entry) => entry.origin === "python" && entry.type === type && entry.flavor === flavor);
    if (python) throw unusable(python);
    return findFlavor(listing, type, flavor);
  }
  const entry = listing.flavors.find((one) => one.type === type && one.package === from && names(one).includes(flavor));
  if (entry && entry.problem === undefined) return entry;
  if (entry) throw unusable(entry);
  const broken = listing.broken.find((one) => one.package === from);
  const installed = listing.flavors.some((one) => one.package === from);
  const why = broken ? `can't be used: ${broken.problem}` : installed ? "doesn't have it any more" : "is not installed here";
  throw new ZenError(
    "flavor_not_found",
    `The ${componentType(type).label} "${name}" has the flavor "${flavor}" of the package ${from}, which ${why}.`,
    {
      hint:
        (installed || broken) && version !== undefined
          ? `Install the version that it was registered with: npm install ${from}@${version}`
          : installCommand(type, flavor, from),
      details: { type, flavor, package: from },
    },
  );
}

function customFlavor(listing: FlavorListing, type: ComponentType, name: string, flavor: string): FlavorEntry {
  const entry = listing.flavors.find((one) => one.origin === "custom" && one.type === type && one.flavor === flavor);
  if (entry) return entry;
  const { label, command } = componentType(type);
  throw new ZenError(
    "flavor_not_found",
    `The ${label} "${name}" has the flavor "${flavor}", which was registered from a project's own code and isn't registered any more.`,
    {
      hint: `Register it again, in the project that has it: zen ${command} flavor register FILE#CLASS`,
      details: { type, flavor },
    },
  );
}

function unusable(entry: FlavorEntry): ZenError {
  return new ZenError("flavor_unusable", `${flavorName(entry)} can't be used: ${entry.problem}.`, {
    hint: mendingHint(entry),
    details: { type: entry.type, flavor: entry.flavor, package: entry.package },
  });
}

/** What to do about a flavor that can't be used. */
export function mendingHint({ origin, type, package: from, export: name, problems }: FlavorEntry): string {
  const [first] = problems;
  return {
    package:
      first?.code === "newer_contract"
        ? `Update zen: ${first.mend}`
        : `Look for another version: npm view ${from} versions. All that is wrong: zen integration doctor`,
    custom: `Put it back, or register the flavor again from where its class is now: FILE#${name}`,
    python: `Register one with a flavor of zen's: zen ${componentType(type).command} flavor list`,
  }[origin];
}

/** More than a person would read of them. */
const MOST_BROKEN = 3;

function installHint(listing: FlavorListing, type: ComponentType, flavor: string, packageName: string | undefined): string {
  const broken = listing.broken.filter((one) => packageName === undefined || one.package === packageName);
  const shown = broken.slice(0, MOST_BROKEN).map((one) => `${one.package}: ${one.problem}`);
  const more = broken.length > MOST_BROKEN ? `; and ${broken.length - MOST_BROKEN} more` : "";
  const aside =
    broken.length === 0 ? "" : `\nOr it is in what is installed and needs mending (zen integration doctor): ${shown.join("; ")}${more}`;
  return `${installCommand(type, flavor, packageName)}${aside}`;
}

function installCommand(type: ComponentType, flavor: string, packageName: string | undefined): string {
  const own = ownPackage(type, flavor);
  if (own === LOCAL_PACKAGE && (packageName ?? own) === own) return `Install it: npm install ${own} (or @zen/cli, which brings it)`;
  // Only what can be a name is put into a command that a person may paste.
  if (!isFlavorName(flavor) || (packageName !== undefined && !isPackageName(packageName)))
    return `See all: zen ${componentType(type).command} flavor list`;
  return packageName === undefined ? whereToFind(type, flavor) : `Install it: npm install ${packageName}`;
}

/** How to come by a flavor that no installed package has. Only a package that is known to exist is named first. */
export function whereToFind(type: ComponentType, flavor: string): string {
  const word = flavor.toLowerCase();
  const own = ownPackage(type, flavor);
  return own === undefined
    ? `Search for a package that has it: zen integration search ${word}. By convention it would be in @zen/integration-${word}: npm install @zen/integration-${word}`
    : `Install the package that has it: npm install ${own}. Or search for another: zen integration search ${word}`;
}
