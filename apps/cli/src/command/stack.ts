import {
  assertDeletable,
  COMPONENT_TYPES,
  componentType,
  copyStack,
  deleteStack,
  ownComponents,
  renameStack,
  type ComponentType,
  type ComponentTypeInfo,
  type StackRecord,
} from "@zen/core/light";
import { Option } from "commander";
import { commandLine } from "../command-line.ts";
import type { YesFlags } from "../confirm.ts";
import { activeStackName, openHere, openQuietly, TYPES_BY_NAME } from "../light.ts";
import { printDone, printList } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { warnIfOverridden } from "../override-warning.ts";
import { ACTIVE_MARK, printTable } from "../output/table.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { addStackCheck } from "./check.ts";
import { addStackLifeCycle } from "./life-cycle.ts";
import { addStackFileCommands } from "./stack-file.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** Options of {@link partOptions}, by the property of a stack. */
type PartFlags = ProfileFlags & Readonly<Record<string, string | boolean | undefined>>;

/** `zen stack …` */
export function stackCommand(): ZenCommand {
  const stack = new ZenCommand("stack")
    .description("Register stacks, share them, and choose the active one")
    .examples("zen stack list", "zen stack register custom -m default -a default -o default", "zen stack set custom")
    .hook("preAction", () => void (session.aboutRepository = true));
  addReading(stack);
  addRegister(stack);
  addChanging(stack);
  addStackCheck(stack);
  addStackLifeCycle(stack);
  addStackFileCommands(stack);
  return stack;
}

function addReading(stack: ZenCommand): void {
  stack
    .sub("list", "List the stacks of the active profile")
    .limitOption("first")
    .profileOption()
    .examples("zen stack list", "zen stack list --output json")
    .action(async ({ limit, profile }: ProfileFlags & { limit?: number }) => {
      const context = await openHere({ profile });
      const stacks = await context.store.listStacks();
      const active = await activeStackName(context);
      const types = TYPES_BY_NAME.filter(({ type }) => stacks.some(({ components }) => components[type] !== undefined));
      await printList(
        stacks.slice(0, limit).map((record) => entry(record, active)),
        {
          empty: "No stacks registered!",
          columns: ["ACTIVE", "STACK NAME", ...types.map(({ type }) => type.toUpperCase())],
          row: (record) => [record.active ? ACTIVE_MARK : "", record.name, ...types.map(({ type }) => record[type] ?? "")],
        },
      );
    });

  stack
    .sub("describe", "Describe a stack")
    .argumentOf("[name]", "the stack (default: the active one)", { kind: "stack" })
    .profileOption()
    .examples("zen stack describe", "zen stack describe custom")
    .action(async (name: string | undefined, { profile }: ProfileFlags) => {
      const context = await openHere({ profile });
      const active = name === undefined ? (await context.activeStack()).value : await activeStackName(context);
      const record = await context.store.requireStack(name ?? active!);
      if (session.json) return printJson(entry(record, active));
      await printTable({
        title: "Stack Configuration",
        columns: ["COMPONENT_TYPE", "COMPONENT_NAME"],
        rows: TYPES_BY_NAME.flatMap(({ type }) =>
          record.components[type] === undefined ? [] : [[type.toUpperCase(), record.components[type]]],
        ),
        caption: `'${record.name}' stack${record.name === active ? " (ACTIVE)" : ""}`,
        description: true,
      });
    });

  stack
    .sub("get", "Show the name of the active stack")
    .profileOption()
    .examples("zen stack get")
    .action(async ({ profile }: ProfileFlags) => {
      const { value } = await (await openHere({ profile })).activeStack();
      printDone([`The active stack is: '${value}'`], { name: value });
    });

  stack
    .sub("set", "Make a stack the active one, here in a repository, else everywhere")
    .argumentOf("<name>", "the stack", { kind: "stack" })
    .option("-g, --global", "everywhere, also in a repository")
    .profileOption()
    .examples("zen stack set custom", "zen stack set custom --global")
    .action(async (name: string, { global = false, profile }: ProfileFlags & { global?: boolean }) => {
      const context = await openHere({ profile });
      const scope = await context.setActiveStack(name, { global });
      printDone([`Active ${global ? "global " : ""}stack set to: '${name}'`], { name, scope });
      warnIfOverridden("stack", name);
    });
}

