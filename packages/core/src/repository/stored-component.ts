import type { FlavorClass, StackComponent } from "../component/stack-component.ts";
import { toCamelCase } from "../component/spelling.ts";
import type { FlavorEntry, FlavorListing } from "../flavor/flavor-entry.ts";
import { flavorOf } from "../flavor/find-flavor.ts";
import { loadFlavor } from "../flavor/load.ts";
import type { Json } from "../pipeline/types.ts";
import type { ComponentRecord } from "../store/stack-store.ts";

/** Makes a component of its record: loads its flavor's class, which checks the configuration. */
export async function componentFrom(record: ComponentRecord, listing: FlavorListing): Promise<StackComponent> {
  const flavorClass = await loadFlavor(flavorOf(listing, record));
  return new flavorClass(optionsFrom(record, flavorClass) as never);
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
