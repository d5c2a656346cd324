import { ZenError } from "../error/zen-error.ts";

/** The error of a file that doesn't say what stacks there should be. @param source such as `the file prod.yaml` */
export function badStackFile(
  source: string,
  reason: string,
  {
    position,
    hint,
  }: { readonly position?: { readonly line: number; readonly col: number } | undefined; readonly hint?: string | undefined } = {},
): ZenError {
  const at = position === undefined ? "" : ` at line ${position.line}, column ${position.col}`;
  return new ZenError("bad_stack_file", `${source[0]!.toUpperCase()}${source.slice(1)} can't be used${at}: ${reason}`, {
    exitCode: 2,
    hint: hint ?? "Nothing was changed. How such a file looks: zen stack export",
    details: { source, ...(position && { line: position.line, column: position.col }) },
  });
}
