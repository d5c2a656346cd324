import { readFileSync } from "node:fs";
import path from "node:path";
import { fileError, ZenError } from "@zen/core/light";

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
 * @throws ZenError `no_package`, `broken_file`
 */
export function authorPackage(from: string): AuthorPackage {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const file = path.join(folder, "package.json");
    const text = textOf(file);
    const json = text === undefined ? undefined : parsed(file, text);
    if (json && typeof json["name"] === "string") return { folder, file, text: text!, name: json["name"], json };
    if (folder !== path.dirname(folder)) continue;
    throw new ZenError("no_package", `${path.resolve(from)} is in no package: there is no package.json with a name in it or above it.`, {
      exitCode: 2,
      hint: "Go into the folder of your package, or make one: zen integration create my-store",
    });
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileError(error, `read ${file}`);
  }
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
