import type { ComponentTypeInfo, FlavorEntry } from "@zen/core/light";
import { openHere } from "../light.ts";
import { notice, printList } from "../output/answer.ts";
import { styled } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";

/** `zen artifact-store flavor …`. No code of a flavor is loaded. */
export function flavorCommand({ type, command, label }: ComponentTypeInfo): ZenCommand {
  const flavor = new ZenCommand("flavor").description(`The flavors of ${label} that are installed`).examples(`zen ${command} flavor list`);
  flavor
    .sub("list", `List the flavors of ${label} that are installed`)
    .limitOption("first")
    .profileOption()
    .examples(`zen ${command} flavor list`, `zen ${command} flavor list --output json`)
    .action(async ({ limit, profile }: { limit?: number; profile?: string }) => {
      const { flavors, broken } = (await openHere({ profile })).flavors();
      const entries = flavors.filter((entry) => entry.type === type).map(describe);
      await printList(entries.slice(0, limit), {
        empty: `No flavor of ${label} is installed. A package brings it: npm install @zen/integration-…`,
        columns: ["FLAVOR", "INTEGRATION", "VERSION", "READY-TO-USE", "SOURCE"],
        row: ({ name, package: from, version, ready, source }) => [name, from, version, ready ? "✅" : "❌", source],
        optional: 1,
      });
      for (const { name, package: from, problem } of entries) if (problem !== null) warn(`${name} of ${from} can't be used: ${problem}`);
      for (const { package: from, problem } of broken) warn(`${from} can't be read: ${problem}`);
    });
  return flavor;
}

function describe({
  flavor,
  type,
  aliases,
  package: from,
  version,
  description,
  module,
  export: name,
  docs,
  problem,
}: FlavorEntry): FlavorListEntry {
  const source = `${from}${module.slice(1)}#${name}`;
  return {
    name: flavor,
    flavor,
    type,
    aliases,
    package: from,
    version,
    description,
    source,
    docs: docs ?? null,
    ready: problem === undefined,
    problem: problem ?? null,
  };
}

interface FlavorListEntry {
  readonly name: string;
  readonly flavor: string;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly version: string;
  readonly description: string;
  /** The class, as an import would name it. */
  readonly source: string;
  readonly docs: string | null;
  readonly ready: boolean;
  readonly problem: string | null;
}

function warn(line: string): void {
  notice(styled(2, "yellow", line));
}
