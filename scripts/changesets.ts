import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { command, tool, type CommandResult } from "./command.ts";
import { ROOT, workspacePackages } from "./workspace.ts";

/**
 * Whether the configuration of changesets, and each changeset that waits, could be released.
 * `changeset status` compares with the branch `main`, which a shallow or detached clone doesn't have: it gets a repository of its own,
 * of manifests only.
 */
export async function checkChangesets(): Promise<CommandResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-changesets-"));
  try {
    const manifests = workspacePackages().map((one) => `${one.folder}/package.json`);
    for (const file of [".changeset", "package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ...manifests]) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
    }
    const git = (...args: string[]) => command("git", ["-c", "user.name=zen", "-c", "user.email=zen@localhost", ...args], { cwd: folder });
    for (const args of [
      ["init", "-q", "-b", "main"],
      ["add", "-A"],
      ["commit", "-q", "-m", "Manifests"],
    ]) {
      const result = await git(...args);
      if (!result.ok) return result;
    }
    return await tool("changeset", ["status"], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
