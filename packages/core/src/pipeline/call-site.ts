import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { getCallSites } from "node:util";
import { isOwnFile } from "../own-code.ts";

/** A call in a user's file. */
export interface CallSite {
  /** An absolute path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The calls in users' files that led here. */
export interface Calls {
  /** The innermost first; up to the module that was being loaded, or the recording that was going on. */
  readonly sites: readonly CallSite[];
  /**
   * Whether that is where they began. Not so in a function that went on after an `await`, or that a timer, an event or
   * code without a file called: what it was given nobody can tell.
   */
  readonly traced: boolean;
}

/** More than that V8 doesn't tell. */
const FRAMES = 200;
/** Code that Node was given on its command line or by a pipe, as if it were a file of the working directory. */
const NO_FILE = /[\\/]\[(eval|stdin)\d*\]$/;
/** Another copy of this package, when it calls into this one. */
const OTHER_COPY = /[\\/]node_modules[\\/]@zen[\\/]core[\\/]/;

/** How many calls are under way: what `callsToHere` is told, to look at later ones only. */
export function callDepth(): number {
  return frames().length - 2;
}

/**
 * The calls that led into this package.
 *
 * @param depth those before so many don't count
 */
export function callsToHere(depth = 0): Calls {
  const all = frames();
  const sites: CallSite[] = [];
  // Of too many calls the first ones are missing.
  let traced = all.length < FRAMES;
  let outermost = "";
  for (const { scriptName, functionName, lineNumber, columnNumber } of all.slice(0, all.length - depth)) {
    // Node loads a module: its own code was the first to run.
    if (scriptName.startsWith("node:internal/modules/")) return { sites, traced };
    if (scriptName.startsWith("node:")) {
      // Other code of Node's calls users' functions at any time, unless it only goes on with what had to wait.
      if (depth === 0 && scriptName !== "node:internal/process/task_queues") traced = false;
      continue;
    }
    const file = pathOf(scriptName);
    if (file !== undefined && isOwnCode(file)) continue;
    if (file === undefined || NO_FILE.test(file)) traced = false;
    if (file === undefined) continue;
    if (NO_FILE.test(file)) break;
    sites.push({ file, line: lineNumber, column: columnNumber });
    outermost = functionName;
  }
  // A module that goes on after an `await` has no name; nor has an arrow function, which counts as its module here.
  return { sites, traced: traced && (depth > 0 || outermost === "") };
}

// Without source maps: looking them up is slow, and the file that is loaded is the one that can be imported again.
const frames = () => getCallSites(FRAMES, { sourceMap: false });

const isOwnCode = (file: string): boolean => isOwnFile(file) || OTHER_COPY.test(file);

function pathOf(scriptName: string): string | undefined {
  if (scriptName.startsWith("file:")) return fileURLToPath(scriptName);
  return isAbsolute(scriptName) ? scriptName : undefined;
}
