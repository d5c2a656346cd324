import { isatty } from "node:tty";
import { ZenError } from "@zen/core/light";
import type { ImportConflict } from "@zen/core/host";
import { questionOutput, writeLine } from "./output/terminal.ts";
import { session } from "./session.ts";

/**
 * What asks a person for another name where an import finds one taken, on standard error: standard output may be a pipe.
 *
 * @throws ZenError `no_terminal` where nobody can be asked
 */
export function askName(): (conflict: ImportConflict) => Promise<string> {
  if (session.json || !isatty(0) || !isatty(2)) {
    const why = session.json ? "--output json leaves no room for one" : "there is no terminal to ask on";
    throw new ZenError("no_terminal", `--interactive asks questions, and ${why}.`, {
      exitCode: 2,
      hint: "Say what becomes of names that are taken: --on-conflict rename, keep or replace",
    });
  }
  return async ({ type, name, problem }) => {
    const prompts = await import("@clack/prompts");
    const taken =
      type === "stack"
        ? `Stack \`${name}\` already exists. Please choose a different name.`
        : `A component of type '${type}' with the name '${name}' already exists, but is configured differently. Please choose a different name.`;
    // On a line of its own: the prompt breaks a long one badly.
    writeLine(2, problem ?? taken);
    const answer = await prompts.text({ message: `Another name for '${name}':`, output: questionOutput(), withGuide: false });
    if (prompts.isCancel(answer)) throw new ZenError("interrupted", "Interrupted. Nothing was changed.", { exitCode: 130 });
    return answer ?? "";
  };
}
