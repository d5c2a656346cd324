import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { ZenError } from "../error/zen-error.ts";
import { isThere, readPackageText, realFolder } from "./disk-view.ts";
import type { FlavorProblem } from "./flavor-entry.ts";
import { mentionsZen, parsePackage, type PackageJson } from "./package-json.ts";

/** A package on disk. */
export interface InstalledPackage {
  /** Links resolved. */
  readonly folder: string;
  /** Or why its package.json can't be read as one. */
  readonly json: PackageJson | Omit<FlavorProblem, "mend">;
}

/**
 * A package as seen from a folder: `node_modules/<name>` there or further up, or what Yarn's Plug'n'Play says. Undefined
 * if it isn't installed, or says nothing about zen. Its `exports` don't matter: they often hide package.json.
 */
export function findInstalled(name: string, from: string): InstalledPackage | undefined {
  const located = locatePackage(name, from);
  return located && fromText(located.folder, located.text);
}

/** The same of any package: its folder, and the text of its package.json or why that can't be read. */
export function locatePackage(name: string, from: string): LocatedPackage | undefined {
  const unplugged = process.versions["pnp"] === undefined ? undefined : findByPnp(name, from);
  if (unplugged !== undefined) return located(unplugged);
  for (let at = from; ; at = dirname(at)) {
    // Node doesn't look into node_modules/node_modules either.
    const found = basename(at) === "node_modules" ? undefined : located(join(at, "node_modules", name));
    if (found) return found;
    if (dirname(at) === at) return undefined;
  }
}

/** Where a package is, whatever it says. */
export interface LocatedPackage {
  readonly folder: string;
  readonly text: string | Omit<FlavorProblem, "mend">;
}

function located(folder: string): LocatedPackage | undefined {
  const text = readPackageText(folder);
  return text === undefined ? undefined : { folder, text };
}

/** The package in a folder, if it says anything about zen. */
export function readInstalled(folder: string | undefined): InstalledPackage | undefined {
  const found = folder === undefined ? undefined : located(folder);
  return found && fromText(found.folder, found.text);
}

function fromText(folder: string, text: string | Omit<FlavorProblem, "mend">): InstalledPackage | undefined {
  if (typeof text !== "string") return { folder, json: text };
  if (!mentionsZen(text)) return undefined;
  const json = parsePackage(text) ?? { code: "not_json", problem: "its package.json is not JSON" };
  if ("zen" in json && json.zen === undefined) return undefined;
  // To Plug'n'Play the path says which of several instances a package is.
  return { folder: process.versions["pnp"] === undefined ? realFolder(folder) : folder, json };
}

interface PnpApi {
  resolveToUnqualified(request: string, issuer: string): string | null;
}

function findByPnp(name: string, from: string): string | undefined {
  try {
    const api = createRequire(join(from, "package.json"))("pnpapi") as PnpApi;
    return api.resolveToUnqualified(name, `${from}/`) ?? undefined;
  } catch {
    // Not declared, or not installed: to Plug'n'Play that is an error, here it is an answer.
    return undefined;
  }
}

/**
 * Refuses a project that Yarn's Plug'n'Play installed when this is plain node: no package could be found, or all could be
 * found and none imported.
 *
 * @throws ZenError `yarn_pnp`
 */
export function assertNotPnp(folder: string): void {
  if (process.versions["pnp"]) return;
  for (let at = folder; ; at = dirname(at)) {
    if (isThere(join(at, "node_modules"))) return;
    if (isThere(join(at, ".pnp.cjs"))) {
      throw new ZenError(
        "yarn_pnp",
        `The packages of ${at} are installed by Yarn Plug'n'Play (.pnp.cjs), and plain node can't load them.`,
        {
          exitCode: 2,
          hint: "Start it through Yarn: yarn zen …, or yarn node pipeline.ts",
        },
      );
    }
    if (dirname(at) === at) return;
  }
}
