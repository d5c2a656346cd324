import { readFileSync } from "node:fs";
import { fileError } from "@zen/core/light";

/** What stands in a file; undefined if there is none. @throws ZenError that says why it can't be read */
export function textOfFile(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileError(error, `read ${file}`);
  }
}
