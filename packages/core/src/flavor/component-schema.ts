import type { ComponentRecord } from "../store/stack-store.ts";
import { readConfigSchema, type ConfigSchema } from "./config-schema.ts";
import { flavorOf } from "./find-flavor.ts";
import type { FlavorListing } from "./flavor-entry.ts";

/** The schema in the package of a component's flavor; undefined if there is none to ask. */
export function schemaOf(listing: FlavorListing, record: ComponentRecord): ConfigSchema | undefined {
  try {
    return readConfigSchema(flavorOf(listing, record));
  } catch {
    // A flavor that is gone must not hide its components: they are shown as of an unknown flavor.
    return undefined;
  }
}
