import { Argument } from "commander";
import { printDone } from "../output/answer.ts";
import { write } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { SCRIPTS, type Shell } from "../completion/scripts.ts";

/** `zen completion SHELL` */
export function completionCommand(): ZenCommand {
  return new ZenCommand("completion")
    .description("Print a script that completes commands, options and names in your shell")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)))
    .examples(
      'eval "$(zen completion bash)"     # in ~/.bashrc',
      'eval "$(zen completion zsh)"      # in ~/.zshrc, after compinit',
      "zen completion fish > ~/.config/fish/completions/zen.fish",
    )
    .action((shell: Shell) => {
      const script = SCRIPTS[shell];
      if (session.json) printDone([], { shell, script });
      else write(1, script);
    });
}
