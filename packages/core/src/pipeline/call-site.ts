import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";
import { isOwnFile } from "../own-code.ts";

/** Own frames on the way here are few; with a margin for wrappers that aren't files. */
const FRAMES = 12;
/** Code that Node was given on its command line or by a pipe, as if it were a file of the working directory. */
const NO_FILE = /[\\/]\[(eval|stdin)\d*\]$/;

/** The file that called into this package: an absolute path, or null if it can't be told (a REPL, `node -e`). */
export function callingFile(): string | null {
  // Without source maps: looking them up is slow, and the file that is loaded is the one that can be imported again.
  for (const { scriptName } of getCallSites(FRAMES, { sourceMap: false })) {
    const file = pathOf(scriptName);
    if (file !== undefined && !isOwnFile(file)) return NO_FILE.test(file) ? null : file;
  }
  return null;
}

function pathOf(scriptName: string): string | undefined {
  if (scriptName.startsWith("file:")) return fileURLToPath(scriptName);
  return isAbsolute(scriptName) ? scriptName : undefined;
}
