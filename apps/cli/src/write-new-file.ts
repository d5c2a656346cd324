import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ZenError } from "@zen/core/light";

/**
 * Writes a file of the user's: one that is there only with `overwrite`, or if it has the same text already.
 *
 * @throws ZenError `file_exists`
 */
export function writeNewFile(file: string, text: string, { overwrite }: { readonly overwrite: boolean }): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  try {
    writeFileSync(file, text, { flag: "wx" });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  if (readFileSync(file, "utf8") === text) return;
  if (!overwrite) {
    throw new ZenError("file_exists", `The file ${file} is there already, and has another content.`, {
      exitCode: 2,
      hint: "Nothing was changed. Name another file, or replace it: --overwrite",
    });
  }
  // Whole or not at all: a disk may be full.
  const whole = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(whole, text, { flag: "wx" });
    renameSync(whole, file);
  } finally {
    rmSync(whole, { force: true });
  }
}
