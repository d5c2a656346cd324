import { COMPONENT_TYPES, isComponentType, type ComponentType } from "../component/component-type.ts";
import { own } from "../flavor/package-json.ts";
import type { ProjectRecord, StackRecord, StoredFlavor } from "./stack-store.ts";
import { brokenFile, mapping, text, type YamlMapping } from "./yaml-file.ts";

/** What `stacks.yaml` says: the names of everything, and the flavor of each component. */
export interface StacksYaml {
  readonly components: ReadonlyMap<ComponentType, ReadonlyMap<string, string>>;
  readonly stacks: ReadonlyMap<string, ReadonlyMap<ComponentType, string>>;
  /** The flavors that ZenML registered: classes in Python. */
  readonly pythonFlavors: readonly StoredFlavor[];
  /** ZenML's. */
  readonly projects: readonly ProjectRecord[];
}

/**
 * The content of `stacks.yaml`. Types that zen doesn't know are passed over.
 *
 * @throws ZenError `broken_file`
 */
export function readStacksYaml(path: string, file: YamlMapping): StacksYaml {
  const ofTypes = mapping(path, ["stack_components"], file["stack_components"]) ?? {};
  const components = new Map<ComponentType, Map<string, string>>();
  for (const { type } of COMPONENT_TYPES) {
    const names = Object.entries(mapping(path, ["stack_components", type], own(ofTypes, type)) ?? {});
    components.set(
      type,
      new Map(
        names.flatMap(([name, flavor]) => {
          const found = text(path, ["stack_components", type, name], flavor);
          return found === undefined ? [] : [[safeName(path, name), found]];
        }),
      ),
    );
  }
  const stacks = new Map<string, Map<ComponentType, string>>();
  for (const [name, value] of Object.entries(mapping(path, ["stacks"], file["stacks"]) ?? {})) {
    const parts = new Map<ComponentType, string>();
    for (const [type, part] of Object.entries(mapping(path, ["stacks", name], value) ?? {})) {
      const component = text(path, ["stacks", name, type], part);
      if (isComponentType(type) && component !== undefined) parts.set(type, component);
    }
    stacks.set(name, parts);
  }
  const pythonFlavors = listOf(path, "stack_component_flavors", file).flatMap(({ name, type, source }): StoredFlavor[] =>
    name === undefined || !isComponentType(type) ? [] : [{ type, flavor: name, source: { kind: "python", class: source ?? "" } }],
  );
  const projects = listOf(path, "projects", file).flatMap(({ id, name, description }): ProjectRecord[] =>
    id === undefined || name === undefined ? [] : [{ id, name, description }],
  );
  return { components, stacks, pythonFlavors, projects };
}

/** One of ZenML's lists of mappings: the texts of each. */
function listOf(path: string, key: string, file: YamlMapping): Partial<Record<string, string>>[] {
  const value = file[key];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw brokenFile(path, `"${key}" should be a list`);
  return value.map((entry, index) => {
    const fields = Object.entries(mapping(path, [key, String(index)], entry) ?? {});
    return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === "string"));
  });
}

/** A name in `stacks.yaml` names a file: it must not lead out of its folder. */
function safeName(path: string, name: string): string {
  if (name === "" || name === "." || name === ".." || /[/\\\u0000]/.test(name))
    throw brokenFile(path, `${JSON.stringify(name)} can't be the name of a component`);
  return name;
}

/** A stack of the file, as a record. */
export function stackRecord(name: string, parts: ReadonlyMap<ComponentType, string>): StackRecord {
  return { name, components: Object.fromEntries(parts) };
}