function addRegister(stack: ZenCommand): void {
  partOptions(
    stack
      .sub("register", "Register a stack, made of components that are registered")
      .argument("<name>", "the new stack")
      .examples(
        "zen stack register custom -m default -a default -o default",
        "zen stack register team -o default -a shared-disk -m default --set",
      ),
    { required: true },
  )
    .option("--set", "make it the active stack")
    .profileOption()
    .action(async (name: string, flags: PartFlags) => {
      const { profile } = flags;
      assertComplete(flags);
      if (flags["set"] === true) (await openQuietly({ profile }, () => {})).assertSettable(name);
      const { withProject } = await import("../project.ts");
      await withProject({ profile }, (project) => project.registerStack({ name, components: partsOf(flags) }));
      const context = await openQuietly({ profile }, () => {});
      if (flags["set"] === true) await context.setActiveStack(name);
      printDone(
        [
          `Registered stack with name '${name}'.`,
          `Stack '${name}' successfully registered!`,
          ...(flags["set"] === true ? [`Active stack set to: '${name}'`] : []),
        ],
        entry(await context.store.requireStack(name), await activeStackName(context)),
      );
    });
}

function addChanging(stack: ZenCommand): void {
  partOptions(
    stack
      .sub("update", "Give a stack other components, or more of them")
      .argumentOf("[name]", "the stack (default: the active one)", { kind: "stack" })
      .examples("zen stack update -a shared-disk", "zen stack update team --alerter slack"),
    { required: false },
  )
    .profileOption()
    .action(async (given: string | undefined, flags: PartFlags) => {
      const set = partsOf(flags);
      if (Object.keys(set).length === 0)
        throw usageError("missing_option", "Say which components the stack is to have, such as --artifact-store NAME.", "zen stack update");
      await editStack(given, flags.profile, { set });
    });

  const removal: ZenCommand = stack
    .sub("remove-component", "Take components out of a stack")
    .argumentOf("[name]", "the stack (default: the active one)", { kind: "stack" })
    .examples("zen stack remove-component --alerter", "zen stack remove-component team -c -x");
  // What no stack can be without is known too, so that the error can say so.
  for (const row of COMPONENT_TYPES)
    removal.addOption(new Option(flagsOf(row), `its ${row.label}${alsoShort(row)}`).hideHelp(row.required));
  removal.profileOption().action(async (given: string | undefined, flags: PartFlags) => {
    const remove = COMPONENT_TYPES.filter(({ property }) => flags[property] === true).map(({ type }) => type);
    if (remove.length === 0)
      throw usageError("missing_option", "Say which component to take out, such as --alerter.", "zen stack remove-component");
    await editStack(given, flags.profile, { remove });
  });

  stack
    .sub("rename", "Give a stack another name")
    .argumentOf("<old>", "the stack", { kind: "stack" })
    .argument("<new>", "its new name")
    .profileOption()
    .examples("zen stack rename custom team")
    .action(async (name: string, to: string, { profile }: ProfileFlags) => {
      const context = await openHere({ profile });
      await renameStack(context, name, to);
      printDone([`Stack \`${name}\` successfully renamed as \`${to}\`!`], await stored(to, profile));
    });

  stack
    .sub("copy", "Register a second stack of the same components")
    .argumentOf("<source>", "the stack", { kind: "stack" })
    .argument("<target>", "the name of the copy")
    .profileOption()
    .examples("zen stack copy default experiment")
    .action(async (name: string, to: string, { profile }: ProfileFlags) => {
      const context = await openHere({ profile });
      await copyStack(context, name, to);
      printDone([`Stack \`${name}\` successfully copied to \`${to}\`!`], await stored(to, profile));
    });

  stack
    .sub("delete", "Delete a stack that isn't active; its components stay")
    .argumentOf("<name>", "the stack", { kind: "stack" })
    .option("-r, --recursive", "also its components, except those that other stacks have")
    .yesOption()
    .profileOption()
    .examples("zen stack delete old", "zen stack delete old --recursive --yes")
    .action(async (name: string, { recursive = false, profile, ...answer }: ProfileFlags & YesFlags & { recursive?: boolean }) => {
      const context = await openHere({ profile });
      await context.store.requireStack(name);
      assertDeletable(context, name);
      const { confirm } = await import("../confirm.ts");
      const consequence = `This will delete stack '${name}'${recursive ? " and its components" : ""} from the profile '${context.profile.value}'.`;
      if (!(await confirm(consequence, answer, commandLine("zen stack delete", name, { recursive, profile }))))
        return printDone([], { name, deleted: false });
      if (recursive) {
        const { assertNotProvisioned } = await import("../still-provisioned.ts");
        await assertNotProvisioned(await ownComponents(context, name), profile);
      }
      const { deleted, kept } = await deleteStack(context, name, { recursive });
      printDone(
        [
          `Deleted stack '${name}'.`,
          ...deleted.map((component) => `Deleted ${componentType(component.type).label}: ${component.name}`),
          ...kept.map((component) => `Kept ${componentType(component.type).label}: ${component.name} (another stack has it)`),
        ],
        { name, deleted: true, components: deleted, kept },
      );
    });
}

