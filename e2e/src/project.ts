import { spawn, type SpawnOptions } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const workspace = path.resolve(import.meta.dirname, "../..");
/** The launcher of this workspace. */
export const zenBin = path.join(workspace, "apps/cli/bin/zen.js");

/** How a process ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 128 + n for a process that a signal ended. */
  readonly code: number;
}

/** A project of a user's, in a folder of its own outside of the workspace, with a configuration folder of its own. */
export class Project {
  readonly folder: string;
  readonly configFolder: string;

  constructor(files: Readonly<Record<string, string>> = {}, parent = tmpdir()) {
    const root = mkdtempSync(path.join(parent, "zen-e2e-"));
    this.folder = path.join(root, "project");
    this.configFolder = path.join(root, "config");
    mkdirSync(this.folder);
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    this.write({ "package.json": JSON.stringify({ name: "project", private: true, type: "module", dependencies: { "@zen/cli": "*", "@zen/core": "*", zod: "*" } }), ...files });
    // As a linked install would lay them out: direct dependencies only.
    mkdirSync(path.join(this.folder, "node_modules/@zen"), { recursive: true });
    for (const [name, target] of [
      ["@zen/core", "packages/core"],
      ["@zen/cli", "apps/cli"],
      ["zod", "packages/core/node_modules/zod"],
    ] as const) {
      symlinkSync(path.join(workspace, target), path.join(this.folder, "node_modules", name), "dir");
    }
  }

  /** Writes files, by path relative to the project. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  get env(): NodeJS.ProcessEnv {
    const { ZENML_REPOSITORY_PATH: _r, ZENML_ACTIVATED_PROFILE: _p, ZENML_ACTIVATED_STACK: _s, FORCE_COLOR: _c, ...env } = process.env;
    return { ...env, ZENML_CONFIG_PATH: this.configFolder, NO_COLOR: "1" };
  }

  /** `zen …` in the project. */
  zen(...args: readonly string[]): Promise<Ended> {
    return this.node(zenBin, ...args);
  }

  /** `zen … --output json`, which must succeed: what it printed, parsed. */
  async json<T = unknown>(...args: readonly string[]): Promise<T> {
    const { stdout, stderr, code } = await this.zen(...args, "--output", "json");
    if (code !== 0) throw new Error(`zen ${args.join(" ")} exited with ${code}:\n${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** `node …` in the project. */
  node(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(args));
  }

  /** Starts `node …` in the project, without waiting. */
  start(args: readonly string[], options: SpawnOptions = {}): ReturnType<typeof spawn> {
    return spawn(process.execPath, [...args], { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "pipe"], ...options });
  }
}

/** Waits for a process and collects what it printed. */
export function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ stdout, stderr, code: code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGTERM" ? 15 : 9) }));
  });
}

/** The JSON lines of `pipeline run --output json`. */
export function events(stdout: string): Record<string, any>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, any>);
}
