import { spawn, spawnSync } from "node:child_process";
import type { TestContext } from "vitest";
import { ended, type Ended } from "./project.ts";

/** The program of util-linux that runs a command on a terminal of its own. */
const PSEUDO_TERMINAL = "script";

/**
 * Runs a command on a terminal, and answers the question that it asks.
 *
 * @param context of the test, which is skipped where there is no program to make a terminal with
 * @param answer the keys that are typed
 * @returns what the terminal showed, on stdout
 */
export async function onTerminal(
  context: TestContext,
  command: string,
  { cwd, env, answer }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly answer: string },
): Promise<Ended> {
  if (spawnSync(PSEUDO_TERMINAL, ["--version"]).error) context.skip("no `script` to make a terminal with");
  const terminal = spawn(PSEUDO_TERMINAL, ["-qec", `stty cols 200; ${command}`, "/dev/null"], {
    cwd,
    env: { ...env, TERM: "xterm" },
    stdio: "pipe",
    timeout: 20_000,
  });
  let shown = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    if (!shown.includes("Are you sure you want to proceed?")) return;
    shown = "";
    terminal.stdin.write(answer);
  });
  return ended(terminal);
}
