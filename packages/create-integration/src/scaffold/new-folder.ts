import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileError, ZenError } from "@zen/core/light";

/**
 * Makes a folder with files, by path and text.
 *
 * @throws ZenError `folder_not_empty`, `not_a_folder`
 */
export function writeNewFolder(folder: string, files: ReadonlyMap<string, string>): void {
  assertNewFolder(folder);
  try {
    for (const [name, text] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } catch (error) {
    throw folderError(error, `write into ${folder}`);
  }
}

/** @param folder that isn't there, or has nothing in it @throws ZenError `folder_not_empty`, `not_a_folder` */
export function assertNewFolder(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    if ((error as NodeJS.ErrnoException).code !== "ENOTDIR") throw folderError(error, `look into ${folder}`);
    throw new ZenError("not_a_folder", `${path.resolve(folder)} is a file, and not a folder to make something in.`, {
      exitCode: 2,
      hint: "Nothing was written. Give it another name, or move the file away.",
    });
  }
  // A repository that has just been made is empty enough.
  if (names.every((name) => name === ".git")) return;
  throw new ZenError("folder_not_empty", `The folder ${path.resolve(folder)} is not empty.`, {
    exitCode: 2,
    hint: "Nothing was written. Give it another name, or empty the folder.",
  });
}

/** In words, as all of zen's; what to do about zen's own files would be no help here. */
function folderError(error: unknown, doing: string): ZenError {
  const { code, message } = fileError(error, doing);
  return new ZenError(code, message, {
    hint: "Check who may write there, and that space is left; or make it in another folder.",
    cause: error,
  });
}
