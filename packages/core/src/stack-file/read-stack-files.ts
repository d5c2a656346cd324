import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ZenError } from "../error/zen-error.ts";
import { fileError, isMissing } from "../store/file-error.ts";
import { badStackFile } from "./stack-file-error.ts";
import type { StackFileText } from "./stack-file.ts";

/** More than any team's stacks: ten thousand components have about 2 MB. */
const MAX_BYTES = 10 * 2 ** 20;
const STANDARD_INPUT = 0;

/**
 * Reads what a command line names: a file, `-` for standard input, or a folder, of which all `*.yaml` and `*.yml` directly
 * in it are read.
 *
 * @param folder what relative paths start from
 * @throws ZenError `file_not_found`, `bad_stack_file`
 */
export function readStackFiles(paths: readonly string[], folder: string): StackFileText[] {
  return paths.flatMap((path) => {
    if (path === "-") return [readDescriptor(STANDARD_INPUT, "standard input")];
    if (!isFolder(path, resolve(folder, path))) return [readFile(path, resolve(folder, path))];
    const names = readdirSync(resolve(folder, path))
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort();
    if (names.length === 0) throw badStackFile(`the folder ${path}`, "no file in it ends in .yaml or .yml.");
    return names.map((name) => readFile(join(path, name), resolve(folder, path, name)));
  });
}

function isFolder(path: string, place: string): boolean {
  try {
    return statSync(place).isDirectory();
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, `read ${path}`);
    throw new ZenError("file_not_found", `The file ${path} does not exist.`, {
      exitCode: 2,
      hint: /\.ya?ml$/.test(path)
        ? "Check the path. A stack is written to a file by: zen stack export NAME"
        : `Check the path. Is it ${path}.yaml?`,
    });
  }
}

function readFile(path: string, place: string): StackFileText {
  let descriptor: number;
  try {
    descriptor = openSync(place, "r");
  } catch (error) {
    throw fileError(error, `read ${path}`);
  }
  try {
    return readDescriptor(descriptor, `the file ${path}`);
  } finally {
    closeSync(descriptor);
  }
}

/** Piece by piece: a pipe or a device has no size to look at first. */
function readDescriptor(descriptor: number, source: string): StackFileText {
  const pieces: Buffer[] = [];
  let length = 0;
  const tooLarge = (bytes: number): ZenError =>
    badStackFile(source, `it has ${bytes} bytes or more, and ${MAX_BYTES} are allowed.`, { hint: "Split it into several files." });
  const { size } = fstatSync(descriptor);
  if (size > MAX_BYTES) throw tooLarge(size);
  for (let count = 1; count > 0; length += count) {
    const piece = Buffer.allocUnsafe(64 * 1024);
    count = readPiece(descriptor, piece, source);
    pieces.push(piece.subarray(0, count));
    if (length + count > MAX_BYTES) throw tooLarge(length + count);
  }
  const bytes = Buffer.concat(pieces);
  if (!isUtf8(bytes) || bytes.includes(0)) throw badStackFile(source, "it is not UTF-8 text.");
  return { source, text: bytes.toString("utf8") };
}

/** How many bytes were read: 0 at the end. */
function readPiece(descriptor: number, piece: Buffer, source: string): number {
  for (;;) {
    try {
      return readSync(descriptor, piece);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // The end of a pipe on Windows; a pipe that another program made non-blocking.
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw fileError(error, `read ${source}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}
