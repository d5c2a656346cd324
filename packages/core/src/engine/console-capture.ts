import { StringDecoder } from "node:string_decoder";
import { runningStep } from "../pipeline/running-step.ts";
import type { StepContext } from "../pipeline/types.ts";

type Stream = "stdout" | "stderr";
type Write = typeof process.stdout.write;

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
  readonly rest: Record<Stream, { text: string; decoder: StringDecoder }>;
}

const attempts = new WeakMap<StepContext, Attempt>();
let captures = 0;
let stray: StrayOutput = "as-is";
let restore: (() => void) | undefined;

/** From now on what the step of `context` prints goes to `sink`. @returns ends it, handing over an unfinished line */
export function capturePrints(context: StepContext, sink: PrintSink): () => void {
  const part = (): { text: string; decoder: StringDecoder } => ({ text: "", decoder: new StringDecoder("utf8") });
  const attempt: Attempt = { sink, rest: { stdout: part(), stderr: part() } };
  attempts.set(context, attempt);
  return () => {
    for (const stream of ["stdout", "stderr"] as const) {
      const { text, decoder } = attempt.rest[stream];
      const last = text + decoder.end();
      if (last !== "") sink.line(stream, last);
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
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ["stdout", "stderr"] as const) {
    const target = process[stream];
    const original = originals[stream].bind(target) as Write;
    target.write = ((chunk: string | Uint8Array, encoding?: BufferEncoding | ((error?: Error | null) => void), callback?: (error?: Error | null) => void): boolean => {
      const done = typeof encoding === "function" ? encoding : callback;
      const context = runningStep();
      const attempt = context && attempts.get(context);
      if (attempt) print(attempt, stream, chunk, typeof encoding === "string" ? encoding : undefined);
      if (attempt ? attempt.sink.passThrough : stray === "as-is") return original(chunk as string, encoding as BufferEncoding, callback);
      if (!attempt && stray === "stderr") return (originals.stderr.bind(process.stderr) as Write)(chunk as string, encoding as BufferEncoding, callback);
      if (done) process.nextTick(done);
      return true;
    }) as Write;
  }
  return () => {
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  };
}

function print({ sink, rest }: Attempt, stream: Stream, chunk: string | Uint8Array, encoding: BufferEncoding | undefined): void {
  const part = rest[stream];
  const text = typeof chunk === "string" ? (encoding && encoding !== "utf8" && encoding !== "utf-8" ? Buffer.from(chunk, encoding).toString() : chunk) : part.decoder.write(Buffer.from(chunk));
  const lines = (part.text + text).split(/\r?\n/);
  part.text = lines.pop()!;
  for (const line of lines) sink.line(stream, line);
}
