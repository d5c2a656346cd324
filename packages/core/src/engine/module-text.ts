import { hash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { importsOf } from "./module-imports.ts";
import { packageOf, resolveSpecifier, type InstalledVersion, type Resolved } from "./module-resolution.ts";

/** A module's code, as far as caching is concerned. */
export interface ModuleCode {
  /** Of the whole text of the module and of the local modules that it reaches, and of the versions of the packages they import. */
  readonly digest: string;
  /** When any of it changed last, in milliseconds since 1970, and which file that was. */
  readonly changedAt: number;
  readonly changedFile: string;
  /** Why the digest doesn't stand for all of the code, if it doesn't: `p.ts:3 imports …`. */
  readonly unknown: string | undefined;
  /** The files that aren't loaded with it, but perhaps while a step runs, with the time of their last change; 0 for none there. */
  readonly late: ReadonlyMap<string, number>;
}

interface Scanned extends Resolved {
  readonly sha256: string;
  readonly changedAt: number;
  readonly unknown: string | undefined;
  /** Those of `files` that an import statement names. */
  readonly stated: readonly string[];
  /** Local files that are named and aren't there. */
  readonly missing: readonly string[];
}

const CODE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

const scanned = new Map<string, Scanned | undefined>();
const codes = new Map<string, ModuleCode>();

/**
 * The code of a module: the whole text of it and of the local modules that it reaches, and the versions of the packages
 * that these import. A module inside `node_modules` is its package's version.
 *
 * Read once per process, when it is first asked for.
 *
 * @param file absolute path
 */
export function moduleCode(file: string): ModuleCode {
  let code = codes.get(file);
  if (code === undefined) codes.set(file, (code = readCode(file)));
  return code;
}

/** A file that a step may have loaded while it ran, and that had another text than `moduleCode` knows by then. */
export function changedLateFile(file: string): string | undefined {
  for (const [name, changedAt] of moduleCode(file).late) if (changeTime(name) !== changedAt) return name;
  return undefined;
}

/** The local modules that a file reaches, itself first, as real paths. */
export function localModules(file: string): string[] {
  return [...reach(file).files.keys()];
}

function readCode(file: string): ModuleCode {
  const { files, packages } = reach(file);
  // Paths are relative to the module, so that a clone elsewhere has the same digest.
  const folder = path.dirname(realPath(file));
  const lines = [
    ...Array.from(files, ([name, { sha256 }]) => `file ${path.relative(folder, name).split(path.sep).join("/")} ${sha256}`),
    ...Array.from(packages.values(), ({ name, version }) => `package ${name} ${version}`),
  ];
  let [changedAt, changedFile] = [0, file];
  const times = [
    ...Array.from(files, ([name, module]) => [name, module.changedAt] as const),
    ...Array.from(packages.keys(), (name) => [name, changeTime(name)] as const),
  ];
  for (const [name, time] of times) if (time > changedAt) [changedAt, changedFile] = [time, name];
  return {
    digest: hash("sha256", lines.toSorted().join("\n"), "hex"),
    changedAt,
    changedFile,
    unknown: files.values().find(({ unknown }) => unknown)?.unknown,
    late: lateFiles(realPath(file), files),
  };
}

function lateFiles(start: string, files: ReadonlyMap<string, Scanned>): ReadonlyMap<string, number> {
  const early = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (early.has(file)) continue;
    early.add(file);
    waiting.push(...(files.get(file)?.stated ?? []));
  }
  const late = new Map<string, number>();
  for (const [name, { changedAt, missing }] of files) {
    if (!early.has(name)) late.set(name, changedAt);
    for (const path of missing) late.set(path, 0);
  }
  return late;
}

/** @returns the local modules by real path, the installed packages by their package.json */
function reach(start: string): { files: ReadonlyMap<string, Scanned>; packages: ReadonlyMap<string, InstalledVersion> } {
  const files = new Map<string, Scanned>();
  const packages = new Map<string, InstalledVersion>();
  const waiting = [realPath(start)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    const own = packageOf(file);
    if (own) {
      packages.set(own.manifest, own);
      continue;
    }
    const module = scan(file);
    if (!module) continue;
    files.set(file, module);
    for (const one of module.packages) packages.set(one.manifest, one);
    waiting.push(...module.files);
  }
  return { files, packages };
}

function scan(file: string): Scanned | undefined {
  if (!scanned.has(file)) {
    try {
      scanned.set(file, read(file));
    } catch {
      scanned.set(file, undefined);
    }
  }
  return scanned.get(file);
}

function read(file: string): Scanned {
  const changedAt = changeTime(file);
  const bytes = readFileSync(file);
  const files: string[] = [];
  const early: string[] = [];
  const missing: string[] = [];
  const packages: InstalledVersion[] = [];
  let unknown: string | undefined;
  if (CODE.test(file)) {
    const { specifiers, stated, computed } = importsOf(bytes.toString());
    const shown = path.relative(process.cwd(), file) || file;
    if (computed !== undefined) unknown = `${shown}:${computed} imports a module whose name is computed`;
    for (const specifier of new Set([...specifiers, ...stated.keys()])) {
      const resolved = resolveSpecifier(specifier, file);
      files.push(...(resolved?.files ?? []));
      packages.push(...(resolved?.packages ?? []));
      if (resolved && stated.has(specifier)) early.push(...resolved.files);
      if (!resolved && specifier.startsWith(".")) missing.push(path.resolve(path.dirname(file), specifier));
      // Node has found it all the same, through a loader for example.
      if (!resolved && stated.has(specifier))
        unknown ??= `${shown}:${stated.get(specifier)} imports "${specifier}", and the file behind that is not known`;
    }
  }
  return { sha256: hash("sha256", bytes, "hex"), changedAt, unknown, files, packages, stated: early, missing };
}

/** When a file's content, or which file that is, changed last. Unlike the time of its text, nobody can set this one. */
function changeTime(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? 0;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
