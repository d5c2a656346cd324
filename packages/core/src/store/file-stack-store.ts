import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { COMPONENT_TYPES, componentType, isComponentType, type ComponentType } from "../component/component-type.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Json } from "../pipeline/types.ts";
import { withConfigLock } from "./config-lock.ts";
import { fileError } from "./file-error.ts";
import { assertDistinct, assertName } from "./name.ts";
import {
  BaseStackStore,
  componentNotFound,
  stackNotFound,
  type ComponentRecord,
  type StackChange,
  type StackRecord,
} from "./stack-store.ts";
import { editYamlFile } from "./yaml-edit.ts";
import { brokenFile, mapping, readText, readYamlFile, text, type YamlMapping } from "./yaml-file.ts";

/** The version of `zen.yaml` that this zen writes, and the newest that it reads. */
const FORMAT = 1;

/** What `stacks.yaml` says: the names of everything, and the flavor of each component. */
interface Index {
  readonly components: ReadonlyMap<ComponentType, Map<string, string>>;
  readonly stacks: Map<string, Map<ComponentType, string>>;
}

/**
 * A local profile: a folder of YAML files that a person can read, in ZenML's format.
 *
 * `stacks.yaml` names everything, `<type plural>/<name>.yaml` has one component's configuration, `zen.yaml` what only zen
 * knows. Reading takes no lock. A change writes component files, `zen.yaml` and then `stacks.yaml`, and removes in the
 * opposite order: a component file that `stacks.yaml` doesn't name doesn't exist.
 */
export class FileStackStore extends BaseStackStore {
  readonly profile: string;
  readonly folder: string;
  readonly #configFolder: string;
  #index: { stamp: string; value: Index } | undefined;

  /**
   * @param options.folder the profile's folder
   * @param options.configFolder the configuration folder, whose lock guards every change
   */
  constructor({ profile, folder, configFolder }: { readonly profile: string; readonly folder: string; readonly configFolder: string }) {
    super();
    this.profile = profile;
    this.folder = folder;
    this.#configFolder = configFolder;
  }

  async listStacks(): Promise<readonly StackRecord[]> {
    const { stacks } = await this.#read();
    return [...stacks].map(([name, parts]) => stackRecord(name, parts)).sort(byName);
  }

