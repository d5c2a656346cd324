import { readdirSync, readFileSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { fileError } from "../store/file-error.ts";
import type { FlavorProblem } from "./flavor-entry.ts";

/** What the system says of a path: when it was changed last, size, number; its error's code; or that nothing is there. */
export type Stamp = readonly [changed: number, size: number, number: number] | string;

/** What a discovery has looked at. As long as the system says the same of it, another discovery would find the same. */
export type Sights = ReadonlyMap<string, Stamp>;

let noted: Map<string, Stamp> | undefined;
let youngest = 0;

/** How coarse the clock of a file system may be: two changes within that time may look the same. */
const CLOCK_MILLISECONDS = 100;

/**
 * Does synchronous work, and says what it has looked at.
 *
 * @returns `sights`: undefined if something had changed so lately that another change could go unnoticed
 */
export function noting<Result>(work: () => Result): { readonly result: Result; readonly sights: Sights | undefined } {
  const [sights, start] = [new Map<string, Stamp>(), Date.now()];
  noted = sights;
  youngest = 0;
  try {
    const result = work();
    return { result, sights: youngest < start - CLOCK_MILLISECONDS ? sights : undefined };
  } finally {
    noted = undefined;
  }
}

/** Whether all of it still looks as it did. */
export function looksTheSame(sights: Iterable<readonly [path: string, stamp: Stamp]>): boolean {
  for (const [path, stamp] of sights) {
    try {
      const stats = statSync(path, { throwIfNoEntry: false });
      const same =
        typeof stamp === "string"
          ? stamp === NOTHING && stats === undefined
          : stats !== undefined && stats.ctimeMs === stamp[0] && stats.size === stamp[1] && stats.ino === stamp[2];
      if (!same) return false;
    } catch (error) {
      if (codeOf(error) !== stamp) return false;
    }
  }
  return true;
}

/** A package.json of more bytes is not read: nobody writes one, and what is that long was made to be slow. */
const LARGEST = 1024 * 1024;

/** The text of a folder's package.json; undefined if there is none that can be read. */
export function packageText(folder: string): string | undefined {
  const read = readPackageText(folder);
  return typeof read === "string" ? read : undefined;
}

/** The text of a folder's package.json, or why it can't be read; undefined if there is none. Never waits, as for a named pipe. */
export function readPackageText(folder: string): string | Omit<FlavorProblem, "mend"> | undefined {
  const file = join(folder, "package.json");
  try {
    // Noted before it is read: what changes meanwhile then looks different.
    const stats = look(file);
    if (stats === undefined) return undefined;
    if (!stats.isFile())
      return {
        code: "not_a_file",
        problem: `its package.json is ${stats.isDirectory() ? "a folder" : "a pipe or a device"} and not a file`,
      };
    if (stats.size > LARGEST)
      return { code: "too_large", problem: `its package.json has ${stats.size} bytes, and zen reads 1 MiB of one at most` };
    return readFileSync(file, "utf8");
  } catch (error) {
    return { code: "unreadable", problem: fileError(error, `read ${file}`).message.replace(/\.$/, "") };
  }
}

/** Whether there is something with that path. */
export function isThere(path: string): boolean {
  try {
    return look(path) !== undefined;
  } catch {
    return false;
  }
}

/** The names in a folder that don't begin with a dot; none if it can't be read. */
export function namesIn(folder: string): string[] {
  try {
    return look(folder) === undefined ? [] : readdirSync(folder).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

/** What is there, which is noted; undefined if nothing is. Throws what the system says. */
function look(path: string): Stats | undefined {
  let stamp: Stamp = NOTHING;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats) stamp = stampOf(stats);
    return stats;
  } catch (error) {
    stamp = codeOf(error);
    throw error;
  } finally {
    if (noted && !noted.has(path)) {
      noted.set(path, stamp);
      // Not the time of modification: npm gives the files of all packages the same.
      if (typeof stamp !== "string") youngest = Math.max(youngest, stamp[0]);
    }
  }
}

const NOTHING = "";

function stampOf({ ctimeMs, size, ino }: Stats): Stamp {
  return [ctimeMs, size, ino];
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
