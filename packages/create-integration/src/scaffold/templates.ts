import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** npm publishes no file of the first name, and the second would count for the templates themselves. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: ".gitignore", "oxlintrc.json": ".oxlintrc.json" };

/** The files below a folder of templates, by path, with what `fill` makes of their texts. */
export function readTemplates(folder: string, fill: (text: string) => string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    files.set(RENAMED[name] ?? name, fill(readFileSync(file, "utf8")));
  }
  return files;
}
