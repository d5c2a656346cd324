import { readFileSync } from "node:fs";
import path from "node:path";
import {
  COMPONENT_TYPES,
  componentType,
  flavorOf,
  isObject,
  isPackageName,
  isZenError,
  locatePackage,
  names,
  otherVersion,
  parsePackage,
  projectPackages,
  readConfigSchema,
  resolveModule,
  type ComponentRecord,
  type Context,
  type FlavorEntry,
  type FlavorListing,
  type FlavorPackage,
} from "@zen/core/light";
import { installedCore } from "../host.ts";
import { coreRangeProblem } from "./core-range.ts";
import type { Finding } from "./finding.ts";
import { notInstalled } from "./installed.ts";
import { linkedOnly } from "./linked.ts";

/**
 * Everything that makes installed packages, or flavors of them, unusable, as far as it can be read: nothing of any package is
 * run.
 */
export async function examine(context: Context): Promise<readonly Finding[]> {
  const listing = await context.flavors();
  const components = (await Promise.all(COMPONENT_TYPES.map(({ type }) => context.store.listComponents(type)))).flat();
  return [
    ...brokenPackages(listing),
    ...listing.flavors.flatMap((entry) => brokenFlavor(entry)),
    ...listing.packages.flatMap((one) => oddPackage(one, listing)),
    ...conflicts(listing),
    ...notInstalled(context.folder, listing),
    ...undeclared(context, listing),
    ...linkedOnly(context.folder, listing),
    ...components.flatMap((record) => withoutFlavor(record, listing)),
  ];
}

/** Whether a class of the flavor could be imported, as far as its package says. */
export function isWhole(entry: FlavorEntry): boolean {
  return entry.origin === "package" && brokenFlavor(entry).length === 0;
}

function brokenPackages({ broken }: FlavorListing): Finding[] {
  return broken.map((one) => ({ ...one, severity: "error", flavor: null }));
}

function brokenFlavor(entry: FlavorEntry): Finding[] {
  // What ZenML registered is kept, and needs no mending.
  if (entry.origin === "python") return [];
  if (entry.problems.length > 0) return entry.problems.map((problem) => ({ ...about(entry), ...problem }));
  return entry.origin === "package" ? [...brokenModule(entry), ...brokenSchema(entry)] : [];
}

function about(entry: FlavorEntry): Pick<Finding, "severity" | "package" | "folder" | "flavor"> {
  return { severity: "error", package: entry.package, folder: entry.folder, flavor: `${entry.type}:${entry.flavor}` };
}

function brokenModule(entry: FlavorEntry): Finding[] {
  try {
    resolveModule(entry);
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const said = message.split("\n")[0]!.replace(/\.$/, "");
    const mend = otherVersion(entry.package);
    if (code === "escaping_module") return [{ ...about(entry), code, problem: said, mend: `npm uninstall ${entry.package}` }];
    if (code === "ERR_PACKAGE_PATH_NOT_EXPORTED") {
      const problem = `its package doesn't export "${entry.module}" under the condition "default"`;
      return [{ ...about(entry), code: "module_not_exported", problem, mend }];
    }
    if (code === "MODULE_NOT_FOUND") {
      const problem = `the file of its module "${entry.module}" is not there`;
      return [{ ...about(entry), code: "missing_module", problem, mend: `npm uninstall ${entry.package} && npm install ${entry.package}` }];
    }
    return [{ ...about(entry), code: "bad_exports", problem: `its module "${entry.module}" can't be found: ${said}`, mend }];
  }
}

function brokenSchema(entry: FlavorEntry): Finding[] {
  try {
    readConfigSchema(entry);
    return [];
  } catch (error) {
    if (!isZenError(error)) throw error;
    const { reason, problem } = error.details as { reason: string; problem: string };
    const mend =
      reason === "escaping_config_schema"
        ? `npm uninstall ${entry.package}`
        : reason === "no_config_schema_file"
          ? `npm uninstall ${entry.package} && npm install ${entry.package}`
          : otherVersion(entry.package);
    return [{ ...about(entry), code: reason, problem: `its configuration schema can't be used: ${problem}`, mend }];
  }
}

const ODD_KEYS = ["__proto__", "constructor", "prototype"];

