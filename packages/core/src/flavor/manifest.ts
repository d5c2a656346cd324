import { join } from "node:path";
import { COMPONENT_TYPES, componentType, isComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import type { BrokenPackage, FlavorEntry } from "./flavor-entry.ts";
import { isObject, isPackageName, own, type PackageJson } from "./package-json.ts";

/** The version of the manifest that this zen understands. */
export const MANIFEST_VERSION = 1;

/** What a package's `"zen"` says. */
export interface Manifest {
  readonly flavors: readonly FlavorEntry[];
  /** Packages whose flavors come with this one. */
  readonly includes: readonly string[];
  readonly broken: readonly BrokenPackage[];
}

const FLAVOR_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/**
 * Reads the manifest of an installed package. Never throws: what is wrong becomes the `problem` of an entry, or, where
 * not even a type and a name can be read, of the package.
 *
 * @param folder the package's, links resolved
 * @param through the package that includes this one
 */
export function readManifest({ name, version, zen }: PackageJson, folder: string, through?: string): Manifest {
  const flavors: FlavorEntry[] = [];
  const broken: BrokenPackage[] = [];
  const includes: string[] = [];
  const from = name ?? folder;
  const complain = (problem: string): void => void broken.push({ package: from, folder, problem });
  const manifest = { flavors, includes, broken };

  if (!isObject(zen)) {
    complain(`"zen" in its package.json is ${describe(zen)} and should be an object`);
    return manifest;
  }
  if (!isPackageName(name)) {
    complain(`its package.json has a "zen" manifest and no valid "name"`);
    return manifest;
  }
  const manifestVersion = own(zen, "manifestVersion");
  if (manifestVersion !== MANIFEST_VERSION) {
    const newer = typeof manifestVersion === "number" && manifestVersion > MANIFEST_VERSION;
    complain(
      newer
        ? `its manifest has version ${manifestVersion}, and this zen knows ${MANIFEST_VERSION}: install a newer zen`
        : `"zen.manifestVersion" is ${describe(manifestVersion)} and should be ${MANIFEST_VERSION}`,
    );
    return manifest;
  }
  for (const included of list(zen, "includes", complain)) {
    if (isPackageName(included)) includes.push(included);
    else complain(`"zen.includes" has ${describe(included)}, which is no package name`);
  }
  list(zen, "flavors", complain).forEach((value, index) => {
    const entry = readFlavor(value, `zen.flavors[${index}]`, complain, { package: name, version, folder, through });
    if (!entry) return;
    const twice = flavors.some((other) => other.type === entry.type && names(other).some((word) => names(entry).includes(word)));
    if (twice) complain(`"zen.flavors[${index}]" names the ${componentType(entry.type).label} flavor "${entry.flavor}" a second time`);
    else flavors.push(entry);
  });
  return manifest;
}

/** All names of a flavor. */
export function names(entry: FlavorEntry): readonly string[] {
  return [entry.flavor, ...entry.aliases];
}

type Origin = Pick<FlavorEntry, "package" | "version" | "folder" | "through">;

function readFlavor(value: unknown, at: string, complain: (problem: string) => void, origin: Origin): FlavorEntry | undefined {
  if (!isObject(value)) {
    complain(`"${at}" is ${describe(value)} and should be an object`);
    return undefined;
  }
  const type = own(value, "type");
  if (!isComponentType(type)) {
    const suggestion =
      typeof type === "string"
        ? didYouMean(
            type,
            COMPONENT_TYPES.map((row) => row.type),
          )
        : "";
    complain(`"${at}.type" is ${describe(type)} and should be one of the component types${suggestion === "" ? "" : `.${suggestion}`}`);
    return undefined;
  }
  const flavor = own(value, "flavor");
  if (!isFlavorName(flavor)) {
    complain(`"${at}.flavor" is ${describe(flavor)} and should be a name of letters, digits, -, _ and .`);
    return undefined;
  }

  const problems: string[] = [];
  const field = (key: string, wanted: string, valid: (found: unknown) => boolean): unknown => {
    const found = own(value, key);
    if (valid(found)) return found;
    problems.push(
      found === undefined
        ? `"${key}" is missing from its manifest`
        : `"${key}" in its manifest is ${describe(found)} and should be ${wanted}`,
    );
    return undefined;
  };
  const optional =
    (valid: (found: unknown) => boolean) =>
    (found: unknown): boolean =>
      found === undefined || valid(found);
  const isString = (found: unknown): boolean => typeof found === "string";

  const aliases = field(
    "aliases",
    "a list of names",
    optional((found) => Array.isArray(found) && found.every(isFlavorName)),
  );
  const contract = field("contract", "a whole number", (found) => Number.isInteger(found) && (found as number) >= 0);
  const description = field("description", "text", optional(isString));
  const module = field(
    "module",
    `"." or a subpath of the package's exports such as "./${flavor}"`,
    (found) => found === "." || isSubpath(found),
  );
  const exportName = field(
    "export",
    "the name of the class that the module exports",
    (found) => typeof found === "string" && IDENTIFIER.test(found) && found !== "__proto__",
  );
  const configSchema = field("configSchema", 'a path within the package such as "./schemas/config.json"', optional(isSubpath));
  const docs = field(
    "docs",
    "a web address",
    optional((found) => typeof found === "string" && /^https?:\/\//.test(found)),
  );
  const wanted = componentType(type).contract;
  if (contract !== undefined && contract !== wanted) {
    const older = (contract as number) < wanted;
    problems.push(
      `it was built on contract ${contract as number} of ${componentType(type).plural.replaceAll("_", " ")}, and this zen has contract ${wanted}: install a newer ${older ? origin.package : "zen"}`,
    );
  }
  return {
    origin: "package",
    ...origin,
    type,
    flavor,
    aliases: (aliases as string[] | undefined) ?? [],
    contract: (contract as number | undefined) ?? 0,
    description: (description as string | undefined) ?? "",
    module: (module as string | undefined) ?? "",
    export: (exportName as string | undefined) ?? "",
    configSchema: configSchema === undefined ? undefined : join(origin.folder, configSchema as string),
    docs: docs as string | undefined,
    problem: problems.length === 0 ? undefined : problems.join("; "),
  };
}

/** Whether a word can be the name of a flavor. */
export function isFlavorName(word: unknown): word is string {
  return typeof word === "string" && FLAVOR_NAME.test(word);
}

/** `./a/b`, and nothing that leads out of the package or into one of its dependencies. */
function isSubpath(path: unknown): boolean {
  if (typeof path !== "string" || !path.startsWith("./")) return false;
  return path
    .slice(2)
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && part !== "node_modules" && !/[\\%\u0000]/.test(part));
}

function list(object: Record<string, unknown>, key: string, complain: (problem: string) => void): readonly unknown[] {
  const value = own(object, key);
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  complain(`"zen.${key}" is ${describe(value)} and should be a list`);
  return [];
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return JSON.stringify(value).slice(0, 80);
}
