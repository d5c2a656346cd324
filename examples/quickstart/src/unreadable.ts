const REASONS: Readonly<Record<string, string>> = {
  EACCES: "reading it is not permitted",
  EISDIR: "it is a folder, not a file",
  ENOENT: "it does not exist",
  ENOTDIR: "it is a file, not a folder",
};

/** Why a file or folder can't be read, in words, where the system's code is one of the usual ones. */
export function whyUnreadable(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ""] ?? error.message;
}
