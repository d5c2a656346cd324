import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";

/** An active profile or stack, and what made it the active one. */
export interface ActiveValue {
  readonly value: string;
  readonly source: "flag" | "environment" | "repository" | "global";
  /** The flag, the environment variable or the file. */
  readonly detail: string;
}

const FLAGS = { profile: "--profile", stack: "--stack" } as const;
/** The variables that choose a profile and a stack for a session. */
export const ACTIVATING_VARIABLES = { profile: "ZENML_ACTIVATED_PROFILE", stack: "ZENML_ACTIVATED_STACK" } as const;

/** What a flag or else the environment says; undefined if neither does. */
export function sessionValue(what: "profile" | "stack", flag: string | undefined, env: NodeJS.ProcessEnv): ActiveValue | undefined {
  if (flag !== undefined) return { value: flag, source: "flag", detail: FLAGS[what] };
  const variable = env[ACTIVATING_VARIABLES[what]];
  if (variable) return { value: variable, source: "environment", detail: ACTIVATING_VARIABLES[what] };
  return undefined;
}

/**
 * The error of a flag or a variable that names nothing.
 *
 * @param where such as ` in the profile "default"`
 */
export function unknownActive(
  what: "profile" | "stack",
  { value, source, detail }: ActiveValue,
  known: readonly string[],
  where = "",
): ZenError {
  const names = `The ${what}s are: ${known.join(", ")}.`;
  const hint = source === "environment" ? `${names} Set it to one of these, or forget it: unset ${detail}` : names;
  return new ZenError(
    `${what}_not_found`,
    `${detail} names the ${what} "${value}", which does not exist${where}.${didYouMean(value, known)}`,
    { exitCode: 2, hint },
  );
}
