import { usageError } from "./usage-error.ts";

export interface FreeOptions {
  readonly names: readonly string[];
  /** By name in snake_case, as files spell it. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What is left of a command line when the known options are taken out: `--key=value` and `--key value`, where the value
 * may hold more `=`, and words without dashes.
 */
export function parseFreeOptions(words: readonly string[], command: string): FreeOptions {
  const names: string[] = [];
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--" || !word.startsWith("-") || word === "-") {
      if (word !== "--") names.push(word);
      continue;
    }
    const [, option = "", , inline] = /^--([A-Za-z][A-Za-z0-9_-]*)(=(.*))?$/s.exec(word) ?? [];
    if (option === "")
      throw usageError(
        "unknown_option",
        `${command} has no option ${word.split("=")[0]}. A setting of the flavor has the form --name=value.`,
        command,
      );
    const next = words[i + 1];
    // What begins with two dashes is the next option: a value that does needs the form with `=`.
    const value = inline ?? (next === undefined || next.startsWith("--") ? undefined : words[++i]);
    if (value === undefined) throw usageError("missing_option_value", `The option --${option} needs a value: --${option}=value.`, command);
    const key = option.replaceAll("-", "_");
    if (key in values) throw usageError("duplicate_option", `The option --${option} is given twice.`, command);
    values[key] = value;
  }
  return { names, values };
}

/** What is left of a command line that names settings without values: `NAME --region`, in snake_case. */
export function parseFreeFlags(
  words: readonly string[],
  command: string,
): { readonly names: readonly string[]; readonly keys: readonly string[] } {
  const names = words.filter((word) => word !== "--" && (!word.startsWith("-") || word === "-"));
  const keys = words
    .filter((word) => word.startsWith("-") && word !== "-" && word !== "--")
    .map((word) => {
      const [, option, value] = /^--([A-Za-z][A-Za-z0-9_-]*)(=.*)?$/s.exec(word) ?? [];
      if (option === undefined)
        throw usageError("unknown_option", `${command} has no option ${word.split("=")[0]}. A setting has the form --name.`, command);
      if (value !== undefined) throw usageError("unexpected_value", `${command} takes names of settings only: --${option}.`, command);
      return option.replaceAll("-", "_");
    });
  return { names, keys };
}
