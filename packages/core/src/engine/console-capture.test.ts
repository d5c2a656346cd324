import { afterEach, beforeEach, expect, test } from "vitest";
import { withRunningStep } from "../pipeline/running-step.ts";
import type { StepContext } from "../pipeline/types.ts";
import { capturePrints, watchConsole } from "./console-capture.ts";

// What would reach the terminal: in place of the two streams' own functions.
const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
let terminal: string[] = [];
beforeEach(() => {
  terminal = [];
  for (const stream of ["stdout", "stderr"] as const) {
    process[stream].write = (chunk: string | Uint8Array, encoding?: unknown, callback?: () => void) => {
      terminal.push(`${stream}: ${typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()}`);
      (typeof encoding === "function" ? (encoding as () => void) : callback)?.();
      return true;
    };
  }
});
afterEach(() => {
  process.stdout.write = originals.stdout;
  process.stderr.write = originals.stderr;
});

interface Step {
  readonly lines: string[];
  run(work: () => void): void;
  end(): void;
}

function step(passThrough = false): Step {
  const lines: string[] = [];
  const context = {} as StepContext;
  const end = capturePrints(context, { line: (stream, text) => lines.push(`${stream}: ${text}`), passThrough });
  return { lines, run: (work) => withRunningStep(context, work), end };
}

test("a step's prints are its lines, whole, also where they come in pieces", () => {
  const stop = watchConsole("stderr");
  const { lines, run, end } = step();
  run(() => {
    process.stdout.write("half ");
    process.stderr.write("a complaint\n");
    process.stdout.write("a line\r\nand ");
    const bytes = Buffer.from("é\n");
    process.stdout.write(bytes.subarray(0, 1));
    process.stdout.write(bytes.subarray(1));
    process.stdout.write("c3a4", "hex");
    process.stdout.write("\n\nno end");
  });
  expect(lines.filter((line) => line.startsWith("stdout"))).toEqual(["stdout: half a line", "stdout: and é", "stdout: ä", "stdout: "]);
  expect(lines.filter((line) => line.startsWith("stderr"))).toEqual(["stderr: a complaint"]);
  end();
  expect(lines.at(-1)).toBe("stdout: no end");
  expect(terminal).toEqual([]);
  stop();
});

test("steps that run at the same time don't mix, and what is printed outside of them goes where it should", () => {
  const [one, two] = [step(), step(true)];
  const stop = watchConsole("stderr");
  one.run(() => process.stdout.write("one, "));
  two.run(() => process.stdout.write("two\n"));
  process.stdout.write("stray\n");
  one.run(() => process.stdout.write("still one\n"));
  stop();
  process.stdout.write("after\n");
  expect(one.lines).toEqual(["stdout: one, still one"]);
  expect(two.lines).toEqual(["stdout: two"]);
  expect(terminal).toEqual(["stdout: two\n", "stderr: stray\n", "stdout: after\n"]);
});

test("stray prints may be discarded, and whoever waits for a write to be done is told", async () => {
  const stop = watchConsole("discard");
  const { run, end } = step();
  await new Promise<void>((done) => void process.stdout.write("stray\n", () => done()));
  await new Promise<void>((done) => run(() => void process.stdout.write("step\n", "utf8", () => done())));
  end();
  stop();
  expect(terminal).toEqual([]);
});

test("a progress bar leaves what a terminal shows in the end, and a million dots take no time", () => {
  const stop = watchConsole();
  const { lines, run, end } = step();
  const start = performance.now();
  run(() => {
    for (let percent = 0; percent <= 100; percent++) process.stdout.write(`\r${percent} %`);
    process.stdout.write("\n");
    for (let n = 0; n < 1_000_000; n++) process.stdout.write(".");
  });
  end();
  stop();
  expect(lines[0]).toBe("stdout: 100 %");
  expect(lines.slice(1).join("").replaceAll("stdout: ", "")).toBe(".".repeat(1_000_000));
  // Some 0.3 s; it took hours when each dot looked through those before it.
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("somebody else's patch outlives ours, and prints go on", () => {
  const stop = watchConsole();
  const ours = process.stdout.write;
  const theirs: typeof process.stdout.write = (chunk: string | Uint8Array) => ours.call(process.stdout, `theirs ${String(chunk)}`);
  process.stdout.write = theirs;
  stop();
  expect(process.stdout.write).toBe(theirs);
  process.stdout.write("print\n");
  expect(terminal).toEqual(["stdout: theirs print\n"]);
});
