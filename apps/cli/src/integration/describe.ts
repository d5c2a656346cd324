import { openQuietly } from "../light.ts";
import { notice } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { printTable } from "../output/table.ts";
import { styled } from "../output/terminal.ts";
import { session } from "../session.ts";
import { flavorsOf, integrationEntry, requireIntegration, whereFound } from "./installed.ts";

/** `zen integration describe NAME`. No code of any package is run. */
export async function describeIntegration(name: string, { profile }: { profile?: string }): Promise<void> {
  const context = await openQuietly({ profile }, notice);
  const listing = await context.flavors();
  const found = requireIntegration(listing, name);
  const entry = integrationEntry(listing, found);
  const flavors = flavorsOf(listing, found).map(({ type, flavor, aliases, description, contract, docs, problem }) => ({
    type,
    flavor,
    aliases,
    description,
    contract,
    docs: docs ?? null,
    ready: problem === undefined,
    problem: problem ?? null,
  }));
  if (session.json) return printJson({ ...entry, flavors });
  await printTable({
    title: `'${entry.name}' Integration`,
    columns: ["PROPERTY", "VALUE"],
    rows: [
      ["PACKAGE", entry.name],
      ["VERSION", entry.version],
      ["INTEGRATION", entry.integration ?? ""],
      ["DESCRIPTION", entry.description],
      ["FOUND", whereFound(entry)],
      ["FOLDER", entry.folder],
      ["INCLUDES", entry.includes.join(", ")],
    ].filter(([, value]) => value !== ""),
    description: true,
  });
  if (flavors.length > 0)
    await printTable({
      title: "Flavors",
      columns: ["TYPE", "FLAVOR", "READY-TO-USE", "DESCRIPTION"],
      rows: flavors.map(({ type, flavor, aliases, ready, description }) => [
        type,
        [flavor, ...aliases].join(", "),
        ready ? "✅" : "❌",
        description,
      ]),
      description: true,
    });
  const wrong = listing.broken.filter(({ folder }) => folder === found.folder);
  if (wrong.length > 0) (await import("./mending.ts")).sayWhatMends(wrong, context.folder);
  const unusable = flavors.filter(({ ready }) => !ready);
  for (const { flavor, problem } of unusable) notice(styled(2, "yellow", `The flavor ${flavor} can't be used: ${problem}`));
  if (unusable.length > 0) notice("What mends it: zen integration doctor");
}
