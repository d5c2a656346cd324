import { isZenError } from "../error/zen-error.ts";
import type { FlavorEntry } from "../flavor/flavor-entry.ts";
import { loadFlavor } from "../flavor/load.ts";

/** Why the class of a flavor can't be used. */
export interface FlavorFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Imports the class of a flavor and holds it against its manifest: runs its code. Undefined if it is fit for use. */
export async function tryFlavor(entry: FlavorEntry): Promise<FlavorFailure | undefined> {
  try {
    await loadFlavor(entry);
    return undefined;
  } catch (error) {
    if (!isZenError(error)) throw error;
    const { reason } = error.details as { reason?: unknown };
    return { code: typeof reason === "string" ? reason : error.code, message: error.message, hint: error.hint ?? "" };
  }
}
