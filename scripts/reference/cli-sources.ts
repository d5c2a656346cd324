import { registerHooks } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Group } from "../../apps/cli/src/groups.ts";
import type { ZenCommand } from "../../apps/cli/src/program.ts";
import { ROOT } from "../workspace.ts";

const FOLDER = path.join(ROOT, "apps", "cli");

export interface CommandLine {
  readonly groups: readonly Group[];
  /** A group's command as a whole command line has it, with the options of every command. */
  readonly load: (group: Group) => Promise<ZenCommand>;
}

/** The CLI's commands, from its sources: its build shows nothing but `main`. */
export async function commandLine(): Promise<CommandLine> {
  const sources = `${pathToFileURL(path.join(FOLDER, "src")).href}/`;
  // They are modules in a CommonJS package, which they become by being bundled into dist.
  registerHooks({
    load: (url, context, next) => next(url, url.startsWith(sources) ? { ...context, format: "module-typescript" } : context),
  });
  Object.assign(globalThis, { __dirname: path.join(FOLDER, "dist") });
  const { GROUPS } = await import("../../apps/cli/src/groups.ts");
  const { rootOf } = await import("../../apps/cli/src/program.ts");
  return {
    groups: GROUPS,
    load: async (group) => {
      const command = await group.load();
      rootOf(command);
      buildAll(command);
      return command;
    },
  };
}

function buildAll(command: ZenCommand): void {
  for (const sub of command.built().commands) buildAll(sub as ZenCommand);
}
