import { isZenError, ZenError } from "@zen/core";

/** What an artifact store was doing when something failed. */
export interface Attempted {
  /** A verb: `write`, `read`. */
  readonly operation: string;
  /** The key, or the prefix of a listing. */
  readonly key: string;
  /** The file or folder concerned. */
  readonly path: string;
  /** The component's name. */
  readonly store: string;
}

/** A failed call of the file system as the contract's error: key, operation, path, and what to do. */
export function storeError(error: unknown, { operation, key, path, store }: Attempted): unknown {
  if (isZenError(error) || !(error instanceof Error) || !("code" in error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const what = `Can't ${operation} "${key}" in the artifact store "${store}"`;
  const details = { key, operation, path };
  // What Linux says of a hard link on FAT: nobody's rights would help.
  const failure = code === "EPERM" && error.message.includes(" link ") ? "ENOTSUP" : code;
  switch (failure) {
    case "ENOSPC":
    case "EDQUOT":
      return new ZenError(
        "store_full",
        `${what}: ${failure === "EDQUOT" ? "the quota of this user is used up" : "there is no space left"} where ${path} is.`,
        {
          hint: "Free some space there, or use an artifact store on another disk.",
          cause: error,
          details,
        },
      );
    case "EROFS":
      return new ZenError("store_forbidden", `${what}: ${path} is on a file system that can only be read.`, {
        hint: "Mount it so that it can be written, or use an artifact store elsewhere.",
        cause: error,
        details,
      });
    case "EACCES":
    case "EPERM":
      return new ZenError("store_forbidden", `${what}: this user has no right to do that at ${path}.`, {
        hint: "Give the user that runs zen the right to read and write the folder and all that is in it.",
        cause: error,
        details,
      });
    case "ENOENT":
      return objectNotFound({ operation, key, path, store });
    default:
      // The system's words, without its paths: some are those of temporary files.
      return new ZenError("store_unavailable", `${what} (at ${path}): ${error.message.split(", ")[0]}.`, {
        hint: HINTS[failure ?? ""] ?? "Look at that path and at the disk that it is on, then try again.",
        cause: error,
        details,
      });
  }
}

const HINTS: Readonly<Record<string, string>> = {
  EMFILE: "This process has too many files open: raise the limit (ulimit -n), or run fewer steps at a time.",
  ENFILE: "This machine has too many files open: close some programs and try again.",
  ENOTDIR: "A file stands where the store needs a folder: move it away, or use another path.",
  EISDIR: "A folder stands where the store needs a file: move it away, or use another path.",
  EEXIST: "A file stands where the store needs a folder: move it away, or use another path.",
  ENOTSUP: "The file system has no hard links, which create-only writing needs: use an artifact store on another one.",
  ENOSYS: "The file system has no hard links, which create-only writing needs: use an artifact store on another one.",
  ENAMETOOLONG: "The store's own path is so long that there is no room for keys: use one that is shorter.",
};

export function objectNotFound({ operation, key, path, store }: Attempted): ZenError {
  return new ZenError("object_not_found", `Can't ${operation} "${key}": the artifact store "${store}" has no such object.`, {
    hint: `It may have been deleted. Its file would be ${path}.`,
    details: { key, operation, path },
  });
}

export function objectExists({ operation, key, path, store }: Attempted): ZenError {
  return new ZenError(
    "object_exists",
    `Can't ${operation} "${key}": the artifact store "${store}" has that object already, and it was to be created.`,
    {
      hint: "Use another key, or leave ifAbsent out to replace it.",
      details: { key, operation, path },
    },
  );
}
