import { StringDecoder } from "node:string_decoder";

/**
 * Hands whole lines of what anything in this process prints on standard error to `print`, which knows where they fit.
 *
 * @returns ends it, handing over an unfinished line
 */
export function catchStrayPrints(print: (lines: readonly string[]) => void): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- put back as it was
  const original = process.stderr.write;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  process.stderr.write = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean => {
    const done = typeof encoding === "function" ? encoding : callback;
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!;
    if (lines.length > 0) print(lines);
    if (done) process.nextTick(done);
    return true;
  };
  return () => {
    process.stderr.write = original;
    if (rest !== "") print([rest]);
    rest = "";
  };
}
