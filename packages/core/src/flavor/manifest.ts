import { join } from "node:path";
import { COMPONENT_TYPES, componentType, isComponentType, speaksContract } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import type { BrokenPackage, FlavorEntry, FlavorPackage, FlavorProblem } from "./flavor-entry.ts";
import { isObject, isPackageName, isVersion, own, type PackageJson } from "./package-json.ts";

/** The version of the manifest that this zen understands. */
export const MANIFEST_VERSION = 1;

/** What a package's `"zen"` says. */
export interface Manifest {
  readonly flavors: readonly FlavorEntry[];
  /** Packages whose flavors come with this one. */
  readonly includes: readonly string[];
  readonly broken: readonly BrokenPackage[];
  readonly package: FlavorPackage;
}

/** How a package was found. */
export interface Found {
  readonly found: FlavorPackage["found"];
  /** The package that includes it. */
  readonly through?: string | undefined;
  /** The name that it is depended on by: what an error calls it whose own name is none. */
  readonly name?: string | undefined;
}

const FLAVOR_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** Nobody has more; each name that is looked for takes time. */
const MOST_INCLUDES = 100;
/** The same of the flavors of one package. */
const MOST_FLAVORS = 1000;
const NEWER_ZEN = "npm install @zen/core@latest @zen/cli@latest";

/**
 * Reads the manifest of an installed package. Never throws: what is wrong becomes the `problem` of an entry, or, where
 * not even a type and a name can be read, of the package.
 *
 * @param folder the package's, links resolved
 */
export function readManifest({ name, version, zen }: PackageJson, folder: string, { found, through, name: known }: Found): Manifest {
  const flavors: FlavorEntry[] = [];
  const broken: BrokenPackage[] = [];
  const includes: string[] = [];
  const from = isPackageName(name) ? name : printable(name ?? known ?? folder);
  // It goes into commands that a person may paste.
  const spoken = isVersion(version) ? version : "0.0.0";
  const complain = (code: string, problem: string, mend = otherVersion(known ?? from)): void =>
    void broken.push({ package: from, folder, code, problem, mend });
  const about = (given: Pick<FlavorPackage, "integration" | "description">): FlavorPackage => ({
    package: from,
    version: spoken,
    folder,
    found,
    through,
    includes,
    ...given,
  });
  const unread = { flavors, includes, broken, package: about({ integration: undefined, description: "" }) };

  if (!isObject(zen)) {
    complain("not_an_object", `"zen" in its package.json is ${describe(zen)} and should be an object`);
    return unread;
  }
  if (!isPackageName(name)) {
    complain("bad_name", `its package.json has a "zen" manifest and no valid "name"`, `npm uninstall ${known ?? "NAME"}`);
    return unread;
  }
  const manifestVersion = own(zen, "manifestVersion");
  if (manifestVersion !== MANIFEST_VERSION) {
    if (typeof manifestVersion === "number" && manifestVersion > MANIFEST_VERSION)
      complain(
        "newer_manifest",
        `its manifest has version ${manifestVersion}, and this zen knows ${MANIFEST_VERSION}: install a newer zen`,
        NEWER_ZEN,
      );
    else complain("bad_manifest_version", `"zen.manifestVersion" is ${describe(manifestVersion)} and should be ${MANIFEST_VERSION}`);
    return unread;
  }
  const included = list(zen, "includes", complain);
  if (included.length > MOST_INCLUDES)
    complain("too_many_includes", `"zen.includes" has ${included.length} packages, and zen looks at ${MOST_INCLUDES}`);
  for (const one of included.slice(0, MOST_INCLUDES)) {
    if (isPackageName(one)) includes.push(one);
    else complain("bad_include", `"zen.includes" has ${describe(one)}, which is no package name`);
  }
  const listed = list(zen, "flavors", complain);
  if (listed.length > MOST_FLAVORS)
    complain("too_many_flavors", `"zen.flavors" has ${listed.length} flavors, and zen looks at ${MOST_FLAVORS}`);
  const taken = new Map<string, FlavorEntry>();
  listed.slice(0, MOST_FLAVORS).forEach((value, index) => {
    const entry = readFlavor(value, `zen.flavors[${index}]`, complain, { package: name, version: spoken, folder, through });
    if (!entry) return;
    const words = names(entry).map((word) => `${entry.type} ${word}`);
    if (words.some((word) => taken.has(word)))
      return complain(
        "named_twice",
        `"zen.flavors[${index}]" names the ${componentType(entry.type).label} flavor "${entry.flavor}" a second time`,
      );
    for (const word of words) taken.set(word, entry);
    flavors.push(entry);
  });
  const integration = own(zen, "integration");
  const description = own(zen, "description");
  return {
    flavors,
    includes,
    broken,
    package: about({
      integration: isFlavorName(integration) ? integration : undefined,
      description: typeof description === "string" ? printable(description) : "",
    }),
  };
}

