import { existsSync } from "node:fs";
import path from "node:path";

const MODULES = `${path.sep}node_modules${path.sep}`;

/**
 * Where a program's run starts to look for the repository, the project and its flavors: the folder of the pipeline's
 * file; of a pipeline that a package brings, the project that the package is installed in.
 *
 * @param file absolute; null if it isn't known
 */
export function startFolder(file: string | null): string {
  if (file === null) return process.cwd();
  const at = file.indexOf(MODULES);
  const project = at === -1 ? undefined : file.slice(0, at);
  // A package that is installed globally is in no project: it has its own dependencies.
  return project !== undefined && existsSync(path.join(project, "package.json")) ? project : path.dirname(file);
}
