import { cancel, isCancel, text } from "@clack/prompts";
import { isZenError, ZenError } from "@zen/core/light";

/** On standard error: standard output has the result. */
export const output = process.stderr;

/** A line of text that `check` doesn't throw for. @throws ZenError `interrupted` */
export async function askText(
  message: string,
  given: { readonly placeholder?: string; readonly initialValue?: string; readonly check?: (value: string) => void },
): Promise<string> {
  const { check = () => {}, ...options } = given;
  return answer(await text({ message, ...options, validate: (value) => complaint(() => check(value ?? "")), output }));
}

/** @throws ZenError `interrupted` if the question was given up */
export function answer<Value>(given: Value): Exclude<Value, symbol> {
  if (!isCancel(given)) return given as Exclude<Value, symbol>;
  cancel("Nothing was written.", { output });
  throw new ZenError("interrupted", "Interrupted. Nothing was written.", { exitCode: 130 });
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
