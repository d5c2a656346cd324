import assert from "node:assert/strict";
import { isZenError, type ZenError } from "@zen/core";

/** Asserts that work is refused as the contracts say: a ZenError with this code, that names what it is about and what to do. */
export async function refused(code: string, work: Promise<unknown>, ...names: readonly string[]): Promise<ZenError> {
  const error = await failure(work);
  assert.ok(isZenError(error), `a ZenError ${code} was expected, not ${String(error)}`);
  assert.equal(error.code, code, error.message);
  for (const name of names) assert.ok(error.message.includes(name), `the error ${code} should name ${name}: ${error.message}`);
  assert.ok(error.hint, `the error ${code} should say what to do next: ${error.message}`);
  return error;
}

/** What work rejects with. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  return assert.fail("it should have been refused, and wasn't");
}
