import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { ZenError } from "../error/zen-error.ts";
import type { FlavorEntry } from "./flavor-entry.ts";

/**
 * The file that a subpath of a package's own `exports` leads to. Nothing is imported.
 *
 * @throws what Node's resolution throws; ZenError `escaping_module` for a file that a link has outside of the package
 */
export function resolveModule({ folder, package: name, module }: Pick<FlavorEntry, "folder" | "package" | "module">): string {
  const require = createRequire(join(folder, "package.json"));
  let file: string;
  try {
    // By its own name, so that its `exports` decide.
    file = require.resolve(name + module.slice(1));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A package without `exports` can't be found by its own name where it isn't in a node_modules. One whose `exports` lead
    // to a file that isn't there names that file.
    if (code !== "MODULE_NOT_FOUND" || message.startsWith(`Cannot find module '${folder}`)) throw error;
    file = require.resolve(join(folder, module));
  }
  // Plug'n'Play has archives and virtual paths where others have folders.
  if (process.versions["pnp"] === undefined && !realpathSync(file).startsWith(realpathSync(folder) + sep))
    throw new ZenError("escaping_module", `"${module}" leads out of the package, to ${realpathSync(file)}`);
  return file;
}
