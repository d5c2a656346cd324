import { createRequire } from "node:module";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package's own code, with its separator: `dist/`, or `src/` in development. */
const OWN_FOLDER = /^.*[\\/](?:dist|src)(?=[\\/])/.exec(fileURLToPath(import.meta.url))![0] + sep;

/** Whether a file is this copy of core's own: a frame of it in a stack is not the user's. */
export function isOwnFile(file: string): boolean {
  return file.startsWith(OWN_FOLDER);
}

/** The version of this copy of core. */
export function ownVersion(): string {
  return (createRequire(import.meta.url)("@zen/core/package.json") as { version: string }).version;
}
