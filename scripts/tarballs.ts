import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { tool, type CommandResult } from "./command.ts";
import { workspacePackages } from "./workspace.ts";

let packed: Promise<CommandResult & { files: string[] }> | undefined;

/** Checks each published package as npm would get it: packed once, for all that ask. */
export async function checkTarballs(check: (tarball: string) => Promise<CommandResult>): Promise<CommandResult[]> {
  packed ??= pack();
  const { files, ...result } = await packed;
  if (!result.ok) return [result];
  const results: CommandResult[] = [];
  for (const file of files) results.push(await check(file));
  return results;
}

async function pack(): Promise<CommandResult & { files: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-tarballs-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const filters = workspacePackages()
    .filter((one) => one.published)
    .map((one) => `--filter=${one.name}`);
  const result = await tool("pnpm", [...filters, "--recursive", "pack", "--pack-destination", folder]);
  return { ...result, files: readdirSync(folder).map((name) => path.join(folder, name)) };
}
