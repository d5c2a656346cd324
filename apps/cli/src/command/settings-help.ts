import {
  configOptions,
  discoverFlavors,
  findFlavor,
  findRepository,
  readConfigSchema,
  type ComponentTypeInfo,
  type ConfigOption,
} from "@zen/core/light";
import { HOST_FOLDERS } from "../host-folders.ts";

/** The settings of a flavor, from the schema in its package: the end of `zen artifact-store register --flavor local --help`. */
export function settingsHelp({ type, command }: ComponentTypeInfo, flavor: string | undefined): string {
  if (flavor === undefined) return `\nThe settings of a flavor: zen ${command} register --flavor FLAVOR --help`;
  const folder = process.cwd();
  const entry = findFlavor(discoverFlavors({ folder, hostFolders: HOST_FOLDERS, repositoryRoot: findRepository(folder) }), type, flavor);
  const schema = readConfigSchema(entry);
  if (schema === undefined) return `\n${entry.package} doesn't say which settings its flavor ${flavor} has.`;
  const options = configOptions(schema);
  if (options.length === 0) return `\nThe flavor ${flavor} has no settings.`;
  const names = options.map(({ option }) => `--${option}=…`);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  return `\nSettings of the flavor ${flavor} (${entry.package} ${entry.version}):\n${options.map((option, i) => `  ${names[i]!.padEnd(width)}${explain(option)}`.trimEnd()).join("\n")}`;
}

function explain({ description, required, secret, default: preset }: ConfigOption): string {
  const notes = [
    ...(required ? ["required"] : []),
    ...(secret ? ["secret: {{env.NAME}}"] : []),
    ...(preset === undefined || preset === null ? [] : [`default: ${JSON.stringify(preset)}`]),
  ];
  return `${description}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`.trim();
}
