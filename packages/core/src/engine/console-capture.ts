import { StringDecoder } from "node:string_decoder";
import { runningStep } from "../pipeline/running-step.ts";
import type { StepContext } from "../pipeline/types.ts";

type Stream = "stdout" | "stderr";
type Done = (error?: Error | null) => void;

/** Where the prints of one attempt go. */
export interface PrintSink {
  /** Whole lines, without their ends. */
  line(stream: Stream, text: string): void;
  /** Whether what is printed also goes where it would go without zen. */
  readonly passThrough: boolean;
}

/** What happens to prints outside of steps, such as those of a pipeline file while it is imported. */
export type StrayOutput = "as-is" | "stderr" | "discard";

interface Attempt {
  readonly sink: PrintSink;
  /** What was printed after the last end of a line. Made when something is printed: most steps print nothing. */
  readonly rest: Partial<Record<Stream, { text: string; readonly decoder: StringDecoder }>>;
}

/** In characters: what is printed without an end of line comes in parts of this length. */
const LONGEST_LINE = 64 * 1024;

const attempts = new WeakMap<StepContext, Attempt>();
let captures = 0;
let stray: StrayOutput = "as-is";
let restore: (() => void) | undefined;

/** From now on what the step of `context` prints goes to `sink`. @returns ends it, handing over an unfinished line */
export function capturePrints(context: StepContext, sink: PrintSink): () => void {
  const attempt: Attempt = { sink, rest: {} };
  attempts.set(context, attempt);
  return () => {
    for (const stream of ["stdout", "stderr"] as const) {
      const part = attempt.rest[stream];
      const last = part ? part.text + part.decoder.end() : "";
      if (last !== "") sink.line(stream, shown(last));
    }
    attempts.delete(context);
  };
}

/**
 * Watches the process's two output streams, as long as any run or import is under way. Only whole-process patching sees
 * what libraries print.
 *
 * @returns ends it
 */
export function watchConsole(strayOutput: StrayOutput = "as-is"): () => void {
  const before = stray;
  if (strayOutput !== "as-is") stray = strayOutput;
  captures++;
  restore ??= patch();
  return () => {
    stray = before;
    if (--captures > 0) return;
    restore?.();
    restore = undefined;
  };
}

function patch(): () => void {
  // oxlint-disable-next-line typescript/unbound-method -- put back as they were, and called with their stream
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  const patched = { ...originals };
  for (const stream of ["stdout", "stderr"] as const) {
    const target = process[stream];
    target.write = patched[stream] = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, callback?: Done): boolean => {
      const done = typeof encoding === "function" ? encoding : callback;
      const context = runningStep();
      const attempt = context && attempts.get(context);
      if (attempt) print(attempt, stream, chunk, typeof encoding === "string" ? encoding : undefined);
      if (attempt ? attempt.sink.passThrough : stray === "as-is")
        return originals[stream].call(target, chunk, encoding as BufferEncoding, callback);
      if (!attempt && stray === "stderr") return originals.stderr.call(process.stderr, chunk, encoding as BufferEncoding, callback);
      if (done) process.nextTick(done);
      return true;
    };
  }
  return () => {
    // Whoever patched it later keeps what it has: with no step running, what is printed goes on as it is.
    for (const stream of ["stdout", "stderr"] as const)
      if (process[stream].write === patched[stream]) process[stream].write = originals[stream];
  };
}

function print({ sink, rest }: Attempt, stream: Stream, chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
  const part = (rest[stream] ??= { text: "", decoder: new StringDecoder("utf8") });
  const text =
    typeof chunk === "string"
      ? encoding && encoding !== "utf8" && encoding !== "utf-8"
        ? Buffer.from(chunk, encoding).toString()
        : chunk
      : part.decoder.write(Buffer.from(chunk));
  // Only what is new is searched: a step may print a million dots on one line.
  let from = 0;
  for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
    sink.line(stream, shown(part.text + text.slice(from, end)));
    part.text = "";
    from = end + 1;
  }
  part.text += text.slice(from);
  if (part.text.length < LONGEST_LINE) return;
  sink.line(stream, shown(part.text));
  part.text = "";
}

/** A line as a terminal shows it in the end: a progress bar goes back and writes over what was there. */
function shown(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
}
