import type { Argument, Option } from "commander";
import { GROUPS } from "../groups.ts";
import type { ZenCommand } from "../program.ts";
import type { Candidates, KnownNames } from "./candidates.ts";

/** `name`, or `name<tab>description`; or a lone `:file`, `:folder` where the shell knows better. */
type Line = string;

/** What could stand in the place of the last of `words`, which are those after `zen`. Never fails: a shell can't show why. */
export async function candidatesFor(words: readonly string[]): Promise<Line[]> {
  const current = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const start = before.findIndex((word, i) => !word.startsWith("-") && before[i - 1] !== "--output");
  if (start === -1) return matching(topLevel(current), current);
  if (before[start] === "help") return matching(topLevel(""), current);
  const group = GROUPS.find(({ name }) => name === before[start]);
  if (!group) return [];
  try {
    const command = await group.load();
    const words = before.slice(start + 1);
    command.prepare(words);
    return await within(command, words, current);
  } catch {
    return [];
  }
}

function topLevel(current: string): Line[] {
  if (current.startsWith("-"))
    return ["--help\tshow the help", "--version\tshow the version", "--output\ttable or json", "--debug\tshow the stack of an error"];
  return [...GROUPS.map(({ name, summary }) => `${name}\t${summary}`), "help\tMore about a command"];
}

async function within(group: ZenCommand, before: readonly string[], current: string): Promise<Line[]> {
  let at = group;
  let positional = 0;
  let open: Option | undefined;
  for (const word of before) {
    if (open) {
      open = undefined;
      continue;
    }
    if (word.startsWith("-")) {
      const option = await optionOf(at, group, word);
      open = option?.required === true ? option : undefined;
      continue;
    }
    const child = at.commands.find((sub) => sub.name() === word) as ZenCommand | undefined;
    if (child) at = child.built();
    else positional++;
  }
  if (open) return values(at, open, current);
  const assigned = /^(--[^=]+)=(.*)$/s.exec(current);
  if (assigned) {
    const option = await optionOf(at, group, assigned[1]!);
    const found = option ? await values(at, option, assigned[2]!) : [];
    return found[0]?.startsWith(":") ? found : found.map((line) => `${assigned[1]}=${line}`);
  }
  if (current.startsWith("-"))
    return matching(
      (await optionsOf(at, group)).map(({ long, description }) => `${long}\t${description}`),
      current,
    );
  if (at.commands.length > 0)
    return matching(
      at.commands.map((sub) => `${sub.name()}\t${sub.description()}`),
      current,
    );
  const last = at.registeredArguments.at(-1);
  const argument = at.registeredArguments[positional] ?? (last?.variadic === true ? last : undefined);
  return argument ? values(at, argument, current) : [];
}

/** A command's own options first: those of every command take a while to make. */
async function optionOf(command: ZenCommand, group: ZenCommand, word: string): Promise<Option | undefined> {
  const isCalled = ({ long, short }: Option): boolean => word === long || word === short;
  return command.options.find(isCalled) ?? (await optionsOf(command, group)).find(isCalled);
}

async function optionsOf(command: ZenCommand, group: ZenCommand): Promise<Option[]> {
  (await import("../program.ts")).rootOf(group);
  const help = command.createHelp();
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

async function values(command: ZenCommand, place: Argument | Option, current: string): Promise<Line[]> {
  const candidates = command.candidatesOf(place);
  return candidates ? await named(candidates, current) : matching(place.argChoices ?? [], current);
}

async function named(candidates: Candidates, current: string): Promise<Line[]> {
  return candidates.kind === "path" ? [`:${candidates.what}`] : matching(await known(candidates), current);
}

async function known(candidates: KnownNames): Promise<Line[]> {
  const { openQuietly } = await import("../light.ts");
  const context = await openQuietly({}, () => {});
  switch (candidates.kind) {
    case "profile":
      return context.profiles.map(({ name }) => name);
    case "stack":
      return (await context.store.listStacks()).map(({ name }) => name);
    case "component":
      return (await context.store.listComponents(candidates.type)).map(({ name, flavor }) => `${name}\t${flavor}`);
    case "integration":
      return (await context.flavors()).packages.map((one) => `${one.package}\t${one.description}`);
    case "flavor":
      return (await context.flavors()).flavors
        .filter(({ type, problem }) => type === candidates.type && problem === undefined)
        .map(({ flavor, description }) => `${flavor}\t${description}`);
  }
}

function matching(lines: readonly Line[], current: string): Line[] {
  return lines.filter((line) => line.startsWith(current));
}
