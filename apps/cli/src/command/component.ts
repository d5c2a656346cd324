import type { ComponentRecord, ComponentTypeInfo, Context, FlavorListing } from "@zen/core/light";
import { aComponent, maskedConfig } from "@zen/core/light";
import { fileOrText } from "../file-or-text.ts";
import { parseFreeFlags, parseFreeOptions } from "../free-options.ts";
import { activeStackName, componentOfStack, openHere, openQuietly } from "../light.ts";
import { notice, printDone, printList } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { ACTIVE_MARK, printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { addFlavor } from "./flavor.ts";
import { addComponentCheck } from "./check.ts";
import { addComponentLifeCycle } from "./life-cycle.ts";
import { settingsHelp, settingsHelpOf } from "./settings-help.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** `zen artifact-store …`, and the same for each of the ten types. */
export function componentCommand(row: ComponentTypeInfo): ZenCommand {
  const { command } = row;
  const group = new ZenCommand(command)
    .description(`${row.description}${row.contract === 0 ? ". Experimental: zen has no flavor of it yet" : ""}`)
    .examples(`zen ${command} list`, `zen ${command} flavor list`, ...registerExamples(row));
  addReading(group, row);
  addRegister(group, row);
  addChanging(group, row);
  addComponentCheck(group, row);
  addComponentLifeCycle(group, row);
  addFlavor(group, row);
  return group;
}

function addReading(group: ZenCommand, row: ComponentTypeInfo): void {
  const { type, command, label } = row;
  const plural = pluralOf(row);
  group.sub("list", `List the ${plural} of the active profile`, (sub) =>
    sub
      .limitOption("first")
      .profileOption()
      .examples(`zen ${command} list`, `zen ${command} list --output json`)
      .action(async ({ limit, profile }: ProfileFlags & { limit?: number }) => {
        const { context, active } = await openComponents(row, profile);
        const components = (await context.store.listComponents(type)).slice(0, limit);
        const keys = [...new Set(components.flatMap(({ config }) => Object.keys(config)))].sort();
        const listing = await context.flavors();
        await printList(
          components.map((record) => entry(listing, record, active)),
          {
            empty: `No ${plural} registered.`,
            columns: ["ACTIVE", "NAME", "FLAVOR", "UUID", ...keys.map((key) => key.toUpperCase())],
            row: (component) => [
              component.active ? ACTIVE_MARK : "",
              component.name,
              component.flavor,
              component.uuid,
              ...keys.map((key) => text(component.config[key])),
            ],
          },
        );
        const python = listing.flavors.filter((flavor) => flavor.origin === "python" && flavor.type === type);
        for (const { name, flavor, package: from, custom } of components) {
          if (from === undefined && custom !== true && python.some((one) => one.flavor === flavor))
            notice(styled(2, "yellow", `${name} has a flavor of ZenML's, a class in Python: zen keeps it, and can't use it.`));
        }
      }),
  );

  group.sub("describe", `Describe ${aComponent(type)}`, (sub) =>
    sub
      .argumentOf("[name]", `the ${label} (default: that of the active stack)`, { kind: "component", type })
      .profileOption()
      .examples(`zen ${command} describe`, `zen ${command} describe default --output json`)
      .action(async (given: string | undefined, { profile }: ProfileFlags) => {
        const { context, active } = await openComponents(row, profile);
        const record = await context.store.requireComponent(type, given ?? (await componentOfStack(row, context)));
        const component = entry(await context.flavors(), record, active);
        if (session.json) return printJson(component);
        await printTable({
          title: `${type.toUpperCase()} Component Configuration${component.active ? " (ACTIVE)" : ""}`,
          columns: ["COMPONENT_PROPERTY", "VALUE"],
          rows: [
            ["TYPE", type],
            ["FLAVOR", component.flavor],
            ["NAME", component.name],
            ["UUID", component.uuid],
            ...Object.entries(component.config).map(([key, value]) => [key.toUpperCase(), text(value)]),
          ],
          description: true,
        });
      }),
  );

  group.sub("get", `Show the name of the active stack's ${label}`, (sub) =>
    sub
      .profileOption()
      .examples(`zen ${command} get`)
      .action(async ({ profile }: ProfileFlags) => {
        const { active, stack } = await openComponents(row, profile);
        if (session.json) printJson({ name: active ?? null });
        else if (active === undefined)
          notice(styled(2, "yellow", `No ${label} set for active stack${stack === undefined ? "" : ` ('${stack}')`}.`));
        else printDone([`Active ${label}: '${active}'`], {});
      }),
  );

  group.sub("explain", `Say what ${aComponent(type)} is for`, (sub) =>
    sub.examples(`zen ${command} explain`).action(async () => {
      const { explain } = await import("../explanations.ts");
      printDone([explain(row)], { type, text: explain(row) });
    }),
  );
}

function addRegister(group: ZenCommand, row: ComponentTypeInfo): void {
  const { type, command, label } = row;
  group.sub("register", `Register ${aComponent(type)}: an instance of a flavor, with its settings`, (register) => {
    register
      .usage("NAME --flavor=FLAVOR [--setting=value…] [options]")
      .argument("[name]", `the new ${label}, and the settings of its flavor: --setting=value, or --setting value`)
      .argument("[settings...]", "")
      .optionOf("-f, --flavor <flavor>", `the flavor; see zen ${command} flavor list`, { kind: "flavor", type })
      .option("--check", "try it for real first, and register it only if it works")
      .allowUnknownOption()
      .moreHelp(() => settingsHelp(row, register.opts<{ flavor?: string }>().flavor))
      .examples(...registerExamples(row));
    register.action(
      async (_name: string | undefined, _settings: string[], { flavor, check = false }: { flavor?: string; check?: boolean }) => {
        const { names, values } = parseFreeOptions(register.args, register.path);
        const name = onlyName(names, register);
        if (flavor === undefined) {
          throw usageError(
            "missing_option",
            `Please use the option to specify '--flavor'/'-f' of the ${label} you want to register.`,
            register.path,
          );
        }
        const component = { type, name, flavor, config: texts(values) };
        if (check) {
          await (await import("../check/register-checked.ts")).registerChecked(row, component);
        } else {
          const { withProject } = await import("../project.ts");
          await withProject({}, (project) => project.registerComponent(component));
        }
        printDone(
          [`Registered stack component with type '${type}' and name '${name}'.`, `Successfully registered ${label} \`${name}\`.`],
          await stored(row, name),
        );
      },
    );
  });
}

function addChanging(group: ZenCommand, row: ComponentTypeInfo): void {
  const { type, command, label } = row;
  group.sub("update", `Change settings of ${aComponent(type)}`, (update) => {
    update
      .usage("[NAME] --setting=value… [options]")
      .argumentOf("[name]", `the ${label} (default: that of the active stack), and its settings: --setting=value`, {
        kind: "component",
        type,
      })
      .argument("[settings...]", "")
      .allowUnknownOption()
      .moreHelp(([name]) => settingsHelpOf(row, name))
      .examples(updateExample(row));
    update.action(async () => {
      const { names, values } = parseFreeOptions(update.args, update.path);
      if (Object.keys(values).length === 0)
        throw usageError("missing_option", `Say what to change: ${update.path} NAME --setting=value.`, update.path);
      const name = names.length === 0 ? await activeOf(row) : onlyName(names, update);
      const { withProject } = await import("../project.ts");
      await withProject({}, (project) => project.editComponent({ type, name, set: texts(values) }));
      printUpdated(row, name, await stored(row, name));
    });
  });

  group.sub("remove-attribute", `Take settings away from ${aComponent(type)}, which then have their defaults`, (removal) => {
    removal
      .usage("NAME --setting… [options]")
      .argumentOf("[name]", `the ${label} (default: that of the active stack), and the settings to take away: --setting`, {
        kind: "component",
        type,
      })
      .argument("[settings...]", "")
      .allowUnknownOption()
      .moreHelp(([name]) => settingsHelpOf(row, name))
      .examples(`zen ${command} remove-attribute mine --setting`);
    removal.action(async () => {
      const { names, keys } = parseFreeFlags(removal.args, removal.path);
      if (keys.length === 0) throw usageError("missing_option", `Say what to take away: ${removal.path} NAME --setting.`, removal.path);
      const name = names.length === 0 ? await activeOf(row) : onlyName(names, removal);
      const { withProject } = await import("../project.ts");
      await withProject({}, (project) => project.editComponent({ type, name, remove: keys }));
      printUpdated(row, name, await stored(row, name));
    });
  });

  group.sub("rename", `Give ${aComponent(type)} another name, in every stack that has it`, (sub) =>
    sub
      .argumentOf("<old>", `the ${label}`, { kind: "component", type })
      .argument("<new>", "its new name")
      .profileOption()
      .examples(`zen ${command} rename old new`)
      .action(async (name: string, to: string, { profile }: ProfileFlags) => {
        const { context } = await openComponents(row, profile);
        await context.store.commit([{ kind: "rename_component", type, name, to }]);
        printDone([`Successfully renamed ${label} \`${name}\` to \`${to}\`.`], await stored(row, to, profile));
      }),
  );

  group.sub("delete", `Delete ${aComponent(type)} that no stack uses`, (sub) =>
    sub
      .argumentOf("<name>", `the ${label}`, { kind: "component", type })
      .profileOption()
      .examples(`zen ${command} delete old`)
      .action(async (name: string, { profile }: ProfileFlags) => {
        const { context } = await openComponents(row, profile);
        await context.store.requireComponent(type, name);
        const { assertNotProvisioned } = await import("../still-provisioned.ts");
        await assertNotProvisioned([{ type, name }], profile);
        await context.store.commit([{ kind: "delete_component", type, name }]);
        printDone([`Deleted ${label}: ${name}`], { type, name, deleted: true });
      }),
  );
}

/** Opens the profile, says which stack is active, and finds that stack's component of the type. */
async function openComponents(
  { type }: ComponentTypeInfo,
  profile: string | undefined,
): Promise<{ context: Context; stack: string | undefined; active: string | undefined }> {
  const context = await openHere({ profile });
  const stack = await activeStackName(context);
  if (stack !== undefined) notice(`Running with active stack: '${stack}'`);
  const record = stack === undefined ? undefined : await context.store.getStack(stack);
  return { context, stack, active: record?.components[type] };
}

/** For commands that then open the project, which says where zen is. */
async function activeOf(row: ComponentTypeInfo): Promise<string> {
  return componentOfStack(row, await openQuietly({}, () => {}));
}

async function stored({ type }: ComponentTypeInfo, name: string, profile?: string): Promise<ComponentEntry> {
  const context = await openQuietly({ profile }, () => {});
  return entry(await context.flavors(), await context.store.requireComponent(type, name), undefined);
}

function printUpdated({ type, label }: ComponentTypeInfo, name: string, component: ComponentEntry): void {
  printDone([`Updated stack component with type '${type}' and name '${name}'.`, `Successfully updated ${label} \`${name}\`.`], component);
}

function onlyName([name, ...more]: readonly string[], { path }: ZenCommand): string {
  if (name === undefined) throw usageError("missing_argument", `${path} needs an argument: NAME.`, path);
  if (more.length > 0) throw usageError("too_many_arguments", `${path} takes one NAME, and there is more: ${more.join(" ")}.`, path);
  return name;
}

function texts(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fileOrText(key, value)]));
}

