import type { FlavorEntry } from "@zen/core/light";

/** How `flavor list` shows flavors. */
export const FLAVOR_LIST = {
  columns: ["FLAVOR", "INTEGRATION", "VERSION", "READY-TO-USE", "SOURCE"],
  row: ({ name, package: from, version, ready, source }: FlavorListEntry) => [name, from ?? "", version ?? "", ready ? "✅" : "❌", source],
  optional: 1,
};

/** A flavor as `flavor list --output json` has it. */
export function flavorListEntry(entry: FlavorEntry): FlavorListEntry {
  const { flavor, type, aliases, origin, package: from, version, description, folder, module, export: name, docs, problem } = entry;
  const source =
    origin === "package" ? `${from}${module.slice(1)}#${name}` : origin === "custom" ? `${module}#${name}` : `${from} (Python)`;
  return {
    name: flavor,
    flavor,
    type,
    aliases,
    origin,
    package: origin === "package" ? from : null,
    version: origin === "package" ? version : null,
    description,
    source,
    root: origin === "custom" ? folder : null,
    docs: docs ?? null,
    ready: problem === undefined,
    problem: problem ?? null,
  };
}

export interface FlavorListEntry {
  readonly name: string;
  readonly flavor: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly origin: FlavorEntry["origin"];
  readonly package: string | null;
  readonly version: string | null;
  readonly description: string;
  /** The class, as an import would name it. */
  readonly source: string;
  /** Of a custom flavor: the folder that its source is relative to. */
  readonly root: string | null;
  readonly docs: string | null;
  readonly ready: boolean;
  readonly problem: string | null;
}
