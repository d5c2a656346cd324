import { ZenError } from "../error/zen-error.ts";

/** Refuses what comes with the first secrets manager. @param asked as the beginning of a sentence: `Step "a" takes the secret "b"` */
export function noSecretsManager(asked: string): ZenError {
  return new ZenError("no_secrets_manager", `${asked}, and this version of zen has no secrets manager to offer.`, {
    hint: "Let the step read it from the environment for now: process.env.NAME.",
  });
}