  async getStack(name: string): Promise<StackRecord | undefined> {
    const parts = (await this.#read()).stacks.get(name);
    return parts && stackRecord(name, parts);
  }

  async listComponents(type: ComponentType): Promise<readonly ComponentRecord[]> {
    const names = [...(await this.#read()).components.get(type)!.keys()].sort();
    const origins = names.length === 0 ? undefined : await this.#readOrigins();
    const found: ComponentRecord[] = [];
    for (const name of names) found.push(...((await this.#component(type, name, origins)) ?? []));
    return found;
  }

  async getComponent(type: ComponentType, name: string): Promise<ComponentRecord | undefined> {
    if (!(await this.#read()).components.get(type)!.has(name)) return undefined;
    return (await this.#component(type, name, await this.#readOrigins()))?.[0];
  }

  async commit(changes: readonly StackChange[]): Promise<void> {
    await withConfigLock(this.#configFolder, () => this.commitLocked(changes));
  }

  /** `commit` for a caller that holds the configuration folder's lock already. */
  async commitLocked(changes: readonly StackChange[]): Promise<void> {
    const index = await this.#read();
    const after: Index = {
      components: new Map([...index.components].map(([type, names]) => [type, new Map(names)])),
      stacks: new Map(index.stacks),
    };
    const written = new Map<string, ComponentRecord>();
    for (const change of changes) await this.#check(change, after, written);
    const removed = [...index.components].flatMap(([type, names]) =>
      [...names.keys()].filter((name) => !after.components.get(type)!.has(name)).map((name) => ({ type, name })),
    );
    // Edited below: if it is broken, nothing may be written before that is noticed.
    if (written.size > 0 || removed.length > 0) await readYamlFile(join(this.folder, "zen.yaml"));

    for (const component of written.values())
      await this.#writeComponent(component, index.components.get(component.type)!.has(component.name));
    if (written.size > 0) {
      await editYamlFile(join(this.folder, "zen.yaml"), (yaml) => {
        yaml.set(["format"], FORMAT);
        for (const { type, name, package: from, version, contract } of written.values()) {
          if (from === undefined) yaml.delete(["components", type, name]);
          else
            yaml.set(["components", type, name], {
              package: from,
              ...(version !== undefined && { version }),
              ...(contract !== undefined && { contract }),
            });
        }
      });
    }
    await this.#writeIndex(index, after);
    if (removed.length === 0) return;
    if (readText(join(this.folder, "zen.yaml")) !== undefined) {
      await editYamlFile(join(this.folder, "zen.yaml"), (yaml) => {
        for (const { type, name } of removed) yaml.delete(["components", type, name]);
      });
    }
    for (const { type, name } of removed) {
      try {
        rmSync(this.#file(type, name), { force: true });
      } catch (error) {
        throw fileError(error, `remove ${this.#file(type, name)}`);
      }
    }
  }

  /** Checks one change against the state that those before it left, and applies it to that state. */
  async #check(change: StackChange, { components, stacks }: Index, written: Map<string, ComponentRecord>): Promise<void> {
    switch (change.kind) {
      case "create_component": {
        const { type, name, flavor } = change.component;
        const { label, command } = componentType(type);
        const names = components.get(type)!;
        if (names.has(name)) {
          const there = change.unlessSame && (written.get(`${type}/${name}`) ?? (await this.getComponent(type, name)));
          if (
            there &&
            there.uuid === change.component.uuid &&
            there.flavor === flavor &&
            isDeepStrictEqual(there.config, change.component.config)
          )
            return;
          const other = there && there.uuid !== change.component.uuid ? ", with another uuid" : there ? ", with another configuration" : "";
          throw new ZenError("component_exists", `The profile "${this.profile}" already has the ${label} "${name}"${other}.`, {
            hint: `Choose another name, or look at it: zen ${command} describe ${name}`,
          });
        }
        assertName(label, name);
        assertDistinct(label, name, names.keys());
        names.set(name, flavor);
        written.set(`${type}/${name}`, change.component);
        return;
      }
      case "update_component": {
        const { type, name, flavor } = change.component;
        const names = components.get(type)!;
        if (!names.has(name)) componentNotFound(this.profile, type, name, [...names.keys()]);
        names.set(name, flavor);
        written.set(`${type}/${name}`, change.component);
        return;
      }
      case "delete_component": {
        const { type, name } = change;
        const { label } = componentType(type);
        const names = components.get(type)!;
        if (!names.has(name)) componentNotFound(this.profile, type, name, [...names.keys()]);
        const users = [...stacks].filter(([, parts]) => parts.get(type) === name).map(([stack]) => `"${stack}"`);
        if (users.length > 0) {
          throw new ZenError(
            "component_in_use",
            `The ${label} "${name}" is part of the ${users.length === 1 ? "stack" : "stacks"} ${users.join(", ")}.`,
            {
              hint: `Give ${users.length === 1 ? "that stack" : "those stacks"} another ${label}, or delete ${users.length === 1 ? "it" : "them"} first.`,
              details: { stacks: users.map((user) => user.slice(1, -1)) },
            },
          );
        }
        names.delete(name);
        written.delete(`${type}/${name}`);
        return;
      }
      case "create_stack":
      case "update_stack": {
        const { name } = change.stack;
        if (change.kind === "create_stack") {
          if (stacks.has(name))
            throw new ZenError("stack_exists", `The profile "${this.profile}" already has the stack "${name}".`, {
              hint: `Choose another name, or look at it: zen stack describe ${name}`,
            });
          assertName("stack", name);
          assertDistinct("stack", name, stacks.keys());
        } else if (!stacks.has(name)) {
          stackNotFound(this.profile, name, [...stacks.keys()]);
        }
        const parts = Object.entries(change.stack.components) as [ComponentType, string][];
        for (const [type, component] of parts) {
          const names = components.get(type)!;
          if (!names.has(component)) componentNotFound(this.profile, type, component, [...names.keys()]);
        }
        stacks.set(name, new Map(parts));
        return;
      }
      case "delete_stack": {
        if (!stacks.delete(change.name)) stackNotFound(this.profile, change.name, [...stacks.keys()]);
      }
    }
  }

  async #writeComponent({ type, name, uuid, config }: ComponentRecord, exists: boolean): Promise<void> {
    const file = this.#file(type, name);
    // What a killed process left under this name was never a component.
    if (!exists) rmSync(file, { force: true });
    const before = (exists && (await readYamlFile(file))) || {};
    const entries = Object.entries({ ...config, name, uuid });
    const kept = new Set(entries.map(([key]) => key));
    await editYamlFile(file, (yaml) => {
      for (const key of Object.keys(before)) if (!kept.has(key)) yaml.delete([key]);
      for (const [key, value] of entries) {
        if (!Object.hasOwn(before, key) || !isDeepStrictEqual(before[key], value)) yaml.set([key], value);
      }
    });
  }

  async #writeIndex(before: Index, after: Index): Promise<void> {
    const path = join(this.folder, "stacks.yaml");
    await editYamlFile(path, (yaml) => {
      for (const [type, names] of before.components)
        for (const name of names.keys()) if (!after.components.get(type)!.has(name)) yaml.delete(["stack_components", type, name]);
      for (const [type, names] of after.components) {
        for (const [name, flavor] of names)
          if (before.components.get(type)!.get(name) !== flavor) yaml.set(["stack_components", type, name], flavor);
      }
      for (const name of before.stacks.keys()) if (!after.stacks.has(name)) yaml.delete(["stacks", name]);
      for (const [name, parts] of after.stacks) {
        const old = before.stacks.get(name);
        if (old === parts) continue;
        // Part by part: entries of types that zen doesn't know stay.
        for (const type of old?.keys() ?? []) if (!parts.has(type)) yaml.delete(["stacks", name, type]);
        for (const [type, component] of parts) if (old?.get(type) !== component) yaml.set(["stacks", name, type], component);
      }
    });
  }

  async #read(): Promise<Index> {
    const path = join(this.folder, "stacks.yaml");
    const stat = statSync(path, { throwIfNoEntry: false });
    // Files are replaced whole, so another text has another inode, time or size.
    const stamp = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : "none";
    if (this.#index?.stamp !== stamp) {
      this.#assertFormat();
      const file = await readYamlFile(path);
      if (file === undefined && !statSync(this.folder, { throwIfNoEntry: false })?.isDirectory()) {
        throw new ZenError("profile_folder_missing", `The folder of the profile "${this.profile}", ${this.folder}, does not exist.`, {
          hint: "Put it back, or work with another profile: export ZENML_ACTIVATED_PROFILE=NAME",
        });
      }
      this.#index = { stamp, value: readIndex(path, file ?? {}) };
    }
    return this.#index.value;
  }

  /** Without a parser: `zen.yaml` may have thousands of entries, and most commands need none of them. */
  #assertFormat(): void {
    const path = join(this.folder, "zen.yaml");
    const format = /^format:\s*(\S+)/m.exec(readText(path) ?? "")?.[1];
    if (format === undefined || (/^\d+$/.test(format) && Number(format) <= FORMAT)) return;
    throw new ZenError(
      "profile_too_new",
      `The profile "${this.profile}" was written by a newer zen: ${path} has the format ${format}, and this zen knows ${FORMAT}.`,
      {
        hint: "Install a newer zen: npm install @zen/cli@latest. Nothing was changed.",
      },
    );
  }

  async #readOrigins(): Promise<YamlMapping> {
    const path = join(this.folder, "zen.yaml");
    return mapping(path, ["components"], (await readYamlFile(path))?.["components"]) ?? {};
  }

  /** The component in a list of one; undefined if it was deleted meanwhile. */
  async #component(type: ComponentType, name: string, origins: YamlMapping = {}): Promise<[ComponentRecord] | undefined> {
    const path = this.#file(type, name);
    const file = await readYamlFile(path);
    const flavor = (await this.#read()).components.get(type)!.get(name);
    if (flavor === undefined) return undefined;
    if (file === undefined) {
      throw new ZenError("component_file_missing", `The file of the ${componentType(type).label} "${name}", ${path}, does not exist.`, {
        hint: `Put it back from a backup, or take its name out of ${join(this.folder, "stacks.yaml")}.`,
      });
    }
    const zen = join(this.folder, "zen.yaml");
    const ofType = mapping(zen, ["components", type], own(origins, type)) ?? {};
    const origin = mapping(zen, ["components", type, name], own(ofType, name)) ?? {};
    const contract = own(origin, "contract");
    return [
      {
        type,
        name,
        flavor,
        uuid: text(path, ["uuid"], own(file, "uuid")) ?? missingUuid(path),
        config: Object.fromEntries(Object.entries(file).filter(([key]) => key !== "name" && key !== "uuid")) as Readonly<
          Record<string, Json>
        >,
        package: text(zen, ["components", type, name, "package"], own(origin, "package")),
        version: text(zen, ["components", type, name, "version"], own(origin, "version")),
        contract: typeof contract === "number" ? contract : undefined,
      },
    ];
  }

  #file(type: ComponentType, name: string): string {
    return join(this.folder, componentType(type).plural, `${name}.yaml`);
  }
}

function readIndex(path: string, file: YamlMapping): Index {
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
  return { components, stacks };
}

/** A name in `stacks.yaml` names a file: it must not lead out of its folder. */
function safeName(path: string, name: string): string {
  if (name === "" || name === "." || name === ".." || /[/\\\u0000]/.test(name))
    throw brokenFile(path, `${JSON.stringify(name)} can't be the name of a component`);
  return name;
}

function missingUuid(path: string): never {
  throw brokenFile(path, `"uuid" is missing`);
}

function own(map: YamlMapping, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function stackRecord(name: string, parts: ReadonlyMap<ComponentType, string>): StackRecord {
  return { name, components: Object.fromEntries(parts) };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
