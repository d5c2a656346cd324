import { usageError } from "./usage-error.ts";

/** `--param k=v`, given any number of times. Only the first `=` counts: values may have more. */
export function keyValues(pairs: readonly string[], option: string, command: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw usageError("invalid_option_value", `"${pair}" is no value for ${option}. It has the form name=value.`, command);
    const key = pair.slice(0, at);
    if (key in values) throw usageError("duplicate_option", `${option} ${key}=… is given twice.`, command);
    values[key] = pair.slice(at + 1);
  }
  return values;
}

/** For an option that can be given many times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
