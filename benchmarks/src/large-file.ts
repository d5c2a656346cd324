import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { randomFillSync } from "node:crypto";
import path from "node:path";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { runProgram, scratchFolder } from "./scratch.ts";

const [GIBIBYTE, PAIRS] = [1 << 30, 5];
type Timed = { milliseconds: number; megabytes: number };

/** A file of 1 GiB as an artifact: through the whole engine, against a plain stream. */
export async function largeFile(): Promise<Figure[]> {
  // On tmpfs where there is one: writing gigabytes to a disk, each measurement would wait for the one before it.
  const folder = scratchFolder("tmpfs");
  const file = path.join(folder, "large.bin");
  makeFile(file);
  let megabytes = 0;
  const subject = (mode: "store" | "read"): number => {
    const config = scratchFolder("tmpfs");
    const timed = runProgram<Timed>("file-pipeline.ts", [mode, file], config);
    rmSync(config, { recursive: true });
    megabytes = Math.max(megabytes, timed.megabytes);
    return timed.milliseconds;
  };
  const reference = (mode: "store" | "read"): number => {
    const copy = path.join(folder, "copy.bin");
    const { milliseconds } = runProgram<Timed>("bare-file.ts", [mode, file, copy], "");
    rmSync(copy, { force: true });
    return milliseconds;
  };
  return [
    {
      name: "1 GiB stored",
      reference: "a stream that copies and hashes",
      value: await medianRatio(
        () => subject("store"),
        () => reference("store"),
        PAIRS,
      ),
      unit: "×",
      limit: 1.25,
    },
    {
      name: "1 GiB read back",
      reference: "a stream that reads and hashes",
      value: await medianRatio(
        () => subject("read"),
        () => reference("read"),
        PAIRS,
      ),
      unit: "×",
      limit: 1.25,
    },
    { name: "1 GiB, peak memory", reference: "", value: megabytes, unit: "MB", limit: 200 },
  ];
}

function makeFile(file: string): void {
  const chunk = randomFillSync(Buffer.alloc(1 << 22));
  const fd = openSync(file, "w");
  for (let written = 0; written < GIBIBYTE; written += chunk.length) {
    chunk.writeUInt32LE(written >>> 12);
    writeSync(fd, chunk);
  }
  closeSync(fd);
}
