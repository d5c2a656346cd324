import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isGone } from "../output/terminal.ts";
import type { LogOutput } from "./log-output.ts";

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const POLL_MILLISECONDS = 200;

/**
 * Reads a file that others write to. With `follow` it goes on as long as anybody reads: over a file that is cut short, it
 * begins anew; over one that takes its place, with the new one's beginning.
 *
 * @param options.tail only the last lines of what is there now
 */
export async function readLog(
  path: string,
  { tail, follow }: { readonly tail: number | undefined; readonly follow: boolean },
  output: LogOutput,
): Promise<void> {
  let file = await open(path);
  try {
    let position = tail === undefined ? 0 : await startOfTail(file, tail);
    for (;;) {
      position = await copyFrom(file, position, output);
      if (!follow || isGone(1)) return;
      const there = await stat(path).catch(() => undefined);
      const { ino, dev } = await file.stat();
      if (there !== undefined && (there.ino !== ino || there.dev !== dev)) {
        const next = await open(path).catch(() => undefined);
        if (next !== undefined) {
          // What the old one got last.
          await copyFrom(file, position, output);
          await file.close();
          file = next;
          position = 0;
          continue;
        }
      } else if (there !== undefined && there.size < position) position = 0;
      await sleep(POLL_MILLISECONDS);
    }
  } finally {
    await file.close();
  }
}

/** @returns where it ended */
async function copyFrom(file: FileHandle, start: number, output: LogOutput): Promise<number> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let position = start; ;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0 || isGone(1)) return position;
    output.bytes(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/** Where the last `lines` lines begin. */
async function startOfTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  const buffer = new Uint8Array(CHUNK_BYTES);
  let missing = lines;
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    for (let at = bytesRead - 1; at >= 0; at--) {
      // The last line's own end begins no other one.
      if (buffer[at] !== LINE_FEED || start + at === size - 1) continue;
      if (--missing === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
