import { readFileSync } from "node:fs";
import path from "node:path";
import { fileError, replaceFile, ZenError } from "@zen/core/light";

/**
 * Writes a file of the user's: one that is there only with `overwrite`, or if it has the same text already.
 *
 * @throws ZenError `file_exists`, and why it can't be written
 */
export function writeNewFile(file: string, text: string, { overwrite }: { readonly overwrite: boolean }): void {
  const there = textOf(file);
  if (there === text) return;
  if (there !== undefined && !overwrite) {
    throw new ZenError("file_exists", `The file ${file} is there already, and has another content.`, {
      exitCode: 2,
      hint: "Nothing was changed. Name another file, or replace it: --overwrite",
    });
  }
  replaceFile(path.resolve(file), text);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileError(error, `read ${file}`);
  }
}
