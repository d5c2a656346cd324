import { statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Where a pipeline's module stands: a folder, and the path from there with `/` between segments. */
export interface ModulePlace {
  readonly root: string;
  readonly module: string;
}

/**
 * The root is the folder of the repository that the file is in (the nearest with `.zen`), else that of the nearest
 * package.json, else the file's own.
 */
export function placeOfModule(file: string): ModulePlace {
  const folder = dirname(file);
  const root = nearest(folder, (at) => isFolder(join(at, ".zen"))) ?? nearest(folder, (at) => isFile(join(at, "package.json"))) ?? folder;
  return { root, module: relative(root, file).split(sep).join("/") };
}

function nearest(start: string, found: (folder: string) => boolean): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (found(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

const stat = (path: string) => statSync(path, { throwIfNoEntry: false });

function isFolder(path: string): boolean {
  return stat(path)?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return stat(path)?.isFile() ?? false;
}
