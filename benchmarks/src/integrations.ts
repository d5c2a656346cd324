import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { scratchFolder } from "./scratch.ts";

const workspace = path.resolve(import.meta.dirname, "../..");
const zen = path.join(workspace, "apps/cli/bin/zen.js");
const PAIRS = 21;
/** In MB of files: about what its SDK takes. */
const INTEGRATIONS: Readonly<Record<string, number>> = { s3: 15, gcs: 20 };

/** What a person pays for an integration that is installed and not used: time at every command, and room on the disk. */
export async function integrations(): Promise<Figure[]> {
  const without = project([]);
  const figures: Figure[] = [];
  for (const [name, megabytes] of Object.entries(INTEGRATIONS)) {
    const folder = path.join(workspace, "integrations", name);
    const having = project([`@zen/integration-${name}`]);
    const list = (cwd: string): number => time(cwd, ["artifact-store", "flavor", "list"]);
    for (const cwd of [without, having]) for (let n = 0; n < 2; n++) list(cwd);
    const value = await medianRatio(
      () => list(having),
      () => list(without),
      PAIRS,
    );
    figures.push({ name: `zen artifact-store flavor list, with ${name}`, reference: "without it", value, unit: "×", limit: 1.1 });
    const size = installedBytes(folder) / 1e6;
    figures.push({ name: `${name}, installed`, reference: "", value: size, unit: "MB", limit: megabytes });
  }
  return figures;
}

/** A project that depends on some packages of this workspace. */
function project(packages: readonly string[]): string {
  const folder = scratchFolder();
  const dependencies = Object.fromEntries(packages.map((name) => [name, "*"]));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "project", type: "module", dependencies }));
  mkdirSync(path.join(folder, "node_modules/@zen"), { recursive: true });
  for (const name of packages)
    symlinkSync(
      path.join(workspace, "integrations", name.replace("@zen/integration-", "")),
      path.join(folder, "node_modules", name),
      "dir",
    );
  return folder;
}

function time(cwd: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [zen, ...args], {
    cwd,
    env: { ...process.env, ZENML_CONFIG_PATH: path.join(cwd, "config") },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`zen ${args.join(" ")} exited with ${status}:\n${stderr}`);
  return performance.now() - start;
}

/** The files of a package and of all that it depends on, but for its peers, which a project has anyhow. */
function installedBytes(folder: string): number {
  const seen = new Set<string>();
  const visit = (from: string): void => {
    const real = realpathSync(from);
    if (seen.has(real)) return;
    seen.add(real);
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(real, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) visit(resolve(real, name));
  };
  visit(folder);
  return [...seen].reduce((sum, one) => sum + bytesIn(one), 0);
}

function resolve(from: string, name: string): string {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, "node_modules", name);
    if (existsSync(found)) return found;
    if (folder === path.dirname(folder)) throw new Error(`${from} depends on ${name}, which isn't there.`);
  }
}

/** Of a package of this workspace, those that are published: what is built, not its sources. */
function bytesIn(folder: string): number {
  const own = folder.startsWith(path.join(workspace, "integrations"));
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules" || (own && ["src", "scripts", ".turbo"].includes(entry.name))) return sum;
    const file = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(file) : entry.isFile() ? statSync(file).size : 0);
  }, 0);
}
