import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeGcsBucket, startFakeGcsServer, startVersitygw, type RunningServer } from "@zen-tests/servers";
import type { Figure } from "./figure.ts";
import { medianRatio } from "./pairs.ts";
import { runProgram, scratchFolder } from "./scratch.ts";

const [LARGE_PAIRS, SMALL_PAIRS] = [5, 3];
/** Nine tenths of the SDK's throughput, and eight tenths for what is small. */
const [LARGE_LIMIT, SMALL_LIMIT] = [1 / 0.9, 1 / 0.8];

/** What `programs/<name>-transfer.ts` does: one large object, in MiB, or many small ones. */
export type Transfer = "put" | "get" | "put-small" | "get-small";
type Who = "zen" | "sdk";

interface Subject {
  readonly name: string;
  readonly program: string;
  readonly start: () => Promise<RunningServer>;
  /** How large the large object is. */
  readonly mebibytes: number;
  /** How many small ones. */
  readonly small: number;
}

const SUBJECTS: readonly Subject[] = [
  { name: "S3", program: "s3-transfer.ts", start: startVersitygw, mebibytes: 256, small: 5_000 },
  // fake-gcs-server takes no larger ones, and takes longer for each the more it has: 5,000 would measure nothing else.
  { name: "GCS", program: "gcs-transfer.ts", start: startGcs, mebibytes: 64, small: 1_000 },
];

async function startGcs(): Promise<RunningServer> {
  const server = await startFakeGcsServer("memory");
  await makeGcsBucket(server.url, "bench");
  return server;
}

/** Objects on servers of this machine: through the artifact store, against the SDK alone, on the same server. */
export async function objectStore(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const subject of SUBJECTS) figures.push(...(await measure(subject)));
  return figures;
}

async function measure({ name, program, start, mebibytes, small: objects }: Subject): Promise<Figure[]> {
  const transfer = ({ url }: RunningServer, who: Who, what: Transfer): number => {
    const amount = what.endsWith("small") ? objects : mebibytes;
    return runProgram<{ milliseconds: number }>(program, [who, what, url, amount], "").milliseconds;
  };
  /** On an empty server, because what it has may slow it down. */
  const put = async (who: Who, what: "put" | "put-small"): Promise<number> => {
    await using server = await start();
    return transfer(server, who, what);
  };
  await using filled = await start();
  for (const what of ["put", "put-small"] as const) transfer(filled, "sdk", what);
  const time = (who: Who, what: Transfer): number | Promise<number> =>
    what === "put" || what === "put-small" ? put(who, what) : transfer(filled, who, what);
  const ratio = (what: Transfer, pairs: number): Promise<number> =>
    medianRatio(
      () => time("zen", what),
      () => time("sdk", what),
      pairs,
    );
  const [large, small] = [`${mebibytes} MiB`, `${objects} small objects`];
  const lines = [
    [`${large} put on ${name}`, "the SDK's own upload", "put", LARGE_PAIRS, LARGE_LIMIT],
    [`${large} got from ${name}`, "the SDK's own download", "get", LARGE_PAIRS, LARGE_LIMIT],
    [`${small} put on ${name}`, "the SDK, as many at a time", "put-small", SMALL_PAIRS, SMALL_LIMIT],
    [`${small} got from ${name}`, "the SDK, as many at a time", "get-small", SMALL_PAIRS, SMALL_LIMIT],
  ] as const;
  const figures: Figure[] = [];
  for (const [line, reference, what, pairs, limit] of lines)
    figures.push({ name: line, reference, value: await ratio(what, pairs), unit: "×", limit });
  const value = await medianRatio(
    () => time("zen", "put"),
    () => copyFile(mebibytes),
    3,
  );
  return [...figures, { name: `${large} put on ${name}`, reference: "cp of a file", value, unit: "×", limit: null }];
}

/** How long `cp` takes. */
function copyFile(mebibytes: number): number {
  const folder = scratchFolder();
  const file = path.join(folder, "file");
  writeFileSync(file, Buffer.alloc(mebibytes << 20, 7));
  const start = performance.now();
  spawnSync("cp", [file, path.join(folder, "copy")]);
  const milliseconds = performance.now() - start;
  rmSync(folder, { recursive: true });
  return milliseconds;
}
