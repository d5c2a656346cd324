import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * What stands after `from`, `import`, `import(` or `require(`. Over-inclusive on purpose: a hit in a comment or a text
 * counts when such a file exists, which costs a miss at most; an import that is overlooked would cost a wrong hit.
 */
const SPECIFIER = /\b(?:from|import|require)\b\s*\(?\s*(?:\/\*[^]*?\*\/\s*)?(["'`])([^"'`\n\\]+)\1/g;

/** What a module is made of, as far as caching is concerned. */
interface ModuleCode {
  /** Local modules: real path → sha256 of the text. */
  readonly files: ReadonlyMap<string, string>;
  /** Packages that they import: name → version. */
  readonly packages: ReadonlyMap<string, string>;
}

interface Scanned {
  readonly text: string;
  readonly local: readonly string[];
  readonly packages: readonly (readonly [name: string, version: string])[];
}

const scanned = new Map<string, Scanned | undefined>();
const digests = new Map<string, string>();

/**
 * The digest of a step's code: the whole text of its module and of the local modules that it reaches, and the versions of
 * the packages that these import. A module inside `node_modules` is its package's version.
 *
 * Read once per process: what runs is what was loaded, even if the file has been edited since.
 *
 * @param file absolute path
 */
export function codeDigest(file: string): string {
  let digest = digests.get(file);
  if (digest === undefined) {
    const { files, packages } = reach(file);
    const hash = createHash("sha256");
    // Paths are relative to the module, so that a clone elsewhere has the same digest.
    const folder = path.dirname(realpathSync(file));
    for (const [name, sha] of [...files].map(([name, sha]) => [path.relative(folder, name).split(path.sep).join("/"), sha] as const).toSorted(byName)) hash.update(`file ${name} ${sha}\n`);
    for (const [name, version] of [...packages].toSorted(byName)) hash.update(`package ${name} ${version}\n`);
    digest = hash.digest("hex");
    digests.set(file, digest);
  }
  return digest;
}

/** The local modules that a file reaches, itself first, as real paths. */
export function localModules(file: string): string[] {
  return [...reach(file).files.keys()];
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function reach(start: string): ModuleCode {
  const files = new Map<string, string>();
  const packages = new Map<string, string>();
  const waiting = [realpathSync(start)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const own = packageOf(file);
    if (own) {
      packages.set(own.name, own.version);
      continue;
    }
    const module = scan(file);
    if (!module) continue;
    files.set(file, createHash("sha256").update(module.text).digest("hex"));
    for (const [name, version] of module.packages) packages.set(name, version);
    waiting.push(...module.local);
  }
  return { files, packages };
}

function scan(file: string): Scanned | undefined {
  if (scanned.has(file)) return scanned.get(file);
  let module: Scanned | undefined;
  try {
    const text = readFileSync(file, "utf8");
    const local: string[] = [];
    const packages: (readonly [string, string])[] = [];
    if (/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file)) {
      for (const [, , specifier] of text.matchAll(SPECIFIER)) {
        if (specifier!.startsWith(".") || specifier!.startsWith("/") || specifier!.startsWith("file:")) local.push(...resolveLocal(specifier!, file));
        else if (!isBuiltin(specifier!)) {
          const found = resolvePackage(specifier!, file);
          if (found === undefined) continue;
          // A package that lives outside node_modules is a workspace member: its version says nothing about its code.
          if ("version" in found) packages.push([found.name, found.version]);
          else local.push(found.entry);
        }
      }
    }
    module = { text, local, packages };
  } catch {
    module = undefined;
  }
  scanned.set(file, module);
  return module;
}

/** The file that a relative specifier names; `require` also finds it without its extension. */
function resolveLocal(specifier: string, importer: string): string[] {
  let base: string;
  try {
    base = specifier.startsWith("file:") ? fileURLToPath(specifier) : path.resolve(path.dirname(importer), specifier.replace(/[?#].*$/, ""));
  } catch {
    return [];
  }
  for (const candidate of [base, `${base}.js`, `${base}.cjs`, `${base}.json`, path.join(base, "index.js")]) {
    if (isFile(candidate)) return [realpathSync(candidate)];
  }
  return [];
}

type FoundPackage = { readonly name: string; readonly version: string } | { readonly entry: string };

function resolvePackage(specifier: string, importer: string): FoundPackage | undefined {
  if (specifier.startsWith("#")) return undefined;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  for (let folder = path.dirname(importer); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "node_modules", name, "package.json");
    if (isFile(manifest)) {
      const real = realpathSync(manifest);
      const version = readVersion(real);
      // zen itself is known by its version wherever it lives: a step's result doesn't depend on how it was scheduled.
      if (name.startsWith("@zen/") || real.includes(`${path.sep}node_modules${path.sep}`)) return { name, version };
      return workspaceEntry(path.dirname(real), specifier.slice(name.length + 1)) ?? { name, version };
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** The source file behind `name` or `name/sub` of a linked workspace member, where its exports tell it plainly. */
function workspaceEntry(folder: string, subpath: string): FoundPackage | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { exports?: unknown; main?: string };
    const exported = manifest.exports as Record<string, unknown> | string | undefined;
    const key = subpath === "" ? "." : `./${subpath}`;
    const target = typeof exported === "string" && subpath === "" ? exported : exported === undefined ? (manifest.main ?? "index.js") : firstTarget((exported as Record<string, unknown>)[key] ?? (subpath === "" ? exported : undefined));
    const entry = target === undefined ? undefined : path.join(folder, target);
    return entry !== undefined && isFile(entry) ? { entry } : undefined;
  } catch {
    return undefined;
  }
}

function firstTarget(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [condition, inner] of Object.entries(value)) {
    if (["node", "import", "default", "module-sync"].includes(condition)) {
      const target = firstTarget(inner);
      if (target !== undefined) return target;
    }
  }
  return undefined;
}

/** The package that an installed file belongs to; undefined for the project's own files. */
function packageOf(file: string): { name: string; version: string } | undefined {
  const parts = file.split(path.sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  const name = parts.slice(at + 1, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join("/");
  return { name, version: readVersion(path.join(parts.slice(0, at + 1).join(path.sep), name, "package.json")) };
}

function readVersion(manifest: string): string {
  try {
    return String((JSON.parse(readFileSync(manifest, "utf8")) as { version?: unknown }).version);
  } catch {
    return "unknown";
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
