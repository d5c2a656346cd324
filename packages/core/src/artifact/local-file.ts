import { open, stat } from "node:fs/promises";
import { ZenError } from "../error/zen-error.ts";
import { returned, type OutputPlace } from "./output-place.ts";

/** Big enough that the time goes into reading and hashing, small enough for constant memory. */
const CHUNK_BYTES = 2 ** 20;

/**
 * The bytes of a local file that a step returned, to be read once.
 *
 * @throws ZenError `not_storable` if it isn't a regular file that can be read
 */
export async function readLocalFile(path: string, place: OutputPlace): Promise<AsyncIterable<Uint8Array>> {
  const refuse = (problem: string, hint: string, cause?: unknown): ZenError =>
    new ZenError("not_storable", `${returned(place, `the file ${path}`)}, but it ${problem}.`, {
      hint,
      cause,
      details: { path: "", reason: problem, file: path },
    });
  const failed = (error: unknown): never => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw refuse(
        "does not exist",
        "A file's path is returned once the file is there. A relative path counts from the working directory of the process.",
        error,
      );
    if (code === "EACCES" || code === "EPERM") throw refuse("may not be read", "Give the user that runs zen the right to read it.", error);
    throw refuse(`can't be read (${message})`, "Return the path of a regular file.", error);
  };
  // Looked at before it is opened: opening a pipe would wait for its writer.
  const found = await stat(path).catch(failed);
  if (found.isDirectory())
    throw refuse(
      "is a folder",
      "Folders as outputs come later. Pack it into one file (tar, zip) and return that, or declare an output for each file.",
    );
  if (!found.isFile()) throw refuse("is not a regular file", "Copy what it gives into a regular file, or return a stream.");
  return chunks(path, failed);
}

// Opened when it is first read: a store that refuses the key never reads, and would leave it open.
async function* chunks(path: string, failed: (error: unknown) => never): AsyncGenerator<Uint8Array> {
  const handle = await open(path, "r").catch(failed);
  try {
    for (;;) {
      // A fresh buffer each time: whoever takes a chunk may keep it.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(CHUNK_BYTES), 0, CHUNK_BYTES).catch(failed);
      if (bytesRead === 0) return;
      yield bytesRead === CHUNK_BYTES ? buffer : buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
