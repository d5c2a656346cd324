import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT } from "./workspace.ts";

export interface CommandResult {
  readonly ok: boolean;
  /** What it wrote, stdout and stderr in the order they came. */
  readonly output: string;
}

export interface CommandOptions {
  /** Default: the repository's root. */
  readonly cwd?: string;
}

/** Runs a program to its end and keeps what it says. One that can't be started is a failure like any other. */
export function command(program: string, args: readonly string[], { cwd = ROOT }: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    // Some tools take CI=true for a terminal with colours.
    const env = { ...process.env, NO_COLOR: "1" };
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", (error) => resolve({ ok: false, output: `Could not start "${program}": ${error.message}\n` }));
    child.once("close", (code) => resolve({ ok: code === 0, output }));
  });
}

/** Runs a tool that the workspace installs. */
export function tool(name: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult> {
  return command(path.join(ROOT, "node_modules", ".bin", name), args, options);
}

/** Several results as one, which is ok when all are. Only the output of those that failed is kept. */
export function together(results: readonly CommandResult[]): CommandResult {
  const failed = results.filter((result) => !result.ok);
  return { ok: failed.length === 0, output: failed.map((result) => result.output).join("\n") };
}
