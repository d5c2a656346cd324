import { readdirSync, readFileSync, realpathSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { fileError } from "../store/file-error.ts";
import type { FlavorProblem } from "./flavor-entry.ts";

/**
 * What a discovery has looked at. As long as the system says the same of it, another discovery would find the same. Flat,
 * because it is read back before each command, of a thousand packages maybe.
 */
export interface Sights {
  readonly paths: readonly string[];
  /**
   * Of each path three numbers, when it was changed last, its size, the number of its inode, as the bytes of a Float64Array in
   * Base64: a thousand numbers of 17 digits take longer to read.
   */
  readonly stamps: string;
  /** Paths of which the system said something else: an error's code, or {@link NOTHING}. */
  readonly others: readonly (readonly [path: string, said: string])[];
}

/** That nothing is there. */
const NOTHING = "";

/** Notes what a discovery looks at. */
class Notes {
  readonly paths: string[] = [];
  readonly stamps: number[] = [];
  readonly others: [path: string, said: string][] = [];
  /** When the last change of what was seen was. Not the time of modification: npm gives the files of all packages the same. */
  youngest = 0;
  readonly #seen = new Set<string>();

  add(path: string, said: Stats | string): void {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    if (typeof said === "string") return void this.others.push([path, said]);
    this.paths.push(path);
    this.stamps.push(said.ctimeMs, said.size, said.ino);
    this.youngest = Math.max(this.youngest, said.ctimeMs);
  }
}

let notes: Notes | undefined;

/** How coarse the clock of a file system may be: two changes within that time may look the same. */
const CLOCK_MILLISECONDS = 100;

/**
 * Does synchronous work, and says what it has looked at.
 *
 * @returns `sights`: undefined if something had changed so lately that another change could go unnoticed
 */
export function noting<Result>(work: () => Result): { readonly result: Result; readonly sights: Sights | undefined } {
  const [own, start] = [new Notes(), Date.now()];
  notes = own;
  try {
    const result = work();
    const { paths, stamps, others, youngest } = own;
    const bytes = Buffer.from(new Float64Array(stamps).buffer).toString("base64");
    return { result, sights: youngest < start - CLOCK_MILLISECONDS ? { paths, stamps: bytes, others } : undefined };
  } finally {
    notes = undefined;
  }
}

/** Whether all of it still looks as it did. */
export function looksTheSame({ paths, stamps: bytes, others }: Sights): boolean {
  const options = { throwIfNoEntry: false } as const;
  try {
    const stamps = new Float64Array(new Uint8Array(Buffer.from(bytes, "base64")).buffer);
    for (let i = 0, at = 0; i < paths.length; i++) {
      const stats = statSync(paths[i]!, options);
      if (stats === undefined || stats.ctimeMs !== stamps[at++] || stats.size !== stamps[at++] || stats.ino !== stamps[at++]) return false;
    }
  } catch {
    return false;
  }
  return others.every(([path, said]) => {
    try {
      return statSync(path, options) === undefined && said === NOTHING;
    } catch (error) {
      return codeOf(error) === said;
    }
  });
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

/** A folder with links resolved. Where it is then is noted as well: what a link led to may move away and be linked anew. */
export function realFolder(folder: string): string {
  const real = realpathSync(folder);
  if (real !== folder) isThere(join(real, "package.json"));
  return real;
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
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    notes?.add(path, stats ?? NOTHING);
    return stats;
  } catch (error) {
    notes?.add(path, codeOf(error));
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
