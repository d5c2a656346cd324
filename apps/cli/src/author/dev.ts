import { createHash } from "node:crypto";
import { globSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { discoverFlavors, isZenError, ZenError } from "@zen/core/light";
import { flavorListEntry, type FlavorListEntry } from "../output/flavor-list.ts";
import { notice } from "../output/answer.ts";
import { printJsonLine } from "../output/json.ts";
import { styled, writeLine } from "../output/terminal.ts";
import { session } from "../session.ts";
import { authorPackage, packageIn, type AuthorPackage } from "./author-package.ts";
import { writePlan } from "./build.ts";
import { printListing } from "./listing.ts";
import { planManifest } from "./manifest-plan.ts";
import { runScript } from "./test-findings.ts";
import { textNow } from "../text-now.ts";
import { watchFolders } from "./watch-folders.ts";

/** Saving writes a file in several goes, and an editor several files. */
const SETTLE_MILLISECONDS = 150;
/** What is made, and not written by a person. */
const MADE = new Set(["node_modules", "dist", "schemas", "coverage"]);

/** `zen integration dev`: until Ctrl-C. */
export async function developIntegration(): Promise<void> {
  const { folder, name } = authorPackage(process.cwd());
  const scratch = scratchProject(folder, name);
  try {
    notice(`Watching ${folder}. Its flavors are in the project ${scratch}, for you to try. Ctrl-C ends.`);
    let sources = "";
    let manifest: string | undefined;
    const show = listingPrinter();
    await untilStopped(folder, async () => {
      const [sourcesNow, manifestNow] = [sourcesOf(folder), manifestOf(folder)];
      // One that is away, as while a branch is checked out, comes back with another change.
      if (manifestNow === undefined || (sourcesNow === sources && manifestNow === manifest)) return;
      // As they were before: what is saved meanwhile is a reason for another build, and what this one writes is none.
      sources = sourcesNow;
      manifest = await build(folder, scratch, show);
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Builds and shows the listing, or what is wrong: the author is about to mend it.
 *
 * @returns the package.json that it leaves; undefined if that went away meanwhile, and nothing was shown
 */
async function build(
  folder: string,
  scratch: string,
  show: (listing: readonly FlavorListEntry[] | undefined) => Promise<void>,
): Promise<string | undefined> {
  let left = manifestOf(folder);
  try {
    await compile(packageOf(folder));
    const author = packageOf(folder);
    left = author.text;
    const plan = await planManifest(author);
    writePlan(author, plan);
    left = plan.text;
    const { flavors } = discoverFlavors({ folder: scratch });
    const listing = flavors.filter((entry) => entry.package === author.name).map(flavorListEntry);
    if (session.json) printJsonLine({ package: author.name, ok: true, changes: plan.drift, listing });
    else {
      for (const { file, what } of plan.drift) writeLine(1, `${file}: ${what}`);
      await show(listing);
    }
  } catch (error) {
    if (!isZenError(error)) throw error;
    if (manifestOf(folder) === undefined) return undefined;
    const { code, message, hint = null } = error;
    await show(undefined);
    if (session.json) printJsonLine({ ok: false, error: { code, message, hint } });
    else writeLine(2, `${styled(2, "red", `Error: ${message}`)}${hint === null ? "" : `\n${hint}`}`);
  }
  return left;
}

/** Shows a listing, unless it is what was shown last: an editor that saves in two goes has it built twice. Undefined is an error. */
function listingPrinter(): (listing: readonly FlavorListEntry[] | undefined) => Promise<void> {
  let shown: string | undefined;
  return async (listing) => {
    const now = JSON.stringify(listing);
    if (listing !== undefined && now === shown) notice("Built. What users will see is the same.");
    else if (listing !== undefined) await printListing(listing);
    shown = now;
  };
}

/** What the package is now: never the one above it, whose files are not to be written. @throws ZenError `no_package` */
function packageOf(folder: string): AuthorPackage {
  const author = packageIn(folder);
  if (author !== undefined) return author;
  throw new ZenError("no_package", `${path.join(folder, "package.json")} has no name.`, {
    exitCode: 2,
    hint: 'Give it one, such as: "name": "zen-integration-my-store"',
  });
}

/** By the package's own compiler, where it has one and something to compile. @throws ZenError `build_failed` */
async function compile({ folder, json }: AuthorPackage): Promise<void> {
  const scripts = json["scripts"] as Record<string, unknown> | null | undefined;
  if (typeof scripts?.["build"] !== "string") return;
  const { code, output } = await runScript(folder, "build");
  if (code !== 0)
    throw new ZenError("build_failed", `The script "build" ended with exit code ${code}:\n${output.trimEnd()}`, {
      hint: "Mend what it says; the next save builds again.",
    });
}

/** A project that depends on the package, as an installed one would be found: outside of it, or the package would be its own. */
function scratchProject(folder: string, name: string): string {
  const scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-dev-")));
  const manifest = { name: "scratch", private: true, type: "module", dependencies: { [name]: `file:${folder}`, "@zen/core": "*" } };
  writeFileSync(path.join(scratch, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  link(folder, path.join(scratch, "node_modules", name));
  const core = coreOf(folder);
  if (core !== undefined) link(core, path.join(scratch, "node_modules/@zen/core"));
  return scratch;
}

function coreOf(folder: string): string | undefined {
  try {
    return path.dirname(createRequire(path.join(folder, "_")).resolve("@zen/core/package.json"));
  } catch {
    // Then zen's own copy runs what is tried there.
    return undefined;
  }
}

function link(target: string, place: string): void {
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place, "junction");
}

/** A digest of all that a person writes there, but package.json. */
function sourcesOf(folder: string): string {
  const hash = createHash("sha256");
  const names = globSync("**/*.{ts,mts,js,mjs,json}", { cwd: folder, exclude: isMade });
  for (const name of names.filter((file) => file !== "package.json").sort())
    hash.update(`${name}\0`).update(textNow(path.join(folder, name)) ?? "");
  return hash.digest("hex");
}

function manifestOf(folder: string): string | undefined {
  return textNow(path.join(folder, "package.json"));
}

function isMade(name: string): boolean {
  return MADE.has(name.split(path.sep)[0]!) || name.startsWith(".");
}

/** Calls back at once and after each save, one at a time, until Ctrl-C or SIGTERM. */
async function untilStopped(folder: string, changed: () => Promise<void>): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  let last = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const call = (): void => {
    last = last.then(changed).catch(stopped.reject);
  };
  const changedNow = (): void => {
    clearTimeout(timer);
    timer = setTimeout(call, SETTLE_MILLISECONDS);
  };
  const unwatch = watchFolders(folder, { skip: isMade, changed: changedNow, failed: stopped.reject });
  call();
  const stop = (): void => stopped.resolve();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    await stopped.promise;
  } finally {
    for (const signal of signals) process.off(signal, stop);
    clearTimeout(timer);
    unwatch();
    await last;
  }
}
