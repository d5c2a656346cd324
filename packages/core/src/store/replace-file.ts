import { closeSync, existsSync, fchmodSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileError, isMissing } from "./file-error.ts";

/** What is to stand in a file. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

/**
 * Writes a file so that a reader, at any instant and even if this process is killed, sees the old text or the new. Makes
 * the folder if it is missing, follows a symbolic link, keeps the permissions of a file that is there.
 */
export function replaceFile(path: string, text: string): void {
  replaceFiles([{ path, text }]);
}

/**
 * {@link replaceFile} for several files: one after the other, and none unless there was room, and leave, to write them all.
 * A process that is killed in between may have replaced some.
 */
export function replaceFiles(files: readonly FileText[]): void {
  const staged: { readonly temporary: string; readonly target: string; readonly path: string }[] = [];
  let at = "";
  try {
    for (const { path, text } of files) {
      at = path;
      makeFolders(dirname(path));
      const target = linkTarget(path);
      // In the same folder, because only there a rename is atomic.
      const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${staged.length}.tmp`);
      staged.push({ temporary, target, path });
      writeWhole(temporary, target, text);
    }
    for (const { temporary, target, path } of staged) {
      at = path;
      renameSync(temporary, target);
    }
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true });
    throw fileError(error, `write ${at}`);
  }
}

function writeWhole(temporary: string, target: string, text: string): void {
  const descriptor = openSync(temporary, "w");
  try {
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) fchmodSync(descriptor, mode & 0o777);
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a folder, and those above it, unless they are there. */
export function makeFolder(path: string): void {
  try {
    makeFolders(path);
  } catch (error) {
    throw fileError(error, `make the folder ${path}`);
  }
}

/** Not Node's `recursive`, which tries for ever where a folder can't be made in one that is there (`/proc/x`). */
function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let at = path; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have been faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  if (missing.length === 0 && !statSync(path).isDirectory()) throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR" });
}

function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (isMissing(error)) return path;
    throw error;
  }
}
