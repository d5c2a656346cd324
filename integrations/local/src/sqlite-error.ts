import { accessSync, constants, statfsSync } from "node:fs";
import path from "node:path";
import { isZenError, ZenError } from "@zen/core";

/** What a metadata store was doing, and with which file. */
export interface AttemptedQuery {
  /** A verb: `write to`, `read`. */
  readonly operation: string;
  readonly file: string;
  /** The component's name. */
  readonly store: string;
}

// Primary result codes of SQLite (sqlite.org/rescode.html).
const PERM = 3;
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const ELSEWHERE = "zen leaves it as it is. Move it away, or give the metadata store another uri.";

/** A failure of SQLite, or of the file system, as the contract's error: which file, and what to do. */
export function sqliteError(error: unknown, attempted: AttemptedQuery): unknown {
  if (isZenError(error) || !(error instanceof Error)) return error;
  const { code, errcode } = error as { code?: string; errcode?: number };
  if (code !== "ERR_SQLITE_ERROR" || errcode === undefined) return code === undefined ? error : fileError(error, code, attempted);
  const { file } = attempted;
  switch (errcode & 0xff) {
    case FULL:
      return full(error, attempted);
    // A disk that fills up while SQLite grows its index of the log is reported as an I/O error.
    case IOERR:
      return isFull(file)
        ? full(error, attempted)
        : unavailable(error, attempted, error.message, "Look at the disk that the file is on, then try again.");
    case PERM:
    case READONLY:
      return forbidden(error, attempted);
    case CANTOPEN:
      return isWritable(path.dirname(file))
        ? unavailable(error, attempted, error.message, "Look at the file and at its folder.")
        : forbidden(error, attempted);
    case BUSY:
      return unavailable(
        error,
        attempted,
        "another process has kept it locked for too long",
        `Find what holds the file (lsof ${file}), or try again.`,
      );
    case CORRUPT:
      return unavailable(
        error,
        attempted,
        "the file is damaged",
        "zen leaves it as it is. Put a backup in its place, or move it away: then a new one is made.",
      );
    case NOTADB:
      return notADatabase(attempted, error);
    default:
      return unavailable(
        error,
        attempted,
        error.message,
        "If the file isn't damaged, this is a bug of zen: please report it with this message.",
      );
  }
}

export function notADatabase(attempted: AttemptedQuery, cause?: unknown): ZenError {
  return unavailable(cause, attempted, "it is not an SQLite database", ELSEWHERE);
}

/** @internal for whoever looks at the file without SQLite */
export function unavailable(cause: unknown, { operation, file, store }: AttemptedQuery, reason: string, hint: string): ZenError {
  return new ZenError("store_unavailable", `Can't ${operation} the metadata store "${store}" at ${file}: ${reason}.`, {
    hint,
    cause,
    details: { operation, file },
  });
}

function full(cause: unknown, { operation, file, store }: AttemptedQuery): ZenError {
  return new ZenError("store_full", `Can't ${operation} the metadata store "${store}": there is no space left where ${file} is.`, {
    hint: "Free some space there, then run again: what was committed is kept.",
    cause,
    details: { operation, file },
  });
}

function forbidden(cause: unknown, { operation, file, store }: AttemptedQuery): ZenError {
  return new ZenError(
    "store_forbidden",
    `Can't ${operation} the metadata store "${store}": this user has no right to do that at ${file}.`,
    {
      hint: `Give the user that runs zen the right to write the file and its folder, ${path.dirname(file)}: SQLite needs that even to read.`,
      cause,
      details: { operation, file },
    },
  );
}

function fileError(error: Error, code: string, attempted: AttemptedQuery): ZenError {
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return forbidden(error, attempted);
  if (code === "ENOSPC" || code === "EDQUOT") return full(error, attempted);
  if (code === "ENOTDIR") return unavailable(error, attempted, "there is a file where its folder should be", ELSEWHERE);
  if (code === "EISDIR") return unavailable(error, attempted, "there is a folder in its place", ELSEWHERE);
  return unavailable(error, attempted, error.message, "Look at the path of the file and at the disk that it is on.");
}

function isFull(file: string): boolean {
  try {
    return statfsSync(path.dirname(file)).bavail === 0;
  } catch {
    return false;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
