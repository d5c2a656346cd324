import { ZenError } from "../error/zen-error.ts";
import type { Secret } from "./types.ts";

/**
 * A secret of the stack's secrets manager, as an input: resolved when the step runs, never stored, printed or logged.
 *
 * @param name the secret's name
 * @param key one of its keys; without one, its only key
 * @example call({ key: secret("openai", "api_key") })
 */
export function secret(name: string, key?: string): Secret {
  for (const part of key === undefined ? [name] : [name, key]) {
    if (typeof part !== "string" || part === "")
      throw new ZenError("bad_secret", "secret() takes the name of a secret and, perhaps, one of its keys: texts that aren't empty.", {
        exitCode: 2,
        hint: `Write secret("openai", "api_key").`,
      });
  }
  return Object.freeze({ "~zen": Object.freeze({ kind: "secret", contract: 1 } as const), name, ...(key === undefined ? {} : { key }) });
}
