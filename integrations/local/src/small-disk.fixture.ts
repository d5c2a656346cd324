import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, test } from "vitest";

/**
 * Mounts a disk of 1 MiB, which only root may. Without the right the tests that need it are skipped, but in CI one fails.
 *
 * @returns its folder, or undefined
 */
export function smallDisk(root: string): string | undefined {
  const folder = path.join(root, "small-disk");
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=777", "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    test("a disk of 1 MiB can be mounted", ({ skip }) => {
      if (process.env["CI"] === "true") throw error;
      skip("mounting needs root");
    });
    return undefined;
  }
  afterAll(() => execFileSync("umount", [folder]));
  return folder;
}
