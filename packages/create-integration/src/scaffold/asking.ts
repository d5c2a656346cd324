import { isCancel, text } from "@clack/prompts";
import { isZenError } from "@zen/core/light";
import { interrupted } from "./command.ts";

/** On standard error: standard output has the result. */
export const output = process.stderr;
// Some terminals don't know their size and say 0: the prompt would give each letter a line of its own.
if (output.isTTY && output.columns === 0) [output.columns, output.rows] = [80, 24];

/**
 * A line of text that `check` doesn't throw for.
 *
 * @param given.preset what nothing but Enter stands for: shown until something is typed
 * @throws ZenError `interrupted`
 */
export async function askText(
  message: string,
  { preset = "", check = () => {} }: { readonly preset?: string; readonly check?: (value: string) => void },
): Promise<string> {
  const validate = (value = ""): string | undefined => complaint(() => check(value === "" ? preset : value));
  return answer(await text({ message, placeholder: preset, defaultValue: preset, validate, output }));
}

/** @throws ZenError `interrupted` if the question was given up */
export function answer<Value>(given: Value): Exclude<Value, symbol> {
  if (!isCancel(given)) return given as Exclude<Value, symbol>;
  throw interrupted();
}

function complaint(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isZenError(error)) throw error;
    return error.message;
  }
}
