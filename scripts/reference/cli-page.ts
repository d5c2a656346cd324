import { COMPONENT_TYPES } from "@zen/core/light";
import type { Group } from "../../apps/cli/src/groups.ts";
import type { ZenCommand } from "../../apps/cli/src/program.ts";
import type { CommandLine } from "./cli-sources.ts";
import { anchor, code, table } from "./markdown.ts";

const COMPONENTS = "Stack Components";
/** The component type whose commands stand for those of all. */
const SHOWN = "artifact-store";

/** `cli.md`: every command of zen. */
export async function cliPage({ groups, load }: CommandLine): Promise<string> {
  const commands = new Map<string, ZenCommand>();
  for (const group of groups) commands.set(group.name, await load(group));
  const shown = commands.get(SHOWN)!;
  for (const { command } of COMPONENT_TYPES) assertAlike(shown, commands.get(command)!);

  const sections = Object.entries(Object.groupBy(groups, ({ category }) => category)).map(([category, members]) =>
    category === COMPONENTS
      ? componentSection(shown)
      : [`## ${category}`, ...members.flatMap(({ name }) => commandSection(commands.get(name)!, 3))].join("\n\n"),
  );
  return [
    "# Command reference",
    "Every command of `zen`, its arguments and options, generated from the code. [Commands](../cli.md) shows them at work, and has exit codes and the form of JSON.",
    contents(groups),
    "## Options of every command",
    optionTable(shown.parent as ZenCommand),
    // Words that aren't a command's: main.ts knows them.
    "`zen help COMMAND` is `zen COMMAND --help`; `zen --version`, or `-v`, is `zen version`.",
    ...sections,
  ].join("\n\n");
}

function contents(groups: readonly Group[]): string {
  const rows = groups.flatMap(({ name, category, summary }) => {
    if (category !== COMPONENTS) return [[`[${code(`zen ${name}`)}](#${anchor(`zen ${name}`)})`, summary]];
    return name === SHOWN ? [[`[${code(`zen ${name}`)}, …](#${anchor(COMPONENTS)})`, "The components of each of the ten types"]] : [];
  });
  return table(["command", ""], rows);
}

function componentSection(shown: ZenCommand): string {
  return [
    `## ${COMPONENTS}`,
    "The same commands for each of the ten types. A type of contract 0 is experimental: zen has no flavor of it yet.",
    table(
      ["command", "what the type is for", "contract"],
      COMPONENT_TYPES.map(({ command, description, contract }) => [code(`zen ${command}`), description, String(contract)]),
    ),
    ...commandSection(shown, 3),
  ].join("\n\n");
}

/** A command under a heading of this level, and those below it one level deeper. */
function commandSection(command: ZenCommand, level: number): string[] {
  const help = command.createHelp();
  const below = command.commands as ZenCommand[];
  const args = help.visibleArguments(command);
  return [
    `${"#".repeat(level)} ${command.path}`,
    `${help.commandDescription(command)}.`,
    ...(below.length > 0 ? [] : [shell([help.commandUsage(command)])]),
    ...(args.length > 0
      ? [
          table(
            ["argument", ""],
            args.map((argument) => [code(argumentTerm(argument)), help.argumentDescription(argument)]),
          ),
        ]
      : []),
    ...(below.length > 0 ? [] : [optionTable(command)]),
    ...(below.length > 0 || command.exampleLines.length === 0 ? [] : ["Examples:", shell(command.exampleLines)]),
    ...below.flatMap((sub) => commandSection(sub, level + 1)),
  ].filter((part) => part !== "");
}

function argumentTerm(argument: ZenCommand["registeredArguments"][number]): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** The options that are this command's own: `--help` is every command's. */
function optionTable(command: ZenCommand): string {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => command.parent === null || long !== "--help");
  if (options.length === 0) return "";
  return table(
    ["option", ""],
    options.map((option) => [code(help.optionTerm(option)), help.optionDescription(option)]),
  );
}

function shell(lines: readonly string[]): string {
  return ["```sh", ...lines, "```"].join("\n");
}

/** The page shows one component type for all ten. */
function assertAlike(shown: ZenCommand, other: ZenCommand): void {
  const outline = (command: ZenCommand): string[] => [
    [command.path, ...command.registeredArguments.map(argumentTerm), ...command.options.map(({ flags }) => flags)].join(" "),
    ...(command.commands as ZenCommand[]).flatMap(outline),
  ];
  const expected = outline(shown).map((line) => line.replace(shown.path, other.path));
  const different = new Set(outline(other)).symmetricDifference(new Set(expected));
  if (different.size > 0)
    throw new Error(`The reference shows ${shown.path} for all component types, but ${other.path} differs: ${[...different].join("; ")}.`);
}
