import { spawn, type SpawnOptions } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** The root of this workspace. */
export const workspace = path.resolve(import.meta.dirname, "../..");
/** The launcher of this workspace. */
export const zenBin = path.join(workspace, "apps/cli/bin/zen.js");

/** How a process ended. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; 128 + n for a process that a signal ended. */
  readonly code: number;
}

/** How a project is made. */
export interface ProjectOptions {
  /**
   * Puts packages into the project's folder.
   *
   * @default its direct dependencies, linked to this workspace
   */
  readonly install?: (folder: string) => void;
  /**
   * Is told what to do when the project isn't needed any more: `afterAll` for one that tests share.
   *
   * @default vitest's onTestFinished
   */
  readonly remove?: (callback: () => void) => void;
}

/** A project of a user's, in a folder of its own outside of the workspace, with a configuration folder and a home of its own. */
export class Project {
  /** Of everything that belongs to it. */
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-e2e-")));
  readonly folder = path.join(this.root, "project");
  readonly configFolder = path.join(this.root, "config");
  readonly home = path.join(this.root, "home");
  /** The launcher of its zen. */
  readonly zenBin: string;

  constructor(files: Readonly<Record<string, string>> = {}, { install = linkWorkspace, remove = onTestFinished }: ProjectOptions = {}) {
    remove(() => rmSync(this.root, { recursive: true, force: true }));
    for (const folder of [this.folder, this.home]) mkdirSync(folder);
    install(this.folder);
    this.zenBin = install === linkWorkspace ? zenBin : path.join(this.folder, "node_modules/@zen/cli/bin/zen.js");
    this.write(files);
  }

  /** Writes files, by path relative to the project. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  /** Nothing of the tests' own surroundings: pnpm, for one, sets NODE_PATH, by which packages of this workspace would be found. */
  get env(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(ZEN|NODE_|VITEST|npm_|XDG_|FORCE_COLOR$)/i.test(name));
    return { ...Object.fromEntries(inherited), HOME: this.home, ZENML_CONFIG_PATH: this.configFolder, NO_COLOR: "1" };
  }

  /** `zen …` in the project. */
  zen(...args: readonly string[]): Promise<Ended> {
    return this.node(this.zenBin, ...args);
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

  /** Any program in the project, as from a terminal: `npx`, or a global `zen`. */
  command(program: string, ...args: readonly string[]): Promise<Ended> {
    const env = { ...commandEnv(this.env), npm_config_update_notifier: "false" };
    return ended(spawn(program, args, { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Starts `node …` in the project, without waiting. */
  start(args: readonly string[], options: SpawnOptions = {}): ReturnType<typeof spawn> {
    return spawn(process.execPath, [...args], { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "pipe"], ...options });
  }
}

const LINKED = { "@zen/core": "packages/core", "@zen/cli": "apps/cli", zod: "packages/core/node_modules/zod" };

/** As a linked install would lay them out: direct dependencies only. */
function linkWorkspace(folder: string): void {
  linkPackages(folder, LINKED);
}

/** The same with the local flavors, for a program that makes components of their classes. */
export function linkWithLocalFlavors(folder: string): void {
  linkPackages(folder, { ...LINKED, "@zen/integration-local": "integrations/local" });
}

function linkPackages(folder: string, packages: Readonly<Record<string, string>>): void {
  const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, "*"]));
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "project", private: true, type: "module", dependencies }));
  mkdirSync(path.join(folder, "node_modules/@zen"), { recursive: true });
  for (const [name, target] of Object.entries(packages))
    symlinkSync(path.join(workspace, target), path.join(folder, "node_modules", name), "dir");
}

/** The environment of a terminal that knows nothing of this workspace: its Node is the one that runs the tests. */
export function commandEnv(env: NodeJS.ProcessEnv, keep = /^$/): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || keep.test(name));
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => !folder.startsWith(workspace));
  return { ...Object.fromEntries(own), PATH: [path.dirname(process.execPath), ...folders].join(path.delimiter) };
}

/** Waits for a process and collects what it printed. */
export function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({ stdout, stderr, code: code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGTERM" ? 15 : 9) }),
    );
  });
}

/** The JSON lines of `pipeline run --output json`. */
export function events(stdout: string): Record<string, any>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, any>);
}
