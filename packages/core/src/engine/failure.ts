import { fileURLToPath } from "node:url";
import { isZenError } from "../error/zen-error.ts";
import type { FailureRecord } from "../metadata/record.ts";
import { isOwnFile } from "../own-code.ts";

/** What a step threw, as it is recorded and shown: its message, and the frames that are the user's. */
export function failureOf(error: unknown): FailureRecord {
  if (isZenError(error)) return { name: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  if (error instanceof Error || isErrorLike(error)) {
    const stack = userFrames(error.stack);
    const message = error.message || `(${error.name || "an error"} without a message)`;
    return { name: error.name || "Error", message: message + causes(error), ...(stack === undefined ? {} : { stack }) };
  }
  let text: string;
  try {
    text = typeof error === "string" ? error : (JSON.stringify(error) ?? String(error));
  } catch {
    text = String(error);
  }
  return { name: "thrown", message: text };
}

/** A failure in lines: the message, the user's frames, and what to do. */
export function failureText({ message, stack, hint }: FailureRecord): string {
  const frames = stack?.split("\n").map((frame) => `    ${frame}`) ?? [];
  return [message, ...frames, ...(hint === undefined ? [] : [hint])].join("\n");
}

/** ` (cause: …)`, and the cause of that: often, as with `fetch failed`, only they say what went wrong. */
function causes(error: Error): string {
  const messages: string[] = [];
  let { cause } = error;
  // Node wraps the errors of several tries into one that says nothing itself.
  const inner = (value: unknown): unknown => (value instanceof AggregateError && value.message === "" ? value.errors[0] : value);
  for (cause = inner(cause); messages.length < 3 && isErrorLike(cause); cause = inner(cause.cause)) messages.push(cause.message);
  const said = messages.filter((message) => message !== "" && !error.message.includes(message));
  return said.length === 0 ? "" : ` (cause: ${said.join("; ")})`;
}

/** Errors of another realm (`node:vm`) aren't instances of ours. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === "object" && value !== null && typeof (value as Error).message === "string" && typeof (value as Error).name === "string"
  );
}

/** The frames of a stack trace without Node's and zen's own, one per line; undefined if none is left. */
export function userFrames(stack: string | undefined): string | undefined {
  const frames = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const users = frames.filter(
    (line) => !line.includes("node:internal") && !line.includes("(node:") && !isOurs(line) && !line.includes("(<anonymous>)"),
  );
  return users.length === 0 ? undefined : users.map((line) => line.trim()).join("\n");
}

function isOurs(frame: string): boolean {
  const location = /(?:\(|at (?:async )?)(file:\/\/[^)]+|\/[^)]+|[A-Za-z]:\\[^)]+)\)?$/.exec(frame.trim())?.[1];
  if (location === undefined) return false;
  try {
    const file = location.startsWith("file://") ? fileURLToPath(location.replace(/:\d+:\d+$/, "")) : location;
    return isOwnFile(file) || /[\\/]node_modules[\\/]@zen[\\/]/.test(file);
  } catch {
    return false;
  }
}
