import { ZenError } from "../error/zen-error.ts";

/** What Windows keeps for devices, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Checks the name of a new stack, component or profile: it becomes the name of a file on every system, and a word on the
 * command line.
 *
 * @param what what is named, such as `stack` or `artifact store`
 * @throws ZenError `bad_name`
 */
export function assertName(what: string, name: string): void {
  const reason =
    name === ""
      ? "it is empty"
      : name.length > 100
        ? `it has ${name.length} characters, and 100 are allowed`
        : /[/\\]/.test(name)
          ? "it contains a path separator"
          : !/^[A-Za-z0-9]/.test(name)
            ? "it must begin with a letter or a digit"
            : !/^[A-Za-z0-9._-]+$/.test(name)
              ? `it contains ${JSON.stringify(/[^A-Za-z0-9._-]/u.exec(name)![0])}`
              : name.endsWith(".")
                ? "it ends with a dot"
                : RESERVED.test(name)
                  ? "Windows keeps it for a device"
                  : undefined;
  if (reason === undefined) return;
  throw new ZenError("bad_name", `${JSON.stringify(name.slice(0, 120))} can't be the name of a new ${what}: ${reason}.`, {
    exitCode: 2,
    hint: "A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.",
  });
}

/** Refuses a name that some file systems could not tell from one that is there. */
export function assertDistinct(what: string, name: string, existing: Iterable<string>): void {
  for (const other of existing) {
    if (other === name || other.toLowerCase() !== name.toLowerCase()) continue;
    throw new ZenError("bad_name", `"${name}" differs from the ${what} "${other}" only in case.`, {
      exitCode: 2,
      hint: "Choose another name.",
    });
  }
}
