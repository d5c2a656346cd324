import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { componentType } from "../component/component-type.ts";
import type { StoredFlavor } from "../store/stack-store.ts";
import type { FlavorEntry, FlavorListing } from "./flavor-entry.ts";

/** What is installed together with what a profile knows: the whole list of flavors, by type and name. */
export function withStoredFlavors(installed: FlavorListing, stored: readonly StoredFlavor[]): FlavorListing {
  if (stored.length === 0) return installed;
  const flavors = [...installed.flavors, ...stored.map(entryOf)];
  flavors.sort((a, b) => compare(a.type, b.type) || compare(a.flavor, b.flavor) || compare(a.package, b.package));
  return { flavors, broken: installed.broken, packages: installed.packages };
}

/** A flavor that was registered in a profile, as one of the list. */
export function entryOf({ type, flavor, source }: StoredFlavor): FlavorEntry {
  const custom = source.kind === "custom";
  const missing = custom && customFile(source) === undefined ? `${source.module} is not in ${source.root} any more` : undefined;
  const problem = custom ? missing : "it is a class in Python, and zen runs TypeScript";
  const { command } = componentType(type);
  const [code, mend] = custom
    ? ["missing_source", `zen ${command} flavor delete ${flavor}`]
    : ["python_flavor", `zen ${command} flavor list`];
  return {
    origin: source.kind,
    type,
    flavor,
    aliases: [],
    contract: componentType(type).contract,
    description: "",
    package: custom ? source.module : source.class,
    version: "",
    folder: custom ? source.root : "",
    module: custom ? source.module : "",
    export: custom ? source.export : "",
    configSchema: undefined,
    docs: undefined,
    through: undefined,
    problem,
    problems: problem === undefined ? [] : [{ code, problem, mend }],
  };
}

/** The file of a custom flavor's module; undefined if it isn't there any more. */
export function customFile({ root, module }: { readonly root: string; readonly module: string }): string | undefined {
  if (module.startsWith("./")) return existsSync(join(root, module)) ? join(root, module) : undefined;
  try {
    return createRequire(join(root, "_")).resolve(module);
  } catch {
    return undefined;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
