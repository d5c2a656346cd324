import { dirname, isAbsolute, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";

/** The folder of this package's own code: `dist`, or `src` in development. */
const OWN = dirname(dirname(fileURLToPath(import.meta.url))) + sep;
/** Own frames on the way here are few; with a margin for wrappers that aren't files. */
const FRAMES = 12;

/** The file that called into this package: an absolute path, or null if it can't be told (a REPL, `node -e`). */
export function callingFile(): string | null {
  // Without source maps: looking them up is slow, and the file that is loaded is the one that can be imported again.
  for (const { scriptName } of getCallSites(FRAMES, { sourceMap: false })) {
    const file = pathOf(scriptName);
    if (file !== undefined && !file.startsWith(OWN)) return file;
  }
  return null;
}

function pathOf(scriptName: string): string | undefined {
  if (scriptName.startsWith("file:")) return fileURLToPath(scriptName);
  return isAbsolute(scriptName) ? scriptName : undefined;
}
