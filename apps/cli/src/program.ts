import { Argument, Command, CommanderError, InvalidArgumentError, Option, type HelpConfiguration } from "commander";
import type { Candidates } from "./completion/candidates.ts";
import { columns, write } from "./output/terminal.ts";
import { session } from "./session.ts";
import { unknownCommand, unknownOption, usageError } from "./usage-error.ts";

/** A command with zen's manners: its help, its usage errors, and what can stand in its places. */
export class ZenCommand extends Command {
  /** What a shell may offer for an argument or an option's value. */
  readonly #candidates = new Map<Argument | Option, Candidates>();
  #examples: readonly string[] = [];
  #build: ((sub: ZenCommand) => unknown) | undefined;
  #later: { readonly name: string; readonly description: string; readonly build: (sub: ZenCommand) => unknown }[] = [];
  /** Of a root: what the command whose help has been shown goes on with. */
  #moreHelp: (() => Promise<void>) | undefined;

  constructor(name?: string) {
    super(name);
    // Not among the settings that a command has from its parent.
    this.helpCommand(false);
    this.hook("preSubcommand", (_, sub) => void (sub as ZenCommand).built());
  }

  override createCommand(name?: string): ZenCommand {
    return new ZenCommand(name);
  }

  /** A command below this one. */
  sub(nameAndArguments: string, description: string): ZenCommand;
  /**
   * The same, made when it is used or described: of the many commands of a component type, one is.
   *
   * @param build gives it its arguments, options and action
   */
  sub(name: string, description: string, build: (sub: ZenCommand) => unknown): void;
  sub(name: string, description: string, build?: (sub: ZenCommand) => unknown): ZenCommand | void {
    if (build === undefined) return this.command(name).description(description);
    this.#later.push({ name, description, build });
  }

  /** Makes what a command line with these words after this command needs. */
  prepare(words: readonly string[]): void {
    this.#buildOwn();
    // After an option there is no telling: it may take the next word, or be --help, which lists all.
    const used = this.#later.find(({ name }) => name === words[0]);
    if (used) this.#later = [used];
    this.built();
    if (used) (this.commands.at(-1) as ZenCommand).prepare(words.slice(1));
  }

  /** This command, with its arguments, options and action, and what is below it and was not made yet. */
  built(): this {
    this.#buildOwn();
    const later = this.#later;
    this.#later = [];
    for (const { name, description, build } of later) this.sub(name, description).#build = build;
    return this;
  }

  #buildOwn(): void {
    const build = this.#build;
    this.#build = undefined;
    build?.(this);
  }

  /** Command lines that show it at work. They end its help. */
  examples(...lines: readonly string[]): this {
    this.#examples = lines;
    return this.addHelpText("after", `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join("")}`.trimEnd());
  }

  get exampleLines(): readonly string[] {
    return this.#examples;
  }

  /** Goes on after its help with what takes a while to find out. @param more gets the arguments that were given */
  moreHelp(more: (words: readonly string[]) => Promise<void>): this {
    return this.addHelpText("after", () => {
      // The parser stops sorting words at --help.
      const words = this.args.filter((word) => word !== "--help" && word !== "-h");
      this.#root.#moreHelp = () => more(this.parseOptions(words).operands);
      return "";
    });
  }

  /** What {@link moreHelp} promised, if the help of such a command has been shown. Of a root. */
  async printMoreHelp(): Promise<void> {
    await this.#moreHelp?.();
  }

  get #root(): ZenCommand {
    return this.parent === null ? this : (this.parent as ZenCommand).#root;
  }

  /** An argument whose values a shell can offer. */
  argumentOf(name: string, description: string, candidates: Candidates): this {
    const argument = new Argument(name, description);
    this.#candidates.set(argument, candidates);
    return this.addArgument(argument);
  }

  /** An option whose values a shell can offer. */
  optionOf(flags: string, description: string, candidates: Candidates): this {
    const option = new Option(flags, description);
    this.#candidates.set(option, candidates);
    return this.addOption(option);
  }

  /** `--profile`, for commands that read or write a profile. */
  profileOption(): this {
    return this.optionOf("--profile <name>", "use this profile instead of the active one", { kind: "profile" });
  }

  /** `--profile` and `--stack`, for commands that use a stack's components. */
  stackOptions(): this {
    return this.profileOption().optionOf("--stack <name>", "use this stack instead of the active one", { kind: "stack" });
  }

  /** @param which those that a limit leaves */
  limitOption(which: "newest" | "first" = "newest"): this {
    return this.option("--limit <n>", `show the ${which} n only (default: all)`, positiveInteger);
  }

  /** `--yes`, for commands that `confirm`; and what ZenML called it before. */
  yesOption(): this {
    return this.option("-y, --yes", "don't ask").addOption(new Option("-f, --force").hideHelp());
  }

  candidatesOf(place: Argument | Option): Candidates | undefined {
    return this.#candidates.get(place);
  }

  /** `zen stack list`. */
  get path(): string {
    return this.parent ? `${(this.parent as ZenCommand).path} ${this.name()}` : this.name();
  }

  override help(context?: { error?: boolean } | ((text: string) => string)): never {
    const missing = typeof context === "object" && context.error === true;
    if (missing && session.json) throw usageError("missing_command", `${this.path} needs a command.`, this.path);
    write(missing ? 2 : 1, this.helpInformation());
    throw new CommanderError(missing ? 2 : 0, "zen.help", "");
  }

  override error(message: string, { code = "" }: { code?: string } = {}): never {
    const text = message.replace(/^error: /, "");
    const quoted = /'([^']*)'/.exec(text)?.[1] ?? "";
    const name = quoted.split(/[ ,]/).findLast((part) => part.startsWith("-")) ?? quoted;
    switch (code) {
      case "commander.unknownOption":
        throw unknownOption(quoted, this.#flags(), this.path);
      case "commander.unknownCommand":
        throw unknownCommand(
          quoted,
          this.commands.map((command) => command.name()),
          this.path,
        );
      case "commander.missingArgument":
        throw usageError("missing_argument", `${this.path} needs an argument: ${quoted.toUpperCase()}.`, this.path);
      case "commander.optionMissingArgument":
        throw usageError("missing_option_value", `The option ${name} needs a value.`, this.path);
      case "commander.excessArguments":
        throw usageError(
          "too_many_arguments",
          `${this.path} takes ${this.#takes()}, and there is more: ${this.args.slice(this.registeredArguments.length).join(" ")}.`,
          this.path,
        );
      case "commander.invalidArgument": {
        // Of an option: argument 'V' is invalid; of a command: command-argument value 'V' is invalid for argument 'NAME'.
        const [, value = "", argument, reason = ""] =
          /argument (?:value )?'(.*?)' is invalid(?: for argument '(.*?)')?\. (.*)$/s.exec(text) ?? [];
        throw usageError("invalid_option_value", `"${value}" is no value for ${argument?.toUpperCase() ?? name}. ${reason}`, this.path);
      }
      default:
        throw usageError("usage", `${text[0]!.toUpperCase()}${text.slice(1)}`, this.path);
    }
  }

  #flags(): string[] {
    const own = this.createHelp().visibleOptions(this);
    const global = this.createHelp().visibleGlobalOptions(this);
    return [...own, ...global].flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined && flag !== null));
  }

  #takes(): string {
    const count = this.registeredArguments.length;
    return count === 0 ? "no argument" : count === 1 ? "one argument" : `${count} arguments`;
  }
}

