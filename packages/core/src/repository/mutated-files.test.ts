import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("./mutated-files.fixture.ts", import.meta.url));
/** Every beginning of the file is one of these; the others are chosen by the seed, and the case's number. */
const CASES = 1_700;
/** A hundred cases take a second, where nothing else runs. */
const HANG_MS = 60_000;
const SEED = Number(process.env["ZEN_SEED"] ?? 20_240_229);

interface Tally {
  readonly cases: number;
  readonly opened: number;
  readonly changed: number;
}

/** Runs the cases in a process of its own, so that one that hangs, or that ends the process, is seen. */
async function mutate(file: string): Promise<{ problems: unknown[]; tally: Tally | undefined }> {
  const child = spawn(process.execPath, [PROGRAM, file, SEED, 0, CASES].map(String), { stdio: ["ignore", "pipe", "pipe"] });
  const problems: unknown[] = [];
  let tally: Tally | undefined;
  let done = 0;
  const hangs = (): void => {
    problems.push(`It hangs after case ${done} of ZEN_SEED=${SEED}.`);
    child.kill("SIGKILL");
  };
  let watch = setTimeout(hangs, HANG_MS);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watch);
    watch = setTimeout(hangs, HANG_MS);
    const said = JSON.parse(line) as { done?: number; tally?: Tally };
    if (said.done !== undefined) done = said.done;
    else if (said.tally !== undefined) tally = said.tally;
    else problems.push(said);
  }
  clearTimeout(watch);
  if (stderr !== "") problems.push(stderr);
  return { problems, tally };
}

test.concurrent.each([
  "config/config.yaml",
  "config/profiles/default/stacks.yaml",
  "config/profiles/default/zen.yaml",
  "config/profiles/default/artifact_stores/spare.yaml",
  "repository/.zen/config.yaml",
  "repository/legacy/.zen/config.yaml",
])(`%s, broken in ${CASES} ways, either works or is refused in words, and then nothing changes`, { timeout: 300_000 }, async (file) => {
  const { problems, tally } = await mutate(file);
  expect(problems.slice(0, 5), `ZEN_SEED=${SEED}`).toEqual([]);
  expect(tally?.cases).toBe(CASES);
  // Otherwise the mutations were too wild, or too tame.
  expect(tally!.changed).toBeGreaterThan(CASES / 20);
});