/** What a package works in spite of. */
function oddPackage(one: FlavorPackage, { packages }: FlavorListing): Finding[] {
  const warn = (code: string, problem: string, mend = otherVersion(one.package)): Finding => ({
    severity: "warning",
    package: one.package,
    folder: one.folder,
    flavor: null,
    code,
    problem,
    mend,
  });
  const findings: Finding[] = [];
  if (one.includes.includes(one.package)) findings.push(warn("includes_itself", "it includes itself"));
  for (const name of one.includes) {
    const other = packages.find((candidate) => candidate.package === name);
    // Of two that include each other, one says so.
    if (other && one.package < other.package && other.includes.includes(one.package))
      findings.push(warn("circular_includes", `it includes ${name}, which includes it`));
  }
  const json = parsePackage(readFileSync(path.join(one.folder, "package.json"), "utf8"));
  const keys = [...oddKeys(json?.zen)];
  if (keys.length > 0)
    findings.push(
      warn(
        "odd_keys",
        `its manifest has the key ${keys.map((key) => `"${key}"`).join(" and ")}, which zen ignores and nobody needs`,
        `npm uninstall ${one.package}`,
      ),
    );
  const range = json?.peers["@zen/core"];
  const core = range === undefined ? undefined : installedCore(one.folder);
  const unmet = range === undefined || core === undefined ? undefined : coreRangeProblem(range, core);
  if (unmet !== undefined) findings.push(warn("core_range", unmet));
  return findings;
}

/** At any depth, though one that was made to be deep is not followed for ever. */
function oddKeys(value: unknown, depth = 0): Set<string> {
  if (depth > 10 || typeof value !== "object" || value === null) return new Set();
  const own = isObject(value) ? Object.keys(value).filter((key) => ODD_KEYS.includes(key)) : [];
  return new Set([...own, ...Object.values(value).flatMap((inner) => [...oddKeys(inner, depth + 1)])]);
}

/** Names that more than one flavor of a type has: each can still be named by its package. */
function conflicts({ flavors }: FlavorListing): Finding[] {
  const findings: Finding[] = [];
  for (const { type, label, command } of COMPONENT_TYPES) {
    const usable = flavors.filter((entry) => entry.type === type && entry.problem === undefined);
    const words = new Set(usable.flatMap(names));
    for (const word of words) {
      const sharing = usable.filter((entry) => names(entry).includes(word));
      const [first, ...others] = sharing;
      if (!first || others.length === 0) continue;
      const isAlias = sharing.some((entry) => entry.flavor !== word);
      findings.push({
        severity: "warning",
        code: isAlias ? "alias_conflict" : sharing.some(({ origin }) => origin === "custom") ? "custom_conflict" : "flavor_conflict",
        package: first.package,
        folder: first.folder,
        flavor: `${type}:${first.flavor}`,
        problem: `${others.map((entry) => entry.package).join(" and ")} has ${isAlias ? "a name of it" : `the ${label} flavor`} "${word}" as well: the short name picks neither`,
        mend: `zen ${command} register NAME --flavor=${first.package}:${word}`,
      });
    }
  }
  return findings;
}

/** Direct dependencies that seem to have flavors, and say nothing of them. */
function undeclared({ folder }: Context, { packages, broken }: FlavorListing): Finding[] {
  const findings: Finding[] = [];
  for (const project of projectPackages({ folder })) {
    for (const name of project.json.dependencies) {
      if (!isPackageName(name) || packages.some((one) => one.package === name) || broken.some((one) => one.package === name)) continue;
      const located = locatePackage(name, project.folder);
      if (typeof located?.text !== "string") continue;
      const json = located.text.includes('"zen-integration"') ? parsePackage(located.text) : undefined;
      if (json?.keywords.includes("zen-integration") === true && json.zen === undefined) {
        const problem = `"zen-integration" is among its keywords, and its package.json has no "zen" that says which flavors it has`;
        const base = { severity: "error", package: name, flavor: null } as const;
        findings.push({ ...base, folder: located.folder, code: "no_manifest", problem, mend: otherVersion(name) });
      }
    }
  }
  return findings;
}

/** A component whose package is gone. What is wrong with one that is there is said of the package. */
function withoutFlavor(record: ComponentRecord, listing: FlavorListing): Finding[] {
  const { type, name, package: from, version } = record;
  if (from === undefined || !isPackageName(from)) return [];
  const isThere = [...listing.packages, ...listing.broken].some((one) => one.package === from);
  try {
    flavorOf(listing, record);
    return [];
  } catch (error) {
    if (!isZenError(error)) throw error;
    if (isThere && error.code !== "flavor_not_found") return [];
    const { label } = componentType(type);
    const problem = isThere
      ? `the ${label} "${name}" has its flavor "${record.flavor}", which it doesn't have any more`
      : `the ${label} "${name}" has its flavor "${record.flavor}", and it is not installed`;
    return [
      {
        severity: "error",
        code: isThere ? "flavor_gone" : "needed_by_component",
        package: from,
        folder: null,
        flavor: `${type}:${record.flavor}`,
        problem,
        mend: `npm install ${from}${version === undefined ? "" : `@${version}`}`,
      },
    ];
  }
}
