import { COMPONENT_TYPES, type ComponentType, type ComponentTypeInfo, type StackRecord } from "@zen/core/light";
import { activeStackName, openHere, openQuietly, TYPES_BY_NAME } from "../light.ts";
import { printDone, printList } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { ACTIVE_MARK, printTable } from "../output/table.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** `zen stack …` */
export function stackCommand(): ZenCommand {
  const stack = new ZenCommand("stack")
    .description("Register stacks, and choose the active one")
    .examples("zen stack list", "zen stack register custom -m default -a default -o default", "zen stack set custom");

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
    });

  const register = stack
    .sub("register", "Register a stack, made of components that are registered")
    .argument("<name>", "the new stack")
    .examples(
      "zen stack register custom -m default -a default -o default",
      "zen stack register team -o default -a shared-disk -m default --set",
    );
  for (const row of COMPONENT_TYPES)
    register.optionOf(
      flagsOf(row),
      `the ${row.label}${row.required ? " (required)" : ""}`,
      { kind: "component", type: row.type },
      row.required,
    );
  register
    .option("--set", "make it the active stack")
    .profileOption()
    .action(async (name: string, flags: ProfileFlags & { set?: boolean } & Record<string, string>) => {
      const components = Object.fromEntries(
        COMPONENT_TYPES.filter(({ property }) => flags[property] !== undefined).map(({ type, property }) => [type, flags[property]!]),
      );
      const { withProject } = await import("../project.ts");
      await withProject({ profile: flags.profile }, (project) => project.registerStack({ name, components }));
      const context = await openQuietly({ profile: flags.profile }, () => {});
      if (flags.set) await context.setActiveStack(name);
      printDone(
        [
          `Registered stack with name '${name}'.`,
          `Stack '${name}' successfully registered!`,
          ...(flags.set ? [`Active stack set to: '${name}'`] : []),
        ],
        entry(await context.store.requireStack(name), await activeStackName(context)),
      );
    });
  return stack;
}

/** As in `stacks.yaml`, with its name: the keys are the component types. */
function entry(
  { name, components }: StackRecord,
  active: string | undefined,
): { name: string; active: boolean } & Partial<Record<ComponentType, string>> {
  return { name, active: name === active, ...components };
}

/** The documentation's `-al` is no short option to the parser: `runGroup` spells it out. */
function flagsOf({ shortOption, command }: ComponentTypeInfo): string {
  return `${shortOption.length === 1 ? `-${shortOption}, ` : ""}--${command} <name>`;
}
