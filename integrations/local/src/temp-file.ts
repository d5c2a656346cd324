import { createHash, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync, statSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";

/** The folder below the store's for files that are being written: hidden, and no key leads there. */
export const TEMP_FOLDER = ".tmp";

const DAY_MILLISECONDS = 86_400_000;
let thisProcess: string | undefined;
let made = 0;

/**
 * Opens a new file for writing that nobody sees until it is published. Its name says whose it is:
 * `<where pids are unique>-<pid>-<random>-<n>`.
 */
export function openTempFile(root: string): { readonly fd: number; readonly file: string } {
  const file = nextTempName(root);
  try {
    return { fd: openSync(file, "wx"), file };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(path.dirname(file), { recursive: true });
    return { fd: openSync(file, "wx"), file };
  }
}

export function nextTempName(root: string): string {
  thisProcess ??= `${pidSpace()}-${process.pid}-${randomBytes(6).toString("hex")}`;
  return path.join(root, TEMP_FOLDER, `${thisProcess}-${made++}`);
}

/**
 * Gives a finished file its name, in one step: a reader sees all of it or nothing. A hard link is what the system refuses
 * when the name is taken, however many try at once.
 *
 * @throws EEXIST with `ifAbsent` if the name is taken
 */
export function publish(temp: string, file: string, ifAbsent: boolean): void {
  withFolder(file, () => (ifAbsent ? linkSync : renameSync)(temp, file));
  if (ifAbsent) discard(temp);
}

/** Does what needs the folder of `file`, which is made only when it turns out to be missing. */
export function withFolder(file: string, work: () => void): void {
  // More than once, because a deletion elsewhere may remove the folder that has just been made.
  for (let attempt = 0; ; attempt++) {
    try {
      return work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === 5) throw error;
      mkdirSync(path.dirname(file), { recursive: true });
    }
  }
}

/** Removes a temporary file. If that fails, the sweep of a later process does it: the write is what counts. */
export function discard(temp: string): void {
  try {
    unlinkSync(temp);
  } catch {}
}

/**
 * Removes what dead processes have left: files of pids that are gone, and, of processes that can't be asked (another
 * machine, another container, before a restart), those that nobody has written to for a day.
 */
export function sweepTempFiles(root: string): void {
  const folder = path.join(root, TEMP_FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const space = pidSpace();
  for (const name of names) {
    const file = path.join(folder, name);
    const [itsSpace, pid] = name.split("-");
    try {
      const abandoned = itsSpace === space ? !isAlive(Number(pid)) : Date.now() - statSync(file).mtimeMs > DAY_MILLISECONDS;
      if (abandoned) unlinkSync(file);
    } catch {
      // Gone already, or not ours to remove: either way nothing that a write would have to know.
    }
  }
}

/** Where a pid means one process: this machine since its start, and the container. */
function pidSpace(): string {
  const facts = [hostname()];
  if (process.platform === "linux") {
    try {
      facts.push(readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), readlinkSync("/proc/self/ns/pid"));
    } catch {
      // A sandbox without /proc: the name alone has to do.
    }
  }
  return createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 12);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
