import {
  configOptions,
  findFlavor,
  flavorOf,
  readConfigSchema,
  type ComponentTypeInfo,
  type ConfigOption,
  type ConfigSchema,
  type FlavorEntry,
} from "@zen/core/light";
import { openQuietly } from "../light.ts";
import { writeLine } from "../output/terminal.ts";

/** The settings of a flavor: the end of `zen artifact-store register --flavor local --help`. */
export async function settingsHelp(row: ComponentTypeInfo, flavor: string | undefined): Promise<void> {
  if (flavor === undefined) return writeLine(1, `\nThe settings of a flavor: zen ${row.command} register --flavor FLAVOR --help`);
  const context = await openQuietly({}, () => {});
  await printSettings(row, findFlavor(await context.flavors(), row.type, flavor), flavor);
}

/** The settings of a component's flavor: the end of `zen artifact-store update NAME --help`. */
export async function settingsHelpOf(row: ComponentTypeInfo, name: string | undefined): Promise<void> {
  if (name === undefined) return writeLine(1, `\nThe settings of a flavor: zen ${row.command} register --flavor FLAVOR --help`);
  const context = await openQuietly({}, () => {});
  const record = await context.store.requireComponent(row.type, name);
  await printSettings(row, flavorOf(await context.flavors(), record), record.flavor);
}

/** From the schema in the flavor's package; a custom flavor has none beside its class, which is the user's own code. */
async function printSettings({ type }: ComponentTypeInfo, entry: FlavorEntry, flavor: string): Promise<void> {
  let schema: ConfigSchema | undefined = readConfigSchema(entry);
  if (schema === undefined && entry.origin === "custom") {
    const { withProject } = await import("../project.ts");
    schema = await withProject({ announced: true }, (project) => project.flavorSchema({ type, flavor }));
  }
  if (schema === undefined) return writeLine(1, `\n${entry.package} doesn't say which settings its flavor ${entry.flavor} has.`);
  const options = configOptions(schema);
  if (options.length === 0) return writeLine(1, `\nThe flavor ${entry.flavor} has no settings.`);
  const names = options.map(({ option }) => `--${option}=…`);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const source = entry.origin === "custom" ? `${entry.module}#${entry.export}` : `${entry.package} ${entry.version}`;
  writeLine(1, `\nSettings of the flavor ${entry.flavor} (${source}):`);
  for (const [i, option] of options.entries()) writeLine(1, `  ${names[i]!.padEnd(width)}${explain(option)}`.trimEnd());
}

function explain({ description, required, secret, default: preset }: ConfigOption): string {
  const notes = [
    ...(required ? ["required"] : []),
    ...(secret ? ["secret: {{env.NAME}}"] : []),
    ...(preset === undefined || preset === null ? [] : [`default: ${JSON.stringify(preset)}`]),
  ];
  return `${description}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`.trim();
}
