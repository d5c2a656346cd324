import {
  COMPONENT_TYPES,
  componentType,
  isZenError,
  isPackageName,
  projectPackages,
  ZenError,
  type Context,
  type FlavorListing,
} from "@zen/core/light";
import { commandLine } from "../command-line.ts";
import { confirm, type YesFlags } from "../confirm.ts";
import { openQuietly } from "../light.ts";
import { notice, printDone } from "../output/answer.ts";
import { printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { session } from "../session.ts";
import { conventionalName } from "./installed.ts";
import { changeWords, requirePackageManager, type PackageManager } from "./package-manager.ts";
import { runCommand } from "./run-command.ts";

interface DryRunFlags {
  readonly dryRun?: boolean;
}

/** `zen integration install NAME…` */
export async function installIntegrations(names: readonly string[], { dryRun = false }: DryRunFlags): Promise<void> {
  const own = ownDependencies();
  const packages = names.map((name) => fullName(name, own));
  const manager = requirePackageManager(process.cwd(), "install", packages);
  const words = changeWords(manager, "install", packages);
  if (dryRun) return printCommand(words);
  const before = await (await openQuietly({}, notice)).flavors();
  await run(words, manager, shortNames(names, packages));
  const after = await (await openQuietly({}, notice)).flavors();
  const known = new Set(before.flavors.map(identity));
  const flavors = after.flavors.filter((entry) => !known.has(identity(entry)));
  if (session.json)
    return printDone([], {
      command: commandLine(words[0]!, words.slice(1)),
      packages,
      flavors: flavors.map(({ type, flavor, package: from, version, problem }) => ({
        type,
        flavor,
        package: from,
        version,
        ready: problem === undefined,
        problem: problem ?? null,
      })),
    });
  if (flavors.length > 0)
    await printTable({
      columns: ["TYPE", "FLAVOR", "INTEGRATION", "VERSION", "READY-TO-USE"],
      rows: flavors.map(({ type, flavor, package: from, version, problem }) => [
        type,
        flavor,
        from,
        version,
        problem === undefined ? "✅" : "❌",
      ]),
    });
  else notice("There is no flavor that was not there before. What the packages have: zen integration list");
  const broken = after.broken.some(({ folder }) => !before.broken.some((one) => one.folder === folder));
  if (broken || flavors.some(({ problem }) => problem !== undefined)) notice("What is wrong, and what mends it: zen integration doctor");
}

/** `zen integration uninstall NAME…` */
export async function uninstallIntegrations(names: readonly string[], { dryRun = false, ...yes }: DryRunFlags & YesFlags): Promise<void> {
  const own = ownDependencies();
  const { packages: installed } = await (await openQuietly({}, () => {})).flavors();
  const packages = names.map((name) => {
    const full = fullName(name, own);
    if (own.has(full)) return full;
    const called = installed.filter(({ integration }) => integration === name);
    return called.length === 1 ? called[0]!.package : full;
  });
  const manager = requirePackageManager(process.cwd(), "uninstall", packages);
  for (const name of packages) {
    if (own.has(name)) continue;
    throw new ZenError("not_a_dependency", `${name} is no dependency of ${manager.folder}.`, {
      exitCode: 2,
      hint: whereFrom(name, installed),
    });
  }
  const words = changeWords(manager, "uninstall", packages);
  if (dryRun) return printCommand(words);
  const { users, unseen } = await usersOf(await openQuietly({}, notice), packages);
  for (const { profile, problem } of unseen)
    notice(styled(2, "yellow", `Whether profile '${profile}' has components that need ${packages.join(", ")} can't be seen: ${problem}`));
  if (users.length > 0) {
    const consequence = `${users.join(", ")} can't be used without ${packages.length === 1 ? "it" : "them"}: ${packages.join(", ")}.`;
    if (!(await confirm(consequence, yes, commandLine("zen integration uninstall", names)))) return;
  }
  await run(words, manager);
  printDone([`Uninstalled ${packages.join(", ")}.`], {
    command: commandLine(words[0]!, words.slice(1)),
    packages,
    unusable: users,
    unseen,
  });
}

const VERSION = /^[A-Za-z0-9._~^<>=*+-]+$/;

/**
 * What a package manager is given for a name: `s3` is @zen/integration-s3, unless the project depends on a package `s3`. One
 * with a scope, one that is called `zen-integration-…`, and a path stay as they are.
 */
function fullName(given: string, own: ReadonlySet<string>): string {
  if (/^(\.{1,2}[\\/]|[\\/]|file:)/.test(given)) return given;
  const at = given.indexOf("@", 1);
  const [name, version] = at === -1 ? [given, undefined] : [given.slice(0, at), given.slice(at + 1)];
  if (!isPackageName(name) || name.startsWith("-") || (version !== undefined && !VERSION.test(version)))
    throw new ZenError("bad_package_name", `"${given}" is not the name of a package.`, {
      exitCode: 2,
      hint: "Name it in full, such as @acme/zen-integration-x, or by the short name of one of zen's, such as s3. A version goes behind an @: s3@1.2.0",
    });
  const isFull = name.startsWith("@") || name.includes("zen-integration") || own.has(name);
  return `${isFull ? name : conventionalName(name)}${version === undefined ? "" : `@${version}`}`;
}

function ownDependencies(): ReadonlySet<string> {
  return new Set(projectPackages({ folder: process.cwd() })[0]?.json.dependencies);
}

function whereFrom(name: string, packages: FlavorListing["packages"]): string {
  const [, workspace] = projectPackages({ folder: process.cwd() });
  if (workspace?.json.dependencies.includes(name) === true) return `It is one of the workspace's root: do this in ${workspace.folder}.`;
  const there = packages.find((one) => one.package === name);
  if (there?.through !== undefined) return `It comes with ${there.through}: uninstall that.`;
  return there?.found === "host"
    ? `It came with zen itself. One that was installed globally: npm uninstall -g ${name}`
    : "See all: zen integration list";
}

/** A profile that can't be looked at, and why. */
interface UnseenProfile {
  readonly profile: string;
  readonly problem: string;
}

/** The components of all profiles whose flavor comes from one of these packages. A broken profile is no reason to stop. */
async function usersOf(
  context: Context,
  packages: readonly string[],
): Promise<{ users: readonly string[]; unseen: readonly UnseenProfile[] }> {
  const users: string[] = [];
  const unseen: UnseenProfile[] = [];
  for (const { name: profile } of context.profiles) {
    const isActive = profile === context.profile.value;
    try {
      const { store } = isActive ? context : await openQuietly({ profile }, () => {});
      for (const { type } of COMPONENT_TYPES) {
        for (const { name, package: from } of await store.listComponents(type)) {
          if (from === undefined || !packages.includes(from)) continue;
          users.push(`${componentType(type).label} '${name}'${isActive ? "" : ` of profile '${profile}'`}`);
        }
      }
    } catch (error) {
      if (!isZenError(error)) throw error;
      unseen.push({ profile, problem: error.message });
    }
  }
  return { users, unseen };
}

/** Of the names that are short for one of zen's own packages, which may not be what was meant. */
function shortNames(names: readonly string[], packages: readonly string[]): string {
  const short = names.find((name, index) => name !== packages[index]);
  if (short === undefined) return "";
  const [word] = short.split("@");
  return `\n"${short}" is short for ${packages[names.indexOf(short)]}. Another package is named in full: zen integration search ${word}`;
}

function printCommand(words: readonly string[]): void {
  const command = commandLine(words[0]!, words.slice(1));
  printDone([command], { command });
}

/** @throws ZenError `package_manager_failed`, with the exit code of the package manager */
async function run(words: readonly string[], { because, folder, name }: PackageManager, hint = ""): Promise<void> {
  const command = commandLine(words[0]!, words.slice(1));
  notice(styled(2, "dim", `$ ${command}    (in ${folder}; ${because})`));
  const { code, said } = await runCommand(words, folder);
  if (code === 0) return;
  const last = said.trim() === "" ? "" : ` ${said.trim().split("\n").slice(-5).join(" ")}`;
  // Whoever called zen in its place gets what it would have got from it.
  const exitCode = code as 1;
  throw new ZenError("package_manager_failed", `${name} ended with exit code ${code}.${last}`, {
    exitCode,
    hint: `It was: ${command}${hint}`,
  });
}

function identity({ type, flavor, package: from, version }: FlavorListing["flavors"][number]): string {
  return [type, flavor, from, version].join(" ");
}
