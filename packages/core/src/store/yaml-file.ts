import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { ZenError } from "../error/zen-error.ts";
import { fileError, isMissing } from "./file-error.ts";
import { readPlainYaml } from "./plain-yaml.ts";

/** How many values the aliases of a file may add to those that are written in it. */
const MAX_ALIASED = 100_000;
/** As deep as the parser lets a file nest without aliases. */
const MAX_DEPTH = 100;

/** A mapping as it stands in a file: keys are untrusted, so look them up with `Object.hasOwn` or `Object.entries`. */
export type YamlMapping = Readonly<Record<string, unknown>>;

/**
 * Reads one of zen's YAML files: undefined if there is none, an empty mapping if it is empty.
 *
 * @throws ZenError `broken_file` with the line and column.
 */
export async function readYamlFile(path: string): Promise<YamlMapping | undefined> {
  const text = readText(path);
  return text === undefined ? undefined : parseYaml(path, text);
}

/**
 * The text of a YAML file as a mapping: an empty one if there is nothing in it.
 *
 * @param path what errors name
 * @throws ZenError `broken_file` with the line and column.
 */
export async function parseYaml(path: string, text: string): Promise<YamlMapping> {
  const plain = readPlainYaml(text);
  if (plain) return plain;
  // The two libraries that read and write YAML don't agree on these.
  const alone = /\r(?!\n)/.exec(text);
  if (alone) throw brokenFile(path, "a carriage return without a line feed is no end of a line", positionOf(text, alone.index));
  if (/^(?:\s|#.*\n)+\uFEFF/.test(text)) throw brokenFile(path, "a byte order mark stands elsewhere than at its very beginning, once");
  // Nothing but space and comments: the parser refuses that.
  if (!/^[^\S\n]*[^\s#]/m.test(text)) return {};
  // Only when there is a file to read: a third of a light command's time.
  const { load } = await import("js-yaml");
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number; column: number } };
    throw brokenFile(path, reason ?? (error as Error).message, mark && { line: mark.line + 1, column: mark.column + 1 });
  }
  if (text.includes("&")) assertBounded(path, value, text.length + MAX_ALIASED);
  return mapping(path, [], value) ?? {};
}

/** Refuses what a few aliases could make of a small file: values without an end, which nobody could print or compare. */
function assertBounded(path: string, root: unknown, limit: number): void {
  let values = 0;
  const visit = (value: unknown, depth: number): void => {
    if (++values > limit) throw brokenFile(path, `its aliases (*name) make more than ${MAX_ALIASED} values of it`);
    if (typeof value !== "object" || value === null) return;
    if (depth > MAX_DEPTH) throw brokenFile(path, `its aliases (*name) nest deeper than ${MAX_DEPTH} levels`);
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(root, 0);
}

/** The text of a file, or undefined if there is none. */
export function readText(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileError(error, `read ${path}`);
  }
  if (!isUtf8(bytes)) throw brokenFile(path, "it is not UTF-8 text");
  return bytes.toString("utf8");
}

/**
 * A value that has to be a mapping; undefined for null, which is how "nothing" is written.
 *
 * @param at where it stands in the file
 */
export function mapping(path: string, at: readonly string[], value: unknown): YamlMapping | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) throw wrongType(path, at, "a mapping (key: value)", value);
  return value as YamlMapping;
}

/** A value that has to be text; undefined for null. What YAML took for a number or a truth value is taken back. */
export function text(path: string, at: readonly string[], value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongType(path, at, "text", value);
}

/** The error of a file that can't be read as what it should be. */
export function brokenFile(path: string, reason: string, position?: { line: number; column: number }): ZenError {
  const where = position === undefined ? "" : ` at line ${position.line}, column ${position.column}`;
  return new ZenError("broken_file", `The file ${path} is broken${where}: ${reason}.`, {
    hint: "Correct it in an editor, or put a backup in its place: zen has not changed it.",
    details: { path, ...position },
  });
}

function positionOf(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function wrongType(path: string, at: readonly string[], wanted: string, value: unknown): ZenError {
  const found = Array.isArray(value) ? "a list" : typeof value === "object" ? "a mapping" : JSON.stringify(value);
  return brokenFile(
    path,
    at.length === 0 ? `it holds ${found} instead of ${wanted}` : `"${at.join(".")}" is ${found} and should be ${wanted}`,
  );
}
