import { readFileSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What a specifier may mean. */
export interface Resolved {
  /** Local files: real paths. */
  readonly files: readonly string[];
  readonly packages: readonly InstalledVersion[];
}

/** An installed package, as far as caching is concerned. */
export interface InstalledVersion {
  readonly name: string;
  readonly version: string;
  /** Its package.json. */
  readonly manifest: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
  readonly imports?: unknown;
}

const NOTHING: Resolved = { files: [], packages: [] };

/**
 * What is behind a specifier. Where conditions of `exports` and `imports` decide, all of their targets are: which one
 * counted depends on how Node was started.
 *
 * @param importer absolute, links resolved
 * @returns undefined if nothing is found
 */
export function resolveSpecifier(specifier: string, importer: string): Resolved | undefined {
  if (isBuiltin(specifier) || /^(?:data|https?):/.test(specifier)) return NOTHING;
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return local(specifier, path.dirname(importer));
  if (!specifier.startsWith("#")) return resolvePackage(specifier, importer);
  const scope = scopeOf(importer);
  return (
    scope &&
    all(targetsOf(scope.json.imports, specifier), (target) =>
      target.startsWith("./") ? local(target, scope.folder) : resolvePackage(target, importer),
    )
  );
}

/** The package that an installed file belongs to; undefined for the project's own files. */
export function packageOf(file: string): InstalledVersion | undefined {
  const parts = file.split(path.sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  const name = parts.slice(at + 1, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join("/");
  return installed(name, path.join(parts.slice(0, at + 1).join(path.sep), name));
}

function all<T>(list: readonly T[], resolve: (one: T) => Resolved | undefined): Resolved | undefined {
  const found = list.flatMap((one) => resolve(one) ?? []);
  return found.length === 0
    ? undefined
    : { files: found.flatMap(({ files }) => files), packages: found.flatMap(({ packages }) => packages) };
}

/** The files that a path may mean: as it stands, or as `require` and loaders of TypeScript complete it. */
function local(specifier: string, folder: string): Resolved | undefined {
  const plain = specifier.replace(/[?#].*$/, "");
  let base: string;
  try {
    base = specifier.startsWith("file:") ? fileURLToPath(plain) : path.resolve(folder, plain);
    if (!isFile(base) && plain.includes("%")) base = path.resolve(folder, decodeURIComponent(plain));
  } catch {
    return undefined;
  }
  const candidates = [
    base,
    ...[".js", ".cjs", ".json", ".node", ".ts", ".mts", ".cts"].map((end) => base + end),
    base.replace(/\.([cm]?)js$/, ".$1ts"),
    path.join(base, "index.js"),
    path.join(base, "index.ts"),
  ];
  const file = candidates.find(isFile);
  return file === undefined ? undefined : { files: [realpathSync(file)], packages: [] };
}

function resolvePackage(specifier: string, importer: string): Resolved | undefined {
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const subpath = `.${specifier.slice(name.length)}`;
  const scope = scopeOf(importer);
  if (scope && scope.json.name === name && scope.json.exports !== undefined) return inFolder(scope, subpath);
  for (let folder = path.dirname(importer); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "node_modules", name, "package.json");
    if (isFile(manifest)) {
      const real = path.dirname(realpathSync(manifest));
      // zen itself is known by its version wherever it lives: a step's result doesn't depend on how it was scheduled.
      if (name.startsWith("@zen/") || real.split(path.sep).includes("node_modules"))
        return { files: [], packages: [installed(name, real)] };
      // A package outside node_modules is one that somebody works on: its version says nothing about its code.
      return inFolder({ folder: real, json: readManifest(path.join(real, "package.json")) }, subpath);
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}

interface Scope {
  readonly folder: string;
  readonly json: Manifest;
}

/** The package that a file is part of. */
function scopeOf(file: string): Scope | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (isFile(manifest)) return { folder, json: readManifest(manifest) };
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** The files behind `name` or `name/sub` of a package that is worked on. */
function inFolder({ folder, json }: Scope, subpath: string): Resolved | undefined {
  const targets =
    json.exports !== undefined ? targetsOf(json.exports, subpath) : [subpath === "." ? `./${json.main ?? "index.js"}` : subpath];
  return all(targets, (target) => local(target, folder));
}

/** The targets of a key of `exports` or `imports`, under any condition but `types`. */
function targetsOf(map: unknown, key: string): string[] {
  const record = typeof map === "object" && map !== null && !Array.isArray(map) ? (map as Record<string, unknown>) : undefined;
  const hasKeys = record !== undefined && Object.keys(record).some((name) => /^[.#]/.test(name));
  if (!hasKeys) return key === "." ? leaves(map) : [];
  return Object.entries(record).flatMap(([pattern, value]) => {
    if (pattern === key) return leaves(value);
    const [start, end, ...more] = pattern.split("*");
    if (end === undefined || more.length > 0 || !key.startsWith(start!) || !key.endsWith(end) || key.length < pattern.length) return [];
    const rest = key.slice(start!.length, key.length - end.length);
    return leaves(value).map((target) => target.replaceAll("*", () => rest));
  });
}

function leaves(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([condition, inner]) => (condition === "types" ? [] : leaves(inner)));
}

function installed(name: string, folder: string): InstalledVersion {
  const manifest = path.join(folder, "package.json");
  return { name, version: readManifest(manifest).version ?? "unknown", manifest };
}

const manifests = new Map<string, Manifest>();

/** Read once per process, as modules are. What can't be read says nothing. */
function readManifest(file: string): Manifest {
  let manifest = manifests.get(file);
  if (!manifest) {
    try {
      manifest = (JSON.parse(readFileSync(file, "utf8")) ?? {}) as Manifest;
    } catch {
      manifest = {};
    }
    manifests.set(file, manifest);
  }
  return manifest;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
