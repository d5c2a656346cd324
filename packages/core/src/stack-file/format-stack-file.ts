import type { Json } from "../pipeline/types.ts";
import { STACK_FILE_FORMAT, type DeclaredStacks } from "./stack-file.ts";

/** Stacks and components as the text of a file. */
export async function formatStackFile({ stacks, components }: DeclaredStacks): Promise<string> {
  const { stringify } = await import("yaml");
  const ofTypes: Record<string, Record<string, Json>> = {};
  for (const { type, name, flavor, package: from, version, custom, config } of components) {
    (ofTypes[type] ??= {})[name] = {
      flavor,
      ...(from !== undefined && { package: from }),
      ...(version !== undefined && { version }),
      ...(custom && { custom }),
      ...(Object.keys(config).length > 0 && { config }),
    };
  }
  const file = {
    format: STACK_FILE_FORMAT,
    stacks: Object.fromEntries(stacks.map(({ name, components: parts }) => [name, parts])),
    components: ofTypes,
  };
  // Written so that YAML 1.1 (ZenML's) and 1.2 read the same.
  return stringify(file, { compat: "yaml-1.1", lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false });
}