/** Parses and runs `argv`, whose first word is `group`. @returns the exit code */
export async function runGroup(group: ZenCommand, argv: readonly string[]): Promise<number> {
  const root = rootOf(group);
  group.prepare(argv.slice(1));
  try {
    await root.parseAsync(spelling(argv), { from: "user" });
    return session.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    await root.printMoreHelp();
    return error.exitCode;
  }
}

/** `zen` with this one group in it, and the options of every command. */
export function rootOf(group: ZenCommand): ZenCommand {
  const root = new ZenCommand("zen");
  root
    .addOption(new Option("--output <format>", "table for people, json for programs").choices(["table", "json"]))
    .option("--debug", "show the stack of an error");
  root
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpOption("-h, --help", "show this help")
    .configureHelp(HELP)
    .configureOutput({
      writeOut: (text) => write(1, text),
      writeErr: () => {},
      getOutHelpWidth: () => columns(1) ?? 80,
      getErrHelpWidth: () => columns(2) ?? 80,
    });
  root.addCommand(group);
  for (const command of family(group)) command.copyInheritedSettings(root);
  return root;
}

/** An argument without a description is one that another one's covers. */
const described = (command: Command): Argument[] => command.registeredArguments.filter(({ description }) => description !== "");

const HELP: HelpConfiguration = {
  showGlobalOptions: true,
  visibleArguments: described,
  subcommandTerm: (sub) =>
    [
      (sub as ZenCommand).built().name(),
      ...described(sub).map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`)),
    ].join(" "),
};

function family(command: ZenCommand): ZenCommand[] {
  return [command, ...(command.commands as ZenCommand[]).flatMap(family)];
}

/** As the documentation spells some options: `--container_registry`, and `-al`, which no parser takes for one option. */
function spelling(argv: readonly string[]): string[] {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return argv.map((word, at) => {
    if (at >= end) return word;
    if (argv[0] === "stack" && /^-al(=|$)/.test(word)) return word.replace("-al", "--alerter");
    return word.startsWith("--") ? word.replace(/^[^=]+/, (name) => name.replaceAll("_", "-")) : word;
  });
}

/** For a count on the command line. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

/** A day: a timer takes no more than 24 of them, and nobody waits that long. */
const MOST_SECONDS = 86_400;

/** For a time limit on the command line. */
export function seconds(text: string): number {
  const value = positiveInteger(text);
  if (value > MOST_SECONDS) throw new InvalidArgumentError(`It must be at most ${MOST_SECONDS} seconds, which is a day.`);
  return value;
}