interface ComponentEntry extends Pick<ComponentRecord, "type" | "name" | "flavor" | "uuid" | "config"> {
  readonly active: boolean;
}

function entry(listing: FlavorListing, record: ComponentRecord, active: string | undefined): ComponentEntry {
  const { type, name, flavor, uuid } = record;
  return { type, name, active: name === active, flavor, uuid, config: maskedConfig(listing, record) };
}

/** A setting in a cell of a table. */
function text(value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function pluralOf({ plural }: ComponentTypeInfo): string {
  return plural.replaceAll("_", " ");
}

function registerExamples({ type, command }: ComponentTypeInfo): string[] {
  switch (type) {
    case "orchestrator":
      return [`zen ${command} register mine --flavor=local`];
    case "metadata_store":
      return [`zen ${command} register mine --flavor=sqlite --uri=/data/zen.db`];
    case "artifact_store":
      return [`zen ${command} register mine --flavor=local --path=/data/artifacts`];
    default:
      return [`zen ${command} register NAME --flavor=FLAVOR --setting=value`];
  }
}

function updateExample({ type, command }: ComponentTypeInfo): string {
  switch (type) {
    case "orchestrator":
      return `zen ${command} update mine --concurrency=2`;
    case "metadata_store":
      return `zen ${command} update mine --uri=/disk2/zen.db`;
    case "artifact_store":
      return `zen ${command} update mine --path=/disk2/artifacts`;
    default:
      return `zen ${command} update NAME --setting=value`;
  }
}
