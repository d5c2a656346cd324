import { isZenError } from "@zen/core/light";
import { styled, writeLine } from "./output/terminal.ts";
import { session } from "./session.ts";

interface Report {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly exitCode: number;
}

/** Says on standard error what went wrong: for people in a line or two, for programs as one object. @returns the exit code */
export function reportError(error: unknown): number {
  const { code, message, hint, exitCode } = describe(error);
  if (session.json) {
    writeLine(2, JSON.stringify({ error: { code, message, hint } }));
    return exitCode;
  }
  writeLine(2, `${styled(2, "red", "Error:")} ${message}`);
  for (const frame of userFrames(error)) writeLine(2, `    ${frame}`);
  if (hint !== null) writeLine(2, hint);
  if (session.debug) writeLine(2, `\n${stackOf(error)}`);
  return exitCode;
}

function describe(error: unknown): Report {
  if (isZenError(error)) return { code: error.code, message: error.message, hint: error.hint ?? null, exitCode: error.exitCode };
  if (isSystemError(error) && error.syscall === "uv_cwd")
    return {
      code: "no_working_directory",
      message: "The folder that you are in does not exist any more.",
      hint: "Change to one that does.",
      exitCode: 1,
    };
  if (isSystemError(error)) return { code: "system_error", message: systemMessage(error), hint: null, exitCode: 1 };
  return {
    code: "internal_error",
    message: `zen stopped on an error of its own: ${error instanceof Error ? error.message : String(error)}`,
    hint: "This is a bug. Please report it, with what the same command prints with --debug.",
    exitCode: 1,
  };
}

/** Of a step that threw: where in the user's own code. */
function userFrames(error: unknown): string[] {
  if (!isZenError(error) || session.debug) return [];
  const { stack } = (error.details.failure ?? {}) as { stack?: unknown };
  return typeof stack === "string" ? stack.split("\n") : [];
}

/** A file, folder or connection that the system refused. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error && "code" in error;
}

/** `EACCES: permission denied, open '/x'` without its code. What is written without a path is an answer of ours. */
function systemMessage(error: NodeJS.ErrnoException): string {
  const [, reason = error.message, what = ""] = /^[A-Z0-9]+: (.*?)(?:, (.*))?$/s.exec(error.message) ?? [];
  const where = what === "write" ? "Standard output can't be written: " : what === "" ? "" : `${what}: `;
  return `${where}${reason}.`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
