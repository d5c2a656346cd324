import { isZenError, ZenError } from "@zen/core/light";

/**
 * Does what a command is there for. An error is said on standard error, without a trace if a person can mend it, and is the
 * exit code.
 *
 * @param help where to look after wrong options
 */
export async function runCommand(work: () => Promise<void>, help: string): Promise<void> {
  // By a Ctrl-D, which ends the input: a question is never answered then, and Node would end with an error of its own.
  const unanswered = new Promise<never>((_, reject) => process.once("beforeExit", () => reject(interrupted())));
  try {
    await Promise.race([work(), unanswered]);
  } catch (error) {
    const wrongUsage = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") === true;
    if (!isZenError(error) && !wrongUsage) throw error;
    const hint = isZenError(error) ? error.hint : `See: ${help}`;
    const message = wrongUsage ? (error as Error).message.replace(/\. .*/s, ".") : (error as Error).message;
    process.stderr.write(`Error: ${message}\n${hint === undefined ? "" : `${hint}\n`}`);
    process.exitCode = isZenError(error) ? error.exitCode : 2;
  }
}

/** That the questions were given up. */
export function interrupted(): ZenError {
  return new ZenError("interrupted", "Interrupted. Nothing was written.", { exitCode: 130 });
}

/**
 * The one name that a command takes.
 *
 * @param example the command with a good name
 * @throws ZenError `too_many_arguments`
 */
export function oneName([name, ...more]: readonly string[], example: string): string | undefined {
  if (more.length === 0) return name;
  throw new ZenError("too_many_arguments", `It takes one name, and there is more after "${name}": ${more.join(" ")}.`, {
    exitCode: 2,
    hint: `Write a name as one word, such as: ${example}`,
  });
}

/** What was made, and the commands to type next. */
export function printMade(made: string, next: readonly string[]): void {
  process.stdout.write(`Made ${made}. Next:\n${next.map((command) => `  ${command}\n`).join("")}`);
}

/** Whether a person can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** The package manager that started this: `npm create` and its like say so. */
export function startedBy(): string {
  return /^(npm|pnpm|yarn|bun)\//.exec(process.env["npm_config_user_agent"] ?? "")?.[1] ?? "npm";
}
