import { COMPONENT_TYPES } from "@zen/core/light";
import { expect, test } from "vitest";
import type { Group } from "../../apps/cli/src/groups.ts";
import { rootOf, ZenCommand } from "../../apps/cli/src/program.ts";
import { cliPage } from "./cli-page.ts";
import type { CommandLine } from "./cli-sources.ts";

function group(category: Group["category"], make: () => ZenCommand): Group {
  const command = make();
  return { name: command.name(), category, summary: command.description(), load: () => Promise.resolve(make()) };
}

function component(name: string, more: (command: ZenCommand) => unknown = () => {}): Group {
  return group("Stack Components", () => {
    const command = new ZenCommand(name).description(`Of ${name}`);
    command.sub("delete <name>", `Delete one of ${name}`).argument("<name>", "which").examples(`zen ${name} delete old`);
    more(command);
    return command;
  });
}

function commandLine(components: readonly Group[]): CommandLine {
  const copy = (): ZenCommand =>
    new ZenCommand("copy")
      .description("Copy a thing")
      .argument("<from>", "what, or FILE|-")
      .argument("[more...]", "and these")
      .option("--times <n>", "how often", "1")
      .examples("zen copy a", "zen copy a b");
  return {
    groups: [...components, group("Other Commands", copy)],
    load: async (one) => {
      const command = await one.load();
      rootOf(command);
      return command;
    },
  };
}

test("has each command with its usage, arguments, options with defaults, and examples; one component type stands for all", async () => {
  const page = await cliPage(commandLine(COMPONENT_TYPES.map(({ command }) => component(command))));
  expect(page).toContain(`### zen copy

Copy a thing.

\`\`\`sh
zen copy [options] <from> [more...]
\`\`\`

| argument |  |
| - | - |
| \`<from>\` | what, or FILE\\|- |
| \`[more...]\` | and these |

| option |  |
| - | - |
| \`--times <n>\` | how often (default: "1") |

Examples:

\`\`\`sh
zen copy a
zen copy a b
\`\`\``);
  expect(page.match(/^#+ .*$/gm)).toEqual([
    "# Command reference",
    "## Options of every command",
    "## Stack Components",
    "### zen artifact-store",
    "#### zen artifact-store delete",
    "## Other Commands",
    "### zen copy",
  ]);
  for (const { command } of COMPONENT_TYPES) expect(page).toContain(`| \`zen ${command}\` | `);
});

test("refuses to show one component type for all when they differ", async () => {
  const components = COMPONENT_TYPES.map(({ command }) =>
    component(command, (made) => (command === "alerter" ? made.sub("send", "Send a message").option("--to <name>", "to whom") : undefined)),
  );
  await expect(cliPage(commandLine(components))).rejects.toThrow(
    "The reference shows zen artifact-store for all component types, but zen alerter differs: zen alerter send --to <name>.",
  );
});
