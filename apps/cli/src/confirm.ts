import { isatty } from "node:tty";
import { ZenError } from "@zen/core/light";
import { questionOutput, styled, writeLine } from "./output/terminal.ts";
import { session } from "./session.ts";

/** What `yesOption` adds to a command's flags. */
export interface YesFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
}

/**
 * Asks before something is done that can't be undone. What shells and scripts can rely on:
 * - `--yes` answers, and nothing is printed for it;
 * - a yes goes on; a no changes nothing, says so, and is no failure: exit code 0, as the person got what they wanted;
 * - Ctrl-C and Escape change nothing either, and end with 130;
 * - where nobody can be asked (standard input or standard error is no terminal, or the answer is to be JSON) nothing is
 *   done without `--yes`: exit code 2, with the line to type. So a script never hangs, and never destroys by surprise.
 *
 * The question is asked on standard error: standard output may be a pipe.
 *
 * @param consequence what a yes does, as a sentence
 * @param command the command line that was typed, without `--yes`
 * @returns whether to go on
 */
export async function confirm(consequence: string, { yes = false, force = false }: YesFlags, command: string): Promise<boolean> {
  if (force && !session.json) writeLine(2, styled(2, "yellow", "The `--force` flag will soon be deprecated. Use `--yes` or `-y` instead."));
  if (yes || force) return true;
  if (session.json || !isatty(0) || !isatty(2)) {
    const why = session.json ? "--output json leaves no room for a question" : "there is no terminal to ask on";
    throw new ZenError("confirmation_needed", `${consequence} That has to be confirmed, and ${why}.`, {
      exitCode: 2,
      hint: `If you are sure: ${command} --yes`,
    });
  }
  const prompts = await import("@clack/prompts");
  // On a line of its own: the prompt breaks a long one badly.
  writeLine(2, consequence);
  // A line and not a key: whatever was typed ahead, or meant for another window, is no yes.
  const answer = await prompts.text({
    message: "Are you sure you want to proceed? [y/n]",
    output: questionOutput(),
    withGuide: false,
  });
  if (prompts.isCancel(answer)) throw new ZenError("interrupted", "Interrupted. Nothing was changed.", { exitCode: 130 });
  const sure = /^y(es)?$/i.test((answer ?? "").trim());
  if (!sure) writeLine(1, "Nothing was changed.");
  return sure;
}
