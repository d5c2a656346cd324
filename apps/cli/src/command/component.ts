import type { ComponentRecord, ComponentTypeInfo, Context } from "@zen/core/light";
import { ZenError } from "@zen/core/light";
import { fileOrText } from "../file-or-text.ts";
import { parseFreeOptions } from "../free-options.ts";
import { activeStackName, openHere, openQuietly } from "../light.ts";
import { maskedConfig } from "../masked-config.ts";
import { notice, printDone, printList } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { ACTIVE_MARK, printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { usageError } from "../usage-error.ts";
import { flavorCommand } from "./flavor.ts";
import { settingsHelp } from "./settings-help.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** `zen artifact-store …`, and the same for each of the ten types. */
export function componentCommand(row: ComponentTypeInfo): ZenCommand {
  const { type, command, label } = row;
  const plural = row.plural.replaceAll("_", " ");
  const group = new ZenCommand(command)
    .description(`${row.description}${row.contract === 0 ? ". Experimental: zen has no flavor of it yet" : ""}`)
    .examples(`zen ${command} list`, `zen ${command} flavor list`, ...registerExamples(row));

  group
    .sub("list", `List the ${plural} of the active profile`)
    .limitOption("first")
    .profileOption()
    .examples(`zen ${command} list`, `zen ${command} list --output json`)
    .action(async ({ limit, profile }: ProfileFlags & { limit?: number }) => {
      const { context, active } = await openComponents(row, profile);
      const components = (await context.store.listComponents(type)).slice(0, limit);
      const keys = [...new Set(components.flatMap(({ config }) => Object.keys(config)))].sort();
      await printList(
        components.map((record) => entry(context, record, active)),
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
    });

  const register = group
    .sub("register", `Register ${article(label)}: an instance of a flavor, with its settings`)
    .usage("NAME --flavor=FLAVOR [--setting=value…] [options]")
    .argument("[name]", `the new ${label}, and the settings of its flavor: --setting=value, or --setting value`)
    .argument("[settings...]", "")
    .optionOf("-f, --flavor <flavor>", `the flavor; see zen ${command} flavor list`, { kind: "flavor", type })
    .allowUnknownOption()
    .examples(...registerExamples(row));
  register.addHelpText("after", () => settingsHelp(row, register.opts<{ flavor?: string }>().flavor));
  register.action(async (_name: string | undefined, _settings: string[], { flavor }: { flavor?: string }) => {
    const { names, values } = parseFreeOptions(register.args, register.path);
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fileOrText(key, value)]));
    const [name, ...more] = names;
    if (name === undefined) throw usageError("missing_argument", `${register.path} needs an argument: NAME.`, register.path);
    if (more.length > 0)
      throw usageError("too_many_arguments", `${register.path} takes one NAME, and there is more: ${more.join(" ")}.`, register.path);
    if (flavor === undefined) {
      throw usageError(
        "missing_option",
        `Please use the option to specify '--flavor'/'-f' of the ${label} you want to register.`,
        register.path,
      );
    }
    const { withProject } = await import("../project.ts");
    await withProject({}, (project) => project.registerComponent({ type, name, flavor, config }));
    const context = await openQuietly({}, () => {});
    const record = await context.store.requireComponent(type, name);
    printDone(
      [`Registered stack component with type '${type}' and name '${name}'.`, `Successfully registered ${label} \`${name}\`.`],
      entry(context, record, undefined),
    );
  });

  group
    .sub("describe", `Describe ${article(label)}`)
    .argumentOf("[name]", `the ${label} (default: that of the active stack)`, { kind: "component", type })
    .profileOption()
    .examples(`zen ${command} describe`, `zen ${command} describe default --output json`)
    .action(async (given: string | undefined, { profile }: ProfileFlags) => {
      const { context, active, stack } = await openComponents(row, profile);
      if (given === undefined && active === undefined) {
        throw new ZenError("no_active_component", `No ${label} in active stack${stack === undefined ? "" : ` ('${stack}')`}.`, {
          hint: `Name one: zen ${command} list shows them all.`,
        });
      }
      if (given === undefined) notice(`No component name given; using \`${active}\` from active stack.`);
      const record = await context.store.requireComponent(type, given ?? active!);
      const component = entry(context, record, active);
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
    });

  group
    .sub("get", `Show the name of the active stack's ${label}`)
    .profileOption()
    .examples(`zen ${command} get`)
    .action(async ({ profile }: ProfileFlags) => {
      const { active, stack } = await openComponents(row, profile);
      if (session.json) printJson({ name: active ?? null });
      else if (active === undefined)
        notice(styled(2, "yellow", `No ${label} set for active stack${stack === undefined ? "" : ` ('${stack}')`}.`));
      else printDone([`Active ${label}: '${active}'`], {});
    });

  group
    .sub("delete", `Delete ${article(label)} that no stack uses`)
    .argumentOf("<name>", `the ${label}`, { kind: "component", type })
    .profileOption()
    .examples(`zen ${command} delete old`)
    .action(async (name: string, { profile }: ProfileFlags) => {
      const { context } = await openComponents(row, profile);
      await context.store.commit([{ kind: "delete_component", type, name }]);
      printDone([`Deleted ${label}: ${name}`], { type, name, deleted: true });
    });

  group.addCommand(flavorCommand(row));
  return group;
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

interface ComponentEntry extends Pick<ComponentRecord, "type" | "name" | "flavor" | "uuid" | "config"> {
  readonly active: boolean;
}

function entry(context: Context, record: ComponentRecord, active: string | undefined): ComponentEntry {
  const { type, name, flavor, uuid } = record;
  return { type, name, active: name === active, flavor, uuid, config: maskedConfig(context, record) };
}

/** A setting in a cell of a table. */
function text(value: unknown): string {
  if (value === undefined || value === null || value === "") return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function article(label: string): string {
  return `${/^[aeiou]/.test(label) ? "an" : "a"} ${label}`;
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
