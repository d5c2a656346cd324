import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const CLI = path.resolve(import.meta.dirname, "..");
export const LAUNCHER = path.join(CLI, "bin", "zen.js");

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

interface Overrides {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** @default the Node that runs the tests */
  readonly node?: string;
}

/** A folder of its own with a project, its own configuration folder beside it, and the command to use there. */
export class TestProject {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-cli-")));
  readonly folder = path.join(this.root, "project");
  readonly config = path.join(this.root, "config");

  /** @param remove calls back when the folder isn't needed any more: `afterAll` for one that tests share */
  constructor(files: Record<string, string> = {}, remove: (callback: () => void) => void = onTestFinished) {
    remove(() => rmSync(this.root, { recursive: true, force: true }));
    this.write({ "package.json": JSON.stringify({ name: "project", type: "module", dependencies: { "@zen/core": "*" } }), ...files });
    const modules = path.join(this.folder, "node_modules", "@zen");
    mkdirSync(modules, { recursive: true });
    symlinkSync(realpathSync(path.join(CLI, "node_modules", "@zen", "core")), path.join(modules, "core"));
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  zen(args: readonly string[], overrides: Overrides = {}): Result {
    const { stdout, stderr, status } = spawnSync(overrides.node ?? process.execPath, [LAUNCHER, ...args], {
      encoding: "utf8",
      ...this.#options(overrides),
    });
    return { stdout, stderr, code: status };
  }

  /** A JSON file. */
  read(file: string): unknown {
    return JSON.parse(readFileSync(path.resolve(this.folder, file), "utf8"));
  }

  /** The answer of a command that must succeed, and say nothing else. */
  json(...args: readonly string[]): unknown {
    const { stdout, stderr, code } = this.zen([...args, "--output", "json"]);
    if (code !== 0 || stderr !== "") throw new Error(`zen ${args.join(" ")}: exit code ${code}, ${stderr}`);
    return JSON.parse(stdout);
  }

  /** The error of a command that must fail, and say nothing else. */
  error(...args: readonly string[]): { code: string; message: string; hint: string | null; exitCode: number | null } {
    const { stderr, code } = this.zen([...args, "--output", "json"]);
    const [line, ...rest] = stderr.trimEnd().split("\n");
    if (rest.length > 0) throw new Error(`more than one line: ${stderr}`);
    return { ...(JSON.parse(line!) as { error: { code: string; message: string; hint: string | null } }).error, exitCode: code };
  }

  start(args: readonly string[], overrides: Overrides = {}): ChildProcess {
    return spawn(overrides.node ?? process.execPath, [LAUNCHER, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      ...this.#options(overrides),
    });
  }

  #options({ env = {}, cwd = this.folder }: Overrides): { cwd: string; env: NodeJS.ProcessEnv } {
    const own = { ZENML_CONFIG_PATH: this.config, XDG_CACHE_HOME: path.join(this.root, "cache") };
    return { cwd, env: { ...process.env, FORCE_COLOR: undefined, ZEN_HANDED_OVER: undefined, ...own, ...env } };
  }
}

/** What a process that has been started says, and how it ends. */
export function finished(child: ChildProcess): Promise<Result> {
  let stdout = "";
  let stderr = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ stdout, stderr, code })));
}
