import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const programs = path.join(import.meta.dirname, "programs");
const folders: string[] = [];
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the benchmarks end: on disk, or on tmpfs where there is one. */
export function scratchFolder(where: "disk" | "tmpfs" = "disk"): string {
  const folder = mkdtempSync(path.join(where === "tmpfs" && existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "zen-bench-"));
  folders.push(folder);
  return folder;
}

/** Runs one of `programs/` in a process of its own and returns what it printed as JSON. */
export function runProgram<T>(name: string, args: readonly (string | number)[], configFolder: string): T {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(programs, name), ...args.map(String)], {
    encoding: "utf8",
    env: { ...process.env, ZENML_CONFIG_PATH: configFolder },
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${name} ${args.join(" ")} exited with ${status}:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as T;
}
