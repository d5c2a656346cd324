import { homedir } from "node:os";
import path from "node:path";
import * as z from "zod";

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/**
 * A config field that is an absolute path. What is registered is used from any folder later, so a path that depends on the
 * working directory is refused, together with the one to write instead. URLs pass: the base class speaks of schemes.
 */
export function absolutePath(description: string): z.ZodString {
  return z
    .string()
    .min(1, { error: "it is empty", abort: true })
    .refine((text) => path.isAbsolute(text) || SCHEME.test(text), {
      error: ({ input }) => `"${String(input)}" is not an absolute path, write ${resolved(String(input))}`,
    })
    .meta({ description });
}

/** What the path most likely means: files and forms don't expand `~` as a shell does. */
function resolved(text: string): string {
  return text === "~" || text.startsWith("~/") ? path.join(homedir(), text.slice(1)) : path.resolve(text);
}
