import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "./cache-folder.ts";
import { lock } from "./lock.ts";

/** A program that npm has. */
export interface NpmProgram {
  readonly name: string;
  readonly version: string;
  /** Of its file, within its package. */
  readonly file: string;
  /** Other versions of what it depends on. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/**
 * Installs a program from npm, once for each version, outside of the repository: with its dependencies in the lockfile, every
 * contributor would wait for them.
 *
 * @returns the path of its file
 */
export async function npmProgram({ name, version, file, overrides }: NpmProgram): Promise<string> {
  const folder = path.join(cacheFolder(), "programs", `${name.replace("/", "+")}@${version}`);
  const program = path.join(folder, "node_modules", name, file);
  if (existsSync(program)) return program;
  mkdirSync(path.dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (existsSync(program)) return program;
    console.error(`Installing ${name}@${version} …`);
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft);
    writeFileSync(path.join(draft, "package.json"), JSON.stringify({ private: true, dependencies: { [name]: version }, overrides }));
    await npm(["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline"], draft);
    renameSync(draft, folder);
    return program;
  } finally {
    unlock();
  }
}

/**
 * The same, or why the tests that need it are skipped: there is none for this machine, or no registry. In CI that is an error.
 *
 * @returns `[file, undefined]` or `[undefined, reason]`
 */
export async function npmProgramIfAny(
  program: NpmProgram,
): Promise<[file: string, missing: undefined] | [file: undefined, missing: string]> {
  try {
    return [await npmProgram(program), undefined];
  } catch (error) {
    if (process.env["CI"]) throw error;
    return [undefined, `needs ${program.name}@${program.version} from npm: ${(error as Error).message.split("\n")[0]}`];
  }
}

/** A setting of the npm that this machine's user has configured, such as the registry. */
export async function npmSetting(name: string): Promise<string | undefined> {
  const value = (await npm(["config", "get", name], homedir())).trim();
  return value === "" || value === "null" || value === "undefined" ? undefined : value;
}

async function npm(args: readonly string[], cwd: string): Promise<string> {
  // What the npm that started the tests has set for itself is none of this one's business.
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || /^npm_config_(registry|cafile|.*proxy)$/i.test(name));
  const PATH = [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter);
  return (await promisify(execFile)("npm", args, { cwd, env: { ...Object.fromEntries(own), PATH }, encoding: "utf8" })).stdout;
}
