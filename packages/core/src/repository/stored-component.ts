import type { FlavorClass, StackComponent } from "../component/stack-component.ts";
import { componentType } from "../component/component-type.ts";
import { toCamelCase, toKebabCase, toSnakeCase } from "../component/spelling.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import type { FlavorEntry, FlavorListing } from "../flavor/flavor-entry.ts";
import { flavorOf } from "../flavor/find-flavor.ts";
import { loadFlavor } from "../flavor/load.ts";
import type { Json } from "../pipeline/types.ts";
import type { ComponentRecord } from "../store/stack-store.ts";

/** Makes a component of its record: loads its flavor's class, which checks the configuration. */
export async function componentFrom(record: ComponentRecord, listing: FlavorListing): Promise<StackComponent> {
  const entry = flavorOf(listing, record);
  const flavorClass = await loadFlavor(entry);
  try {
    return new flavorClass(optionsFrom(record, flavorClass) as never);
  } catch (error) {
    const isAnother = record.version !== undefined && record.version !== entry.version;
    throw isAnother && isZenError(error) && error.code === "bad_config" ? outdated(record, entry, flavorClass, error) : error;
  }
}

/** The record of a component, as it would be stored. */
export function recordOf(component: StackComponent, entry: FlavorEntry, flavor = entry.flavor): ComponentRecord {
  const { type, name, uuid } = component;
  const { contract, origin, package: from, version } = entry;
  const source = origin === "custom" ? { package: undefined, version: undefined, custom: true } : { package: from, version };
  return { type, name, flavor, uuid, config: configOf(component), contract, ...source };
}

/**
 * A component's configuration as it is stored.
 *
 * @throws ZenError `literal_secret`
 */
export function configOf(component: StackComponent): ComponentRecord["config"] {
  return Object.fromEntries(Object.entries(component.toStored()).filter(([key]) => key !== "name" && key !== "uuid"));
}

/** What the constructor of a class gets to make a stored component again. */
export function optionsFrom(
  { name, uuid, config, package: from, custom }: ComponentRecord,
  { configSchema }: FlavorClass,
): Record<string, Json> {
  const isTheirs = from === undefined && custom !== true;
  const options: Record<string, Json> = {};
  for (const [key, value] of Object.entries(config)) {
    const field = toCamelCase(key);
    // ZenML writes null for what isn't set, and settings of its own that a class of ours doesn't have.
    if (value === null || (isTheirs && !Object.hasOwn(configSchema.shape, field))) continue;
    options[field] = value;
  }
  return { ...options, name, uuid };
}

/** The settings of a stored component that its flavor, as it is installed now, doesn't have. */
function unknownSettings({ config }: ComponentRecord, { configSchema }: FlavorClass): readonly string[] {
  return Object.keys(config).filter((key) => config[key] !== null && !Object.hasOwn(configSchema.shape, toCamelCase(key)));
}

/** A component without the settings that another version of its flavor had, and the installed one hasn't. */
export function upgraded(record: ComponentRecord, { version }: FlavorEntry, flavorClass: FlavorClass): ComponentRecord {
  if (record.package === undefined || record.version === version) return record;
  const unknown = unknownSettings(record, flavorClass);
  return { ...record, config: Object.fromEntries(Object.entries(record.config).filter(([key]) => !unknown.includes(key))) };
}

/** What a component that has just been checked remembers of its flavor: the version that is installed, if it knew one. */
export function originOf({ package: from }: ComponentRecord, { version, contract }: FlavorEntry): Partial<ComponentRecord> {
  return from === undefined ? {} : { version, contract };
}

/** Says which settings of a component another version of its flavor doesn't take, and what to change. */
function outdated(record: ComponentRecord, { package: from, version }: FlavorEntry, flavorClass: FlavorClass, cause: ZenError): ZenError {
  const { type, name } = record;
  const { label, command } = componentType(type);
  const unknown = unknownSettings(record, flavorClass);
  const { name: _name, uuid: _uuid, ...options } = optionsFrom(record, flavorClass);
  const known = Object.fromEntries(Object.entries(options).filter(([field]) => Object.hasOwn(flavorClass.configSchema.shape, field)));
  const issues = flavorClass.configSchema.safeParse(known).error?.issues ?? [];
  const wrong = issues.map(({ path, message }) => {
    const [field = "", ...rest] = path.map(String);
    return {
      key: toSnakeCase(field),
      text: [toSnakeCase(field), ...rest].join("."),
      missing: rest.length === 0 && known[field] === undefined,
      message,
    };
  });
  const problems = [
    ...wrong.map(({ text, missing, message }) => (missing ? `"${text}" is missing` : `"${text}": ${message}`)),
    ...unknown.map((key) => `it has no setting "${key}" any more`),
  ];
  const flags = [...new Set(wrong.map(({ key }) => `--${toKebabCase(key)}=…`))];
  return new ZenError(
    "component_outdated",
    `The ${label} "${name}" was registered with ${from} ${record.version}, and ${version}, which is installed, takes other settings: ${problems.join("; ")}.`,
    {
      hint: `${
        flags.length > 0
          ? `Update it: zen ${command} update ${name} ${flags.join(" ")}${unknown.length > 0 ? " (which drops what it has no more)" : ""}`
          : `Take them away: zen ${command} remove-attribute ${name} ${unknown.map((key) => `--${toKebabCase(key)}`).join(" ")}`
      }. Or go back: npm install ${from}@${record.version}`,
      details: {
        type,
        name,
        package: from,
        version,
        registeredWith: record.version,
        settings: [...wrong.map(({ key }) => key), ...unknown],
      },
      cause,
    },
  );
}
