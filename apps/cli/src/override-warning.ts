import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";

const VARIABLES = { profile: "ZENML_ACTIVATED_PROFILE", stack: "ZENML_ACTIVATED_STACK" } as const;

/** Says that what was just made active doesn't count yet, because a variable of this session names another. */
export function warnIfOverridden(what: "profile" | "stack", name: string): void {
  const value = process.env[VARIABLES[what]];
  if (!value || value === name) return;
  notice(styled(2, "yellow", `${VARIABLES[what]} is set to '${value}' and wins in this session. To forget it: unset ${VARIABLES[what]}`));
}
