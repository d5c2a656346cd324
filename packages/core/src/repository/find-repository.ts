import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ZenError } from "../error/zen-error.ts";

/** The folder that makes the folder it stands in a repository. */
export const REPOSITORY_FOLDER = ".zen";

/**
 * The root of the repository that a folder belongs to: the one that is given, else what `ZENML_REPOSITORY_PATH` names, else
 * the nearest folder upward that has a `.zen`. Undefined outside a repository.
 *
 * @throws ZenError `repository_not_found` if what is named is no repository
 */
export function findRepository(folder: string, env: NodeJS.ProcessEnv = process.env, given?: string): string | undefined {
  const named = given ?? env["ZENML_REPOSITORY_PATH"];
  if (named) {
    const root = resolve(named);
    if (isRepository(root)) return root;
    throw new ZenError(
      "repository_not_found",
      `${given === undefined ? "ZENML_REPOSITORY_PATH" : "The repository's root"} is "${named}", and that is not a zen repository: it has no ${REPOSITORY_FOLDER} folder.`,
      {
        exitCode: 2,
        hint: `Make it one: zen init --path ${named}${given === undefined ? ". Or forget it: unset ZENML_REPOSITORY_PATH" : ""}`,
      },
    );
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (isRepository(at)) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** Whether a folder is a repository's root. */
export function isRepository(folder: string): boolean {
  return statSync(join(folder, REPOSITORY_FOLDER), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
