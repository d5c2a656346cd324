import { candidatesFor } from "../completion/complete-line.ts";
import { write } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";

/** `zen __complete -- WORD…`: what the scripts of `zen completion` ask. The last word is unfinished, and may be empty. */
export function completeCommand(): ZenCommand {
  return new ZenCommand("__complete")
    .description("What could come next on a command line")
    .argument("[words...]", "the words after zen")
    .action(async (words: string[]) => {
      const lines = await candidatesFor(words);
      write(1, lines.map((line) => `${line}\n`).join(""));
    });
}