/** All names of a flavor. */
export function names(entry: FlavorEntry): readonly string[] {
  return [entry.flavor, ...entry.aliases];
}

/** What may mend a mistake of a package's authors. */
export function otherVersion(packageName: string): string {
  return isPackageName(packageName) ? `npm install ${packageName}@latest` : "npm install";
}

type Origin = Pick<FlavorEntry, "package" | "version" | "folder" | "through">;
type Complain = (code: string, problem: string, mend?: string) => void;

function readFlavor(value: unknown, at: string, complain: Complain, origin: Origin): FlavorEntry | undefined {
  if (!isObject(value)) {
    complain("not_an_object", `"${at}" is ${describe(value)} and should be an object`);
    return undefined;
  }
  const type = own(value, "type");
  if (!isComponentType(type)) {
    const suggestion =
      typeof type === "string"
        ? didYouMean(
            type.slice(0, 40),
            COMPONENT_TYPES.map((row) => row.type),
          )
        : "";
    complain(
      "unknown_type",
      `"${at}.type" is ${describe(type)} and should be one of the component types${suggestion === "" ? "" : `.${suggestion}`}`,
    );
    return undefined;
  }
  const flavor = own(value, "flavor");
  if (!isFlavorName(flavor)) {
    complain("bad_flavor_name", `"${at}.flavor" is ${describe(flavor)} and should be a name of letters, digits, -, _ and .`);
    return undefined;
  }

  const problems: FlavorProblem[] = [];
  const mend = otherVersion(origin.package);
  const field = (key: string, wanted: string, valid: (found: unknown) => boolean): unknown => {
    const found = own(value, key);
    if (valid(found)) return found;
    const escapes = typeof found === "string" && (key === "module" || key === "configSchema") && ESCAPE.test(found);
    problems.push(
      found === undefined
        ? { code: `no_${toCode(key)}`, problem: `"${key}" is missing from its manifest`, mend }
        : {
            code: `${escapes ? "escaping" : "bad"}_${toCode(key)}`,
            problem: `"${key}" in its manifest is ${describe(found)} and should be ${wanted}`,
            // What tries to lead out of its package is no slip.
            mend: escapes ? `npm uninstall ${origin.package}` : mend,
          },
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
  const info = componentType(type);
  if (contract !== undefined && !speaksContract(info, contract as number)) {
    const newer = (contract as number) > info.contract;
    const spoken =
      newer || info.oldestContract === info.contract ? `has contract ${info.contract}` : `speaks those from ${info.oldestContract}`;
    const upgrade = newer ? NEWER_ZEN : mend;
    problems.push({
      code: newer ? "newer_contract" : "older_contract",
      problem: `it was built on contract ${contract as number} of ${info.plural.replaceAll("_", " ")}, and this zen ${spoken}: install a newer ${newer ? "zen" : origin.package} (${upgrade})`,
      mend: upgrade,
    });
  }
  return {
    origin: "package",
    ...origin,
    type,
    flavor,
    aliases: (aliases as string[] | undefined) ?? [],
    contract: (contract as number | undefined) ?? 0,
    description: printable((description as string | undefined) ?? ""),
    module: (module as string | undefined) ?? "",
    export: (exportName as string | undefined) ?? "",
    configSchema: configSchema === undefined ? undefined : join(origin.folder, configSchema as string),
    docs: docs === undefined ? undefined : printable(docs as string),
    problem: problems.length === 0 ? undefined : problems.map(({ problem }) => problem).join("; "),
    problems,
  };
}

/** Whether a word can be the name of a flavor. */
export function isFlavorName(word: unknown): word is string {
  return typeof word === "string" && FLAVOR_NAME.test(word);
}

/** Absolute, a URL, or with a part that leads upward. */
const ESCAPE = /^[\\/]|^[a-z]+:|(^|[\\/])(\.|%2e){2}([\\/]|$)/i;

/** `./a/b`, and nothing that leads out of the package or into one of its dependencies. */
function isSubpath(path: unknown): boolean {
  if (typeof path !== "string" || !path.startsWith("./")) return false;
  return path
    .slice(2)
    .split("/")
    .every(
      (part) => part !== "" && part !== "." && part !== ".." && part !== "node_modules" && !/[\\%\u0000-\u001f\u007f-\u009f]/.test(part),
    );
}

function list(object: Record<string, unknown>, key: string, complain: Complain): readonly unknown[] {
  const value = own(object, key);
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  complain("not_a_list", `"zen.${key}" is ${describe(value)} and should be a list`);
  return [];
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return printable(JSON.stringify(value), 80);
}

/** Text of somebody else's that can neither steer a terminal nor fill it. */
export function printable(text: string, most = 500): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character === "\n" || character === "\t" ? " " : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `configSchema` as part of a code: `config_schema`. */
function toCode(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
