import { ZenError } from "@zen/core/light";

const PACKAGE = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** The folder of a package in the working directory: its name without the scope. */
export function folderOf(name: string): string {
  return name.replace(/^@[^/]+\//, "");
}

/**
 * @param example a command with a good name
 * @throws ZenError `bad_name` that says why npm, or a file system, wouldn't take it
 */
export function assertPackageName(name: string, example: string): void {
  const why =
    name === ""
      ? "it is empty"
      : name.length > 180
        ? "it is longer than 180 characters"
        : name !== name.toLowerCase()
          ? "npm takes no capital letters"
          : /^[._]/.test(folderOf(name))
            ? "npm takes no name that begins with . or _"
            : ["node_modules", "favicon.ico"].includes(name)
              ? "npm keeps that name for itself"
              : PACKAGE.test(name)
                ? undefined
                : "it takes small letters, digits, - and ., after a scope if there is one: @acme/my-store";
  if (why === undefined) return;
  throw new ZenError("bad_name", `"${name.slice(0, 60)}" can't be the name of a package: ${why}.`, {
    exitCode: 2,
    hint: `Give it one, such as: ${example}`,
  });
}
