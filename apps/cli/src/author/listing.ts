import { COMPONENT_TYPES } from "@zen/core/light";
import { FLAVOR_LIST, type FlavorListEntry } from "../output/flavor-list.ts";
import { printTable } from "../output/table.ts";

/** What users of a package will see: a list for each type of its flavors. */
export async function printListing(listing: readonly FlavorListEntry[]): Promise<void> {
  for (const { type, command } of COMPONENT_TYPES) {
    const entries = listing.filter((entry) => entry.type === type);
    if (entries.length > 0) await printTable({ title: `zen ${command} flavor list`, ...FLAVOR_LIST, rows: entries.map(FLAVOR_LIST.row) });
  }
}
