import { CATEGORIES, GROUPS } from "./groups.ts";
import { write } from "./output/terminal.ts";

/** `zen --help`: made from the table of groups alone, so that it is there at once. */
export function printRootHelp(): void {
  const width = Math.max(...GROUPS.map(({ name }) => name.length)) + 2;
  const sections = CATEGORIES.map((category) => {
    const lines = GROUPS.filter((group) => group.category === category).map(({ name, summary }) => `  ${name.padEnd(width)}${summary}\n`);
    return `${category}:\n${lines.join("")}\n`;
  });
  write(
    1,
    `Usage: zen <command> [options]

Stacks, components, pipelines and runs from a terminal.

${sections.join("")}Options of every command:
  --output <format>   "table" for people (default), "json" for programs
  --debug             show the stack of an error
  -h, --help          show what a command does, its options and an example
  -v, --version       show the version of zen

Examples:
  $ zen pipeline run pipeline.ts
  $ zen run describe
  $ zen stack list --output json

More about a command: zen help <command>
`,
  );
}
