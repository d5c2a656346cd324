import path from "node:path";
import { isPackageName, ZenError } from "@zen/core/light";
import { textOfFile } from "../text-of-file.ts";

/** The package of an author: what its package.json says, as text and parsed. */
export interface AuthorPackage {
  /** Absolute. */
  readonly folder: string;
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * The package that a folder belongs to.
 *
 * @throws ZenError `no_package`, `broken_file`, `bad_name`
 */
export function authorPackage(from: string): AuthorPackage {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const found = packageIn(folder);
    if (found !== undefined) return found;
    if (folder !== path.dirname(folder)) continue;
    throw new ZenError("no_package", `${path.resolve(from)} is in no package: there is no package.json with a name in it or above it.`, {
      exitCode: 2,
      hint: "Go into the folder of your package, or make one: zen integration create my-store",
    });
  }
}

/**
 * The package that a folder is itself; undefined if it has no package.json with a name.
 *
 * @throws ZenError `broken_file`, `bad_name`
 */
export function packageIn(folder: string): AuthorPackage | undefined {
  const file = path.join(folder, "package.json");
  const text = textOfFile(file);
  if (text === undefined) return undefined;
  const json = parsed(file, text);
  const { name } = json;
  if (isPackageName(name)) return { folder, file, text, name, json };
  if (typeof name !== "string") return undefined;
  // It would become part of paths.
  throw new ZenError("bad_name", `"name" in ${file} is ${JSON.stringify(name.slice(0, 60))}, which can't be the name of a package.`, {
    exitCode: 2,
    hint: "It takes small letters, digits, - and ., after a scope if there is one: @acme/my-store",
  });
}

function parsed(file: string, text: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  } catch (error) {
    throw brokenPackage(file, (error as Error).message);
  }
  throw brokenPackage(file, "it is not a JSON object");
}

function brokenPackage(file: string, why: string): ZenError {
  return new ZenError("broken_file", `The file ${file} is broken: ${why}.`, { hint: "Correct it in an editor: zen has not changed it." });
}
