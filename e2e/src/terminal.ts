import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
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
  { answer, ...where }: Where & { readonly answer: string },
): Promise<Ended> {
  const terminal = start(context, `stty cols 200; ${command}`, where);
  let shown = "";
  terminal.stdout.on("data", (text: string) => {
    shown += text;
    if (!shown.includes("Are you sure you want to proceed?")) return;
    shown = "";
    terminal.stdin.write(answer);
  });
  return ended(terminal);
}

/**
 * Runs a command on a terminal, and types keys each time it shows what they are the answer to.
 *
 * @param context of the test, which is skipped where there is no program to make a terminal with
 * @param dialog what is waited for, and the keys that are typed then, in turn; a function does something else before
 * @returns what the terminal showed, without styles and moves of the cursor, on stdout
 */
export async function dialogOnTerminal(
  context: TestContext,
  command: string,
  dialog: readonly (readonly [shown: string, keys: string | (() => string)])[],
  { columns = 100, ...where }: Where & { readonly columns?: number },
): Promise<Ended> {
  const terminal = start(context, `stty cols ${columns} rows ${columns === 0 ? 0 : 24}; ${command}`, where);
  const rest = [...dialog];
  let shown = "";
  terminal.stdout.on("data", (text: string) => {
    shown += text;
    if (rest.length === 0 || !stripVTControlCharacters(shown).includes(rest[0]![0])) return;
    shown = "";
    const [, keys] = rest.shift()!;
    terminal.stdin.write(typeof keys === "string" ? keys : keys());
  });
  const { stdout, ...end } = await ended(terminal);
  return { stdout: stripVTControlCharacters(stdout).replaceAll("\r\n", "\n"), ...end };
}

interface Where {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** @default 20 */
  readonly timeoutSeconds?: number;
}

function start(context: TestContext, command: string, { cwd, env, timeoutSeconds = 20 }: Where): ChildProcessWithoutNullStreams {
  if (spawnSync(PSEUDO_TERMINAL, ["--version"]).error) context.skip("no `script` to make a terminal with");
  const terminal = spawn(PSEUDO_TERMINAL, ["-qec", command, "/dev/null"], {
    cwd,
    env: { ...env, TERM: "xterm" },
    stdio: "pipe",
    timeout: timeoutSeconds * 1000,
  });
  terminal.stdout.setEncoding("utf8");
  return terminal;
}
