import { ZenError } from "@zen/core/light";
import { session } from "../session.ts";

/** In the bundle an import of `node:child_process` is that of commander: see `rolldown.config.mjs`. */
export function childProcess(): typeof import("node:child_process") {
  return process.getBuiltinModule("node:child_process");
}

/**
 * Runs a package manager. What it says is passed through; with `--output json`, where standard output has the answer and
 * nothing else, its last lines are part of the error.
 *
 * @returns its exit code
 * @throws ZenError `program_not_found`
 */
export async function runCommand([program, ...words]: readonly string[], folder: string): Promise<{ code: number; said: string }> {
  const child = childProcess().spawn(program!, words, {
    cwd: folder,
    stdio: session.json ? ["ignore", "pipe", "pipe"] : "inherit",
    // npm is a .cmd there, which only a shell can start. Every word is a name that has been checked.
    shell: process.platform === "win32",
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
  // The person's Ctrl-C reaches the package manager as well, which then says how it ends.
  const wait = (): void => {};
  process.on("SIGINT", wait);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => resolve(exitCode ?? (signal === "SIGINT" ? 130 : 1)));
    });
    return { code, said };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ZenError("program_not_found", `The project uses ${program}, and there is no ${program} on this machine.`, {
      hint: program === "npm" ? "It comes with Node: https://nodejs.org" : `Install it: npm install -g ${program}`,
    });
  } finally {
    process.off("SIGINT", wait);
  }
}
