import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isObject, parsePackage, projectPackages, ZenError, type ProjectPackage } from "@zen/core/light";
import { commandLine } from "../command-line.ts";

/** The package manager of a project, and where it is started. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn" | "bun";
  /** The folder of the nearest package.json: whose dependencies change. */
  readonly folder: string;
  /** The root of its workspace; without one the same folder. */
  readonly root: string;
  /** The major version where it is known, else "". */
  readonly version: string;
  /** What says so, for people. */
  readonly because: string;
  /** Options that an installation in this folder needs. */
  readonly options: readonly string[];
}

const LOCKFILES: readonly (readonly [file: string, name: PackageManager["name"]])[] = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
];

const INSTALL = { npm: "install", pnpm: "add", yarn: "add", bun: "add" } as const;
const UNINSTALL = { npm: "uninstall", pnpm: "remove", yarn: "remove", bun: "remove" } as const;

/**
 * Which package manager a project uses, by its `packageManager` or its lockfile: in its own folder, else in those above it up
 * to its workspace's root. npm where nothing says so.
 *
 * @returns undefined where there is no package.json
 */
export function packageManager(start: string): PackageManager | undefined {
  const [found, workspace] = projectPackages({ folder: start });
  const project = found ?? emptyProject(start);
  if (!project) return undefined;
  const { folder } = project;
  const { folder: root } = workspace ?? project;
  for (let at = folder; ; at = path.dirname(at)) {
    const said = saidIn(at);
    if (said) return { folder, root, ...said, options: rootOptions(said.name, project, said.version) };
    if (at === root) return { folder, root, name: "npm", version: "", because: "no lockfile says otherwise", options: [] };
  }
}

/**
 * The same that stops with an error without a package.json.
 *
 * @throws ZenError `no_project`
 */
export function requirePackageManager(start: string, change: "install" | "uninstall", packages: readonly string[]): PackageManager {
  const manager = packageManager(start);
  if (manager) return manager;
  const [done, first] = change === "install" ? ["installed", "Make one: npm init -y. "] : ["uninstalled", ""];
  throw new ZenError("no_project", `${packages.join(", ")} can't be ${done}: there is no package.json in ${start} or above it.`, {
    exitCode: 2,
    hint: `${first}For a zen that was installed globally: ${commandLine(`npm ${change} -g`, packages)}`,
  });
}

/** One whose package.json says nothing yet, such as `{}`. */
function emptyProject(start: string): ProjectPackage | undefined {
  for (let at = start; ; at = path.dirname(at)) {
    const file = path.join(at, "package.json");
    const json = existsSync(file) ? parsePackage(readFileSync(file, "utf8")) : undefined;
    if (json) return { folder: at, json };
    if (path.dirname(at) === at) return undefined;
  }
}

function saidIn(folder: string): Pick<PackageManager, "name" | "because" | "version"> | undefined {
  const [, name, version = ""] = /^(npm|pnpm|yarn|bun)@(\d*)/.exec(packageManagerField(folder)) ?? [];
  if (name !== undefined)
    return { name: name as PackageManager["name"], because: `"packageManager" in ${path.join(folder, "package.json")}`, version };
  const [file, manager] = LOCKFILES.find(([lockfile]) => existsSync(path.join(folder, lockfile))) ?? [];
  if (file === undefined || manager === undefined) return undefined;
  const isYarn1 = manager === "yarn" && readFileSync(path.join(folder, file), "utf8").includes("# yarn lockfile v1");
  return { name: manager, because: path.join(folder, file), version: isYarn1 ? "1" : "" };
}

function packageManagerField(folder: string): string {
  try {
    const json: unknown = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    const field = isObject(json) ? json["packageManager"] : undefined;
    return typeof field === "string" ? field : "";
  } catch {
    // A folder between a package and its workspace's root.
    return "";
  }
}

/** pnpm and Yarn 1 refuse to change the dependencies of a workspace's root unless they are told that it is meant. */
function rootOptions(name: PackageManager["name"], { folder, json }: ProjectPackage, version: string): string[] {
  if (name === "pnpm" && existsSync(path.join(folder, "pnpm-workspace.yaml"))) return ["--workspace-root"];
  return name === "yarn" && version === "1" && json.workspaces ? ["--ignore-workspace-root-check"] : [];
}

/** The words of the command that adds or takes away packages. */
export function changeWords({ name, options }: PackageManager, change: "install" | "uninstall", packages: readonly string[]): string[] {
  return [name, (change === "install" ? INSTALL : UNINSTALL)[name], ...options, ...packages];
}

/** Commands are written for npm: how the package manager of a project wants them. Without a project they are about what is global. */
export function inWordsOfProject(folder: string): (command: string) => string {
  const manager = packageManager(folder);
  return manager === undefined
    ? // What is found came with the command itself, or is beside it.
      (command) => command.replace(/\bnpm (install|uninstall)(?= [^-\s])/g, "npm $1 -g")
    : (command) => inWordsOf(manager, command);
}

function inWordsOf({ name, options }: PackageManager, command: string): string {
  const flags = options.map((option) => ` ${option}`).join("");
  return command
    .replace(/\bnpm install(?= [^-\s])/g, `${name} ${INSTALL[name]}${flags}`)
    .replace(/\bnpm uninstall(?= \S)/g, `${name} ${UNINSTALL[name]}${flags}`)
    .replace(/\bnpm install$/, `${name} install`);
}
