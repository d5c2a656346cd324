import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { brokenFile } from "../store/yaml-file.ts";
import { isThere, namesIn, packageText } from "./disk-view.ts";
import type { BrokenPackage, FlavorEntry, FlavorListing, FlavorPackage } from "./flavor-entry.ts";
import { assertNotPnp, findInstalled, locatePackage, readInstalled, type InstalledPackage } from "./installed-package.ts";
import { readManifest, type Found } from "./manifest.ts";
import { isPackageName, parsePackage, whyNoPackage, type PackageJson } from "./package-json.ts";

/** Where to look. */
export interface DiscoveryOptions {
  /** The start folder: of a pipeline file, else the working directory. */
  readonly folder: string;
  /** The start when no package.json is above the folder. */
  readonly repositoryRoot?: string | undefined;
  /** Packages that count whatever the project depends on: a CLI's own folder. */
  readonly hostFolders?: readonly string[] | undefined;
}

/**
 * The flavors that are installed, from the manifests of: the nearest package, its direct dependencies and those of its
 * workspace root, what one of these includes, and the host's packages. Where two have the same name, the project's copy
 * counts. Nothing of any package is run.
 *
 * @throws ZenError `yarn_pnp` for a Plug'n'Play project under plain node
 */
export function discoverFlavors({ folder, repositoryRoot, hostFolders = [] }: DiscoveryOptions): FlavorListing {
  const packages = new Packages();
  const [project, workspace] = projectPackages({ folder, repositoryRoot });
  assertNotPnp(project?.folder ?? repositoryRoot ?? resolve(folder));
  if (project) {
    packages.add(readInstalled(project.folder), { found: "project" });
    packages.addDependencies(project, "direct");
    if (workspace) packages.addDependencies(workspace, "direct");
    packages.addIncluded();
  }
  for (const host of hostFolders) {
    packages.add(readInstalled(host), { found: "host" });
    packages.addIncluded();
    packages.addNeighbours(host);
  }
  packages.addIncluded();
  return packages.listing();
}

/** A package whose direct dependencies count. */
export interface ProjectPackage {
  readonly folder: string;
  readonly json: PackageJson;
}

/**
 * The nearest package, and the root of the workspace that it is in, if there are any.
 *
 * @throws ZenError `broken_file`: without its own package.json a project would only seem to have no dependencies
 */
export function projectPackages({ folder, repositoryRoot }: DiscoveryOptions): readonly ProjectPackage[] {
  const project = nearestPackage(resolve(folder)) ?? (repositoryRoot === undefined ? undefined : nearestPackage(repositoryRoot));
  if (!project) return [];
  const workspace = workspaceRoot(project);
  return workspace ? [project, workspace] : [project];
}

/** What package managers leave in `node_modules` of an installation: npm, pnpm, Yarn. */
const INSTALLED_BY = [".package-lock.json", ".modules.yaml", ".yarn-state.yml"];

/** Collects packages, each name once: the first that is found counts. */
class Packages {
  readonly #flavors: FlavorEntry[] = [];
  readonly #broken: BrokenPackage[] = [];
  readonly #packages: FlavorPackage[] = [];
  readonly #seen = new Set<string>();
  /** What direct packages include, not looked at yet. */
  #included: { readonly included: string; readonly by: string; readonly folder: string }[] = [];

  add(installed: InstalledPackage | undefined, how: Found): void {
    if (!installed) return;
    const { folder, json } = installed;
    const isRead = "dependencies" in json;
    const name = (isRead ? json.name : undefined) ?? how.name ?? folder;
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    if (!isRead) {
      // The name of a folder goes into a command that a person may paste only if it is that of a package.
      const mend = !isPackageName(how.name) ? "npm install" : `npm uninstall ${how.name} && npm install ${how.name}`;
      return void this.#broken.push({ package: name, folder, ...json, mend });
    }
    const manifest = readManifest(json, folder, how);
    this.#flavors.push(...manifest.flavors);
    this.#broken.push(...manifest.broken);
    this.#packages.push(manifest.package);
    // One hop: what an included package includes doesn't count.
    if (how.through === undefined) for (const included of manifest.includes) this.#included.push({ included, by: name, folder });
  }

