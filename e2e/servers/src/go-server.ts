import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "./cache-folder.ts";
import { lock } from "./lock.ts";

/** The `go` that `.ci/run` has put into the cache, or that of the machine. */
const GO = [path.join(cacheFolder(), "go/bin"), ...(process.env["PATH"] ?? "").split(path.delimiter), "/usr/local/go/bin"]
  .map((folder) => path.join(folder, process.platform === "win32" ? "go.exe" : "go"))
  .find((file) => existsSync(file));

/** Why suites that need a server written in Go are skipped here; undefined where they can run. In CI they always run, or fail. */
export const GO_MISSING = GO === undefined && !process.env["CI"] ? "needs Go to build its server: https://go.dev/dl" : undefined;

/**
 * Builds a server from its Go module, once for each version, however many processes ask for it. That takes minutes the first
 * time; call it while a test file is loaded, where no time limit holds.
 *
 * @param command the package of its main function with a version, such as `github.com/versity/versitygw/cmd/versitygw@v1.8.0`
 * @returns the path of the program
 */
export async function buildGoServer(command: string): Promise<string> {
  const [module, version] = command.split("@") as [string, string];
  const name = path.basename(module);
  const folder = path.join(cacheFolder(), "servers", `${name}@${version}`);
  const program = path.join(folder, name);
  if (existsSync(program)) return program;
  if (GO === undefined) throw new Error(`${name} can't be built: there is no Go on this machine. See https://go.dev/dl`);
  mkdirSync(path.dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`);
  try {
    if (existsSync(program)) return program;
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    await goInstall(GO, command, draft);
    renameSync(draft, folder);
    return program;
  } finally {
    unlock();
  }
}

async function goInstall(go: string, command: string, folder: string): Promise<void> {
  console.error(`Building ${command}, which takes some minutes the first time …`);
  const started = Date.now();
  const done = new AbortController();
  void (async () => {
    for (;;) {
      await sleep(30_000, undefined, { signal: done.signal });
      console.error(`  … ${Math.round((Date.now() - started) / 1000)} s`);
    }
  })().catch(() => {});
  try {
    // Symbols are of no use to a test, and a server that is half as large starts faster.
    const child = spawn(go, ["install", "-ldflags=-s -w", command], {
      cwd: homedir(),
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
    if (code !== 0) throw new Error(`go install ${command} failed:\n${output.slice(-4000)}`);
  } finally {
    done.abort();
  }
  console.error(`  built in ${Math.round((Date.now() - started) / 1000)} s`);
}
