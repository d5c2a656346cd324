import { fstatSync, statSync, writeSync } from "node:fs";
import { devNull } from "node:os";
import { styleText } from "node:util";

/** Standard output, for results; standard error, for progress, notices and errors. */
export type Channel = 1 | 2;

const gone = new Set<Channel>();

/**
 * Writes at once and to the end: `process.stdout` costs a tenth of a cold start, and loses its tail when the process
 * exits. A reader that has gone away (`| head -1`) is no error: what is left to say to it is dropped.
 */
export function write(channel: Channel, text: string | Uint8Array): void {
  let rest = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0 && !gone.has(channel)) {
    try {
      rest = rest.subarray(writeSync(channel, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      else if (code === "EPIPE" || code === "EIO") gone.add(channel);
      else throw error;
    }
  }
}

export function writeLine(channel: Channel, line: string): void {
  write(channel, `${line}\n`);
}

/** Whether nobody reads `channel` any more. */
export function isGone(channel: Channel): boolean {
  return gone.has(channel);
}

/** Whether `channel` is a terminal, without loading Node's streams where it is a pipe, a file, or `/dev/null`. */
export function isTerminal(channel: Channel): boolean {
  try {
    const stats = fstatSync(channel);
    if (!stats.isCharacterDevice() || stats.rdev === statSync(devNull).rdev) return false;
  } catch {
    return false;
  }
  return (channel === 1 ? process.stdout : process.stderr).isTTY;
}

/** The width of the terminal behind `channel`, or undefined where there is none and nothing should be cut. */
export function columns(channel: Channel): number | undefined {
  if (!isTerminal(channel)) return undefined;
  return (channel === 1 ? process.stdout : process.stderr).columns || 80;
}

/** Standard error, for a question: standard output may be a pipe. */
export function questionOutput(): NodeJS.WriteStream {
  const { stderr } = process;
  // Some terminals don't know their size and say 0: the prompt would give each letter a line of its own.
  if (stderr.columns === 0) [stderr.columns, stderr.rows] = [80, 24];
  return stderr;
}

/** Whether `channel` gets colours: NO_COLOR and FORCE_COLOR win over what it is. */
export function hasColours(channel: Channel): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  if ((NO_COLOR !== undefined && NO_COLOR !== "") || TERM === "dumb") return false;
  return isTerminal(channel);
}

/** `text` in a style of `util.styleText`, where `channel` shows colours. */
export function styled(channel: Channel, style: Parameters<typeof styleText>[0], text: string): string {
  return hasColours(channel) ? styleText(style, text, { validateStream: false }) : text;
}
