import { readFileSync, statSync } from "node:fs";

/** What stands in a file of others; undefined if that can't be told now: a folder may have such a name, and a link may lead nowhere. */
export function textNow(file: string): string | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
