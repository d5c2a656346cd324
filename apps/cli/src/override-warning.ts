import { ACTIVATING_VARIABLES } from "@zen/core/light";
import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";

/** Says that what was just made active doesn't count yet, because a variable of this session names another. */
export function warnIfOverridden(what: "profile" | "stack", name: string): void {
  const variable = ACTIVATING_VARIABLES[what];
  const value = process.env[variable];
  if (!value || value === name) return;
  notice(styled(2, "yellow", `${variable} is set to '${value}' and wins in this session. To forget it: unset ${variable}`));
}
