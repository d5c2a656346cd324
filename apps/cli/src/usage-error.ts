import { didYouMean, ZenError } from "@zen/core/light";

/** The command line itself is wrong: exit code 2, and the help that says how it should look. */
export function usageError(code: string, message: string, command: string): ZenError {
  return new ZenError(code, message, { exitCode: 2, hint: `See: ${command} --help` });
}

export function unknownCommand(word: string, known: readonly string[], command: string): ZenError {
  return usageError("unknown_command", `There is no command "${command} ${word}".${didYouMean(word, known)}`, command);
}

export function unknownOption(flag: string, known: readonly string[], command: string): ZenError {
  const name = flag.split("=")[0]!;
  return usageError("unknown_option", `${command} has no option ${name}.${didYouMean(name, known)}`, command);
}
