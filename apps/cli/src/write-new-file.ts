import path from "node:path";
import { replaceFile, ZenError } from "@zen/core/light";
import { textOfFile } from "./text-of-file.ts";

/**
 * Writes a file of the user's: one that is there only with `overwrite`, or if it has the same text already.
 *
 * @throws ZenError `file_exists`, and why it can't be written
 */
export function writeNewFile(file: string, text: string, { overwrite }: { readonly overwrite: boolean }): void {
  const there = textOfFile(file);
  if (there === text) return;
  if (there !== undefined && !overwrite) {
    throw new ZenError("file_exists", `The file ${file} is there already, and has another content.`, {
      exitCode: 2,
      hint: "Nothing was changed. Name another file, or replace it: --overwrite",
    });
  }
  replaceFile(path.resolve(file), text);
}
