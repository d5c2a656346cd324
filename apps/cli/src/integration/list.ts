import { openQuietly } from "../light.ts";
import { notice, printList } from "../output/answer.ts";
import { integrationEntry, notInstalled, whereFound } from "./installed.ts";

/** `zen integration list`. No code of any package is run. */
export async function listIntegrations({ limit, profile }: { limit?: number; profile?: string }): Promise<void> {
  const context = await openQuietly({ profile }, notice);
  const listing = await context.flavors();
  const entries = listing.packages
    .map((one) => integrationEntry(listing, one))
    // A preset, or zen's own command, has no flavors and brings some.
    .filter(({ flavors, includes, ready }) => flavors.length > 0 || includes.length > 0 || !ready)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  await printList(entries.slice(0, limit), {
    empty: "No package with flavors is installed here. Install one: zen integration install NAME. Or search: zen integration search WORD",
    columns: ["PACKAGE", "VERSION", "FOUND", "FLAVORS", "READY-TO-USE"],
    row: (entry) => [entry.name, entry.version, whereFound(entry), shortened(entry.flavors), entry.ready ? "✅" : "❌"],
  });
  const unread = listing.broken.filter(({ folder }) => !listing.packages.some((one) => one.folder === folder));
  const wrong = [...unread, ...notInstalled(context.folder, listing)];
  if (wrong.length > 0) (await import("./mending.ts")).sayWhatMends(wrong, context.folder);
  if (unread.length > 0 || entries.some(({ ready }) => !ready)) notice("What is wrong, and what mends it: zen integration doctor");
  notice("More: zen integration search WORD");
}

/** A package may have any number; `describe` shows all of them. */
function shortened(flavors: readonly string[]): string {
  const first = flavors.slice(0, 6).join(", ");
  return flavors.length > 6 ? `${first} and ${flavors.length - 6} more` : first;
}
