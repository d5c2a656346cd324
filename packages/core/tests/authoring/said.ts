import { isZenError } from "../../src/error/zen-error.ts";

/** What a call is refused with, as a person reads it: code, message and hint, whole. */
export function said(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return told(error);
  }
  return "nothing: it was accepted";
}

/** The same of a call that is refused later. */
export async function saidLater(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (error) {
    return told(error);
  }
  return "nothing: it was accepted";
}

function told(error: unknown): string {
  if (!isZenError(error)) return `not a ZenError: ${String(error)}`;
  return [`${error.code}, exit ${error.exitCode}`, error.message, ...(error.hint === undefined ? [] : [error.hint])].join("\n");
}
