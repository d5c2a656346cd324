import { quietNodeWarnings } from "./node-warnings.ts";
import { GROUPS } from "./groups.ts";
import { writeLine } from "./output/terminal.ts";
import { session } from "./session.ts";

/** The version of how a launcher calls `main`. Another one: the launcher starts this package's own bin. */
export const PROTOCOL = 1;

/**
 * Runs one command line, without `node` and the script.
 *
 * @returns the exit code; everything has been written by then
 */
export async function main(argv: readonly string[], _launcher: { protocol: number }): Promise<number> {
  session.json = outputFormat(argv) === "json";
  session.debug = argv.includes("--debug") || /^(1|y|yes|true)$/i.test(process.env.ZENML_DEBUG ?? "");
  quietNodeWarnings();
  process.once("exit", unfinished);
  try {
    return await route(argv);
  } catch (error) {
    const { reportError } = await import("./error-report.ts");
    return reportError(error);
  } finally {
    process.removeListener("exit", unfinished);
  }
}

/** Node ends, as if all were well, when what a command waits for can't happen any more: such a command has failed. */
function unfinished(code: number): void {
  if (code !== 0) return;
  process.exitCode = 1;
  const message = "zen ended before the command did: something that it waited for can't happen any more.";
  const hint =
    "Look at what it was about to call: a file's top-level await, or a component's method that waits for an event of something that it has unref'd.";
  const text = session.json ? JSON.stringify({ error: { code: "never_finished", message, hint } }) : `Error: ${message}\n${hint}`;
  writeLine(2, text);
}

async function route(argv: readonly string[]): Promise<number> {
  const at = firstWord(argv);
  const leading = argv.slice(0, at);
  const word = argv[at];
  if (leading.some((flag) => flag === "--version" || flag === "-v"))
    return route(["version", ...leading.filter((flag) => flag !== "--version" && flag !== "-v")]);
  if (word === undefined || leading.some((flag) => flag === "--help" || flag === "-h")) {
    if (word !== undefined && GROUPS.some((group) => group.name === word)) return route([...argv.slice(at), "--help"]);
    await rejectUnknownFlag(leading);
    const { printRootHelp } = await import("./root-help.ts");
    printRootHelp();
    return 0;
  }
  if (word === "help") {
    const rest = argv.slice(at + 1);
    return route(rest.length === 0 ? ["--help"] : [...rest, "--help"]);
  }
  // No parser for this one: a person waits for it at a key, and its words are another command's.
  if (word === "__complete") return (await import("./command/complete.ts")).complete(argv.slice(at + 1));
  const group = GROUPS.find(({ name }) => name === word);
  if (!group)
    throw (await import("./usage-error.ts")).unknownCommand(
      word,
      GROUPS.map(({ name }) => name),
      "zen",
    );
  const { runGroup } = await import("./program.ts");
  return runGroup(await group.load(), argv);
}

/** Where the group's name stands: the options before it are those that every command has. */
function firstWord(argv: readonly string[]): number {
  let at = 0;
  while (at < argv.length && argv[at]!.startsWith("-")) at += argv[at] === "--output" ? 2 : 1;
  return Math.min(at, argv.length);
}

async function rejectUnknownFlag(leading: readonly string[]): Promise<void> {
  const known = ["--help", "-h", "--version", "-v", "--debug", "--output"];
  const unknown = leading.find((flag, i) => !known.includes(flag.split("=")[0]!) && leading[i - 1] !== "--output");
  if (unknown !== undefined) throw (await import("./usage-error.ts")).unknownOption(unknown, known, "zen");
}

function outputFormat(argv: readonly string[]): string | undefined {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const at = words.findLastIndex((word) => word === "--output" || word.startsWith("--output="));
  if (at === -1) return undefined;
  return words[at] === "--output" ? words[at + 1] : words[at]!.slice("--output=".length);
}
