import { ZenError } from "../error/zen-error.ts";

const REASONS: Readonly<Record<string, readonly [code: string, reason: string, hint: string]>> = {
  EACCES: [
    "permission_denied",
    "permission denied",
    "Check who owns it and who may change it. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder",
  ],
  EROFS: [
    "read_only",
    "the file system is read-only",
    "Make it writable. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder",
  ],
  ENOSPC: [
    "disk_full",
    "no space is left on the device",
    "Free some space there and try again: nothing was changed. zen's own files can be kept elsewhere: export ZENML_CONFIG_PATH=/another/folder",
  ],
  ENOTDIR: [
    "not_a_folder",
    "there is a file where a folder is needed",
    "Move that file away, or name another folder: export ZENML_CONFIG_PATH=/another/folder",
  ],
  EISDIR: ["not_a_file", "there is a folder where a file is needed", "Move that folder away and try again."],
  ENAMETOOLONG: ["name_too_long", "its name is longer than the system allows", "Correct it where it is written."],
  ENOENT: ["file_not_found", "it does not exist", "Check the path."],
};
const SAME_AS: Readonly<Record<string, string>> = { EPERM: "EACCES", EDQUOT: "ENOSPC", EEXIST: "ENOTDIR" };

/**
 * The error of a file operation, in words: the one place where the codes of the file system are translated.
 *
 * @param doing what was tried, such as `write /home/ada/.config/zen/config.yaml`
 */
export function fileError(error: unknown, doing: string): ZenError {
  const errno = (error as NodeJS.ErrnoException).code ?? "";
  const [code, reason, hint] = REASONS[SAME_AS[errno] ?? errno] ?? [
    "io_error",
    (error as Error).message,
    "Check the disk and the permissions of that folder.",
  ];
  return new ZenError(code, `zen can't ${doing}: ${reason}.`, {
    hint: isRepositorys(doing) ? hint.replace(ELSEWHERE, ".") : hint,
    cause: error,
  });
}

/** A repository's own folder is where it is: another configuration folder doesn't help. */
function isRepositorys(doing: string): boolean {
  return /[\\/]\.zen([\\/]|$)/.test(doing);
}

const ELSEWHERE = /(\.| and try again: nothing was changed\.|,)( zen's own files can be kept elsewhere: | or name another folder: ).*$/;

/** Whether the file system says that there is nothing at the path. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