  addDependencies({ folder, json }: ProjectPackage, found: "direct" | "host"): void {
    // An installation that puts the same file behind another link changes one of these.
    for (const name of INSTALLED_BY) isThere(join(folder, "node_modules", name));
    for (const name of json.dependencies)
      if (!this.#seen.has(name) && isPackageName(name)) this.add(findInstalled(name, folder), { found, name });
  }

  /** After the direct ones, so that a package counts as direct where it is both. */
  addIncluded(): void {
    const pending = this.#included;
    this.#included = [];
    for (const { included, by, folder } of pending) {
      if (this.#seen.has(included)) continue;
      const installed = findInstalled(included, folder);
      if (installed) this.add(installed, { found: "included", through: by, name: included });
      else this.#broken.push({ package: by, folder, ...whyNotIncluded(included, folder), mend: `npm install ${included}@latest` });
    }
  }

  /** What was installed together with a host: the packages beside a global one, or those of the project it belongs to. */
  addNeighbours(host: string): void {
    const modules = nodeModulesOf(host);
    if (modules === undefined) return;
    const json = packageAt(dirname(modules));
    if (json)
      for (const project of [{ folder: dirname(modules), json }, ...pnpmGlobals(dirname(modules))]) this.addDependencies(project, "host");
    else
      for (const name of packagesIn(modules))
        if (!this.#seen.has(name)) this.add(readInstalled(join(modules, name)), { found: "host", name });
  }

  listing(): FlavorListing {
    const order = (a: FlavorEntry, b: FlavorEntry): number =>
      compare(a.type, b.type) || compare(a.flavor, b.flavor) || compare(a.package, b.package);
    return { flavors: this.#flavors.sort(order), broken: this.#broken, packages: this.#packages };
  }
}

function whyNotIncluded(included: string, folder: string): { code: string; problem: string } {
  return locatePackage(included, folder)
    ? { code: "include_without_manifest", problem: `it includes ${included}, which is installed and has no "zen" in its package.json` }
    : { code: "missing_include", problem: `it includes ${included}, which is not installed` };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function packageAt(folder: string): PackageJson | undefined {
  const text = packageText(folder);
  return text === undefined ? undefined : parsePackage(text);
}

/** The package that a folder belongs to. A package.json that only says `"type": "module"` is a marker, not a package. */
function nearestPackage(folder: string): ProjectPackage | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const text = packageText(at);
    const json = text === undefined ? undefined : parsePackage(text);
    if (text !== undefined && !json) throw brokenFile(join(at, "package.json"), whyNoPackage(text));
    if (json && (json.name !== undefined || json.dependencies.length > 0 || json.workspaces || json.zen !== undefined))
      return { folder: at, json };
    if (dirname(at) === at) return undefined;
  }
}

/** The root of the workspace that a package may be part of; undefined if there is none above it. */
function workspaceRoot(project: ProjectPackage): ProjectPackage | undefined {
  for (let at = dirname(project.folder); ; at = dirname(at)) {
    const json = packageAt(at);
    if (json && (json.workspaces || isThere(join(at, "pnpm-workspace.yaml")))) return { folder: at, json };
    if (dirname(at) === at) return undefined;
  }
}

/**
 * The `node_modules` that a person installed a package into: the outermost one of the path that it is given by, since those
 * further in belong to other packages. Of a package in pnpm's global store (`…/.pnpm/…`), the one beside that store. Undefined
 * for a package of a workspace.
 */
function nodeModulesOf(host: string): string | undefined {
  const given = outermostNodeModules(host);
  if (given !== undefined) return given;
  try {
    return outermostNodeModules(realpathSync(host));
  } catch {
    return undefined;
  }
}

function outermostNodeModules(folder: string): string | undefined {
  const parts = folder.split(sep);
  const index = parts.findIndex((part) => part === "node_modules" || part === ".pnpm");
  return index === -1 ? undefined : [...parts.slice(0, index), "node_modules"].join(sep);
}

/** pnpm 11 and later install what is added globally at once into a folder of its own, to which `global/v11/<digest>` is a link. */
function pnpmGlobals(folder: string): ProjectPackage[] {
  const all = dirname(folder);
  if (!/^v\d+$/.test(basename(all)) || basename(dirname(all)) !== "global") return [];
  // The folders themselves are left behind when their packages are removed.
  const linked = namesIn(all).filter((name) => lstatSync(join(all, name), { throwIfNoEntry: false })?.isSymbolicLink());
  return linked.flatMap((name) => {
    const json = packageAt(join(all, name));
    return json ? [{ folder: join(all, name), json }] : [];
  });
}

/** The names of the packages in a `node_modules`. */
export function packagesIn(modules: string): string[] {
  return namesIn(modules).flatMap((name) =>
    name.startsWith("@") ? namesIn(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}