async function editStack(
  given: string | undefined,
  profile: string | undefined,
  edit: { set?: Partial<Record<ComponentType, string>>; remove?: readonly ComponentType[] },
): Promise<void> {
  const { withProject } = await import("../project.ts");
  const name = given ?? (await (await openQuietly({ profile }, () => {})).activeStack()).value;
  await withProject({ profile }, (project) => project.editStack({ name, ...edit }));
  printDone([`Stack \`${name}\` successfully updated!`], await stored(name, profile));
}

async function stored(name: string, profile: string | undefined): Promise<object> {
  const context = await openQuietly({ profile }, () => {});
  return entry(await context.store.requireStack(name), await activeStackName(context));
}

/** As in `stacks.yaml`, with its name: the keys are the component types. */
function entry(
  { name, components }: StackRecord,
  active: string | undefined,
): { name: string; active: boolean } & Partial<Record<ComponentType, string>> {
  return { name, active: name === active, ...components };
}

/** An option for each of the ten types. */
function partOptions(command: ZenCommand, { required }: { required: boolean }): ZenCommand {
  for (const row of COMPONENT_TYPES)
    command.optionOf(`${flagsOf(row)} <name>`, `the ${row.label}${required && row.required ? " (required)" : ""}${alsoShort(row)}`, {
      kind: "component",
      type: row.type,
    });
  return command;
}

function partsOf(flags: PartFlags): Partial<Record<ComponentType, string>> {
  return Object.fromEntries(
    COMPONENT_TYPES.filter(({ property }) => flags[property] !== undefined).map(({ type, property }) => [type, flags[property] as string]),
  );
}

/** All that is missing at once: the parser would name the first. */
function assertComplete(flags: PartFlags): void {
  const missing = COMPONENT_TYPES.filter(({ required, property }) => required && flags[property] === undefined).map(
    ({ command }) => `--${command}`,
  );
  const [last] = missing.slice(-1);
  if (last === undefined) return;
  const names = missing.length === 1 ? `the option ${last}` : `the options ${missing.slice(0, -1).join(", ")} and ${last}`;
  throw usageError("missing_option", `zen stack register needs ${names}.`, "zen stack register");
}

/** The short option of two letters stands in the help in words. */
function alsoShort({ shortOption }: ComponentTypeInfo): string {
  return shortOption.length === 1 ? "" : ` (short: -${shortOption})`;
}

/** The documentation's `-al` is no short option to the parser: `runGroup` spells it out. */
function flagsOf({ shortOption, command }: ComponentTypeInfo): string {
  return `${shortOption.length === 1 ? `-${shortOption}, ` : ""}--${command}`;
}
