import { isDeepStrictEqual } from "node:util";
import { componentType, type ComponentType, type ComponentTypeInfo } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { assertDistinct, assertName } from "./name.ts";
import { componentNotFound, stackNotFound, type ComponentRecord, type StackChange, type StoredFlavor } from "./stack-store.ts";

/** A component while changes are applied: only what is to be written has been read. */
export interface ComponentState {
  readonly flavor: string;
  /** The name under which it is stored now; undefined if it isn't yet. */
  readonly storedAs: string | undefined;
  /** What is to be written; undefined if nothing is. */
  readonly record: ComponentRecord | undefined;
}

/** The names of everything in a profile, as they are after the changes so far. */
export interface ProfileState {
  readonly components: ReadonlyMap<ComponentType, Map<string, ComponentState>>;
  readonly stacks: Map<string, ReadonlyMap<ComponentType, string>>;
  readonly flavors: Map<string, StoredFlavor>;
}

/** Applies changes to the state of a profile, each on top of those before it. Nothing is stored by it. */
export class StackChanges {
  readonly #profile: string;
  readonly #state: ProfileState;
  readonly #read: (type: ComponentType, name: string) => Promise<ComponentRecord | undefined>;

  /** @param read a component as it is stored, for conditions on its content */
  constructor(profile: string, state: ProfileState, read: (type: ComponentType, name: string) => Promise<ComponentRecord | undefined>) {
    this.#profile = profile;
    this.#state = state;
    this.#read = read;
  }

  /** @throws ZenError where a condition of the change isn't met: see {@link StackChange} */
  async apply(change: StackChange): Promise<void> {
    switch (change.kind) {
      case "create_component":
        return this.#createComponent(change.component, change.unlessSame ?? false);
      case "update_component":
        return this.#updateComponent(change.component, change.from);
      case "rename_component":
        return this.#renameComponent(change.type, change.name, change.to);
      case "delete_component":
        return this.#deleteComponent(change.type, change.name);
      case "create_stack":
        return this.#createStack(change.stack.name, change.stack.components);
      case "update_stack":
        return this.#updateStack(change.stack.name, change.stack.components, change.from?.components);
      case "rename_stack":
        return this.#renameStack(change.name, change.to);
      case "delete_stack":
        this.#stack(change.name);
        this.#state.stacks.delete(change.name);
        return;
      case "create_flavor":
        return this.#createFlavor(change.flavor);
      case "delete_flavor":
        return this.#deleteFlavor(change.type, change.flavor);
    }
  }

  async #createComponent(component: ComponentRecord, unlessSame: boolean): Promise<void> {
    const { type, name, flavor } = component;
    const { label } = componentType(type);
    const components = this.#state.components.get(type)!;
    const there = components.get(name);
    if (there) {
      const record = unlessSame ? await this.#record(type, there) : undefined;
      if (record?.uuid === component.uuid && record.flavor === flavor && isDeepStrictEqual(record.config, component.config)) return;
      const other = record && record.uuid !== component.uuid ? ", with another uuid" : record ? ", with another configuration" : "";
      throw this.#componentExists(componentType(type), name, other);
    }
    assertName(label, name);
    assertDistinct(label, name, components.keys());
    components.set(name, { flavor, storedAs: undefined, record: component });
  }

  async #updateComponent(component: ComponentRecord, from: ComponentRecord | undefined): Promise<void> {
    const { type, name, flavor } = component;
    const there = this.#component(type, name);
    if (from && !isDeepStrictEqual(await this.#record(type, there), from)) {
      throw new ZenError("component_changed", `The ${componentType(type).label} "${name}" has been changed by another process meanwhile.`, {
        hint: "Nothing was changed. Try again.",
      });
    }
    this.#state.components.get(type)!.set(name, { ...there, flavor, record: component });
  }

  async #renameComponent(type: ComponentType, name: string, to: string): Promise<void> {
    const info = componentType(type);
    const components = this.#state.components.get(type)!;
    const there = this.#component(type, name);
    if (to === name) return;
    if (components.has(to)) throw this.#componentExists(info, to);
    assertName(info.label, to);
    const others = [...components.keys()].filter((other) => other !== name);
    assertDistinct(info.label, to, others);
    components.delete(name);
    components.set(to, { ...there, record: { ...(await this.#record(type, there)), name: to } });
    for (const [stack, parts] of this.#state.stacks)
      if (parts.get(type) === name) this.#state.stacks.set(stack, new Map(parts).set(type, to));
  }

  #deleteComponent(type: ComponentType, name: string): void {
    this.#component(type, name);
    const { label } = componentType(type);
    const users = [...this.#state.stacks].filter(([, parts]) => parts.get(type) === name).map(([stack]) => stack);
    if (users.length > 0) {
      const one = users.length === 1;
      throw new ZenError(
        "component_in_use",
        `The ${label} "${name}" is part of the ${one ? "stack" : "stacks"} ${users.map((user) => `"${user}"`).join(", ")}.`,
        {
          hint: `Give ${one ? "that stack" : "those stacks"} another ${label}, or delete ${one ? "it" : "them"} first.`,
          details: { stacks: users },
        },
      );
    }
    this.#state.components.get(type)!.delete(name);
  }

  #createStack(name: string, components: Readonly<Partial<Record<ComponentType, string>>>): void {
    if (this.#state.stacks.has(name)) throw this.#stackExists(name);
    assertName("stack", name);
    assertDistinct("stack", name, this.#state.stacks.keys());
    this.#state.stacks.set(name, this.#parts(components));
  }

  #updateStack(
    name: string,
    components: Readonly<Partial<Record<ComponentType, string>>>,
    from: Readonly<Partial<Record<ComponentType, string>>> | undefined,
  ): void {
    const there = this.#stack(name);
    if (from && !isDeepStrictEqual(there, new Map(Object.entries(from)))) {
      throw new ZenError("stack_changed", `The stack "${name}" has been changed by another process meanwhile.`, {
        hint: "Nothing was changed. Try again.",
      });
    }
    this.#state.stacks.set(name, this.#parts(components));
  }

  #renameStack(name: string, to: string): void {
    const { stacks } = this.#state;
    const parts = this.#stack(name);
    if (to === name) return;
    if (stacks.has(to)) throw this.#stackExists(to);
    assertName("stack", to);
    const others = [...stacks.keys()].filter((other) => other !== name);
    assertDistinct("stack", to, others);
    stacks.delete(name);
    stacks.set(to, parts);
  }

  #createFlavor(flavor: StoredFlavor): void {
    const key = flavorKey(flavor);
    const there = this.#state.flavors.get(key);
    const { label, command } = componentType(flavor.type);
    if (there?.source.kind === "custom") {
      throw new ZenError(
        "flavor_exists",
        `The flavor '${flavor.flavor}' for the stack component type '${flavor.type}' already exists: ${there.source.module}#${there.source.export} in ${there.source.root}.`,
        { hint: `To replace it, delete it first: zen ${command} flavor delete ${flavor.flavor}` },
      );
    }
    assertName(`${label} flavor`, flavor.flavor);
    this.#state.flavors.set(key, flavor);
  }

  #deleteFlavor(type: ComponentType, flavor: string): void {
    const there = this.#state.flavors.get(flavorKey({ type, flavor }));
    const { label, command } = componentType(type);
    if (there?.source.kind !== "custom") {
      const custom = [...this.#state.flavors.values()].filter((one) => one.type === type && one.source.kind === "custom");
      const names = custom.map((one) => one.flavor);
      throw new ZenError(
        "flavor_not_found",
        `There is no ${label} flavor "${flavor}" that was registered in the profile "${this.#profile}".${didYouMean(flavor, names)}`,
        {
          exitCode: 2,
          hint:
            names.length > 0
              ? `These were: ${names.join(", ")}.`
              : `None was. A flavor of a package goes with its package: see zen ${command} flavor list`,
        },
      );
    }
    this.#state.flavors.delete(flavorKey({ type, flavor }));
  }

  /** @throws ZenError `flavor_in_use` for a flavor that a component of the final state has and that isn't there any more */
  async assertFlavors(deleted: readonly { readonly type: ComponentType; readonly flavor: string }[]): Promise<void> {
    for (const { type, flavor } of deleted) {
      if (this.#state.flavors.has(flavorKey({ type, flavor }))) continue;
      const { label, plural, command } = componentType(type);
      const users: string[] = [];
      for (const [name, state] of this.#state.components.get(type)!)
        if (state.flavor === flavor && (await this.#record(type, state)).custom === true) users.push(name);
      if (users.length === 0) continue;
      const one = users.length === 1;
      throw new ZenError(
        "flavor_in_use",
        `The ${label} flavor "${flavor}" is that of the ${one ? label : plural.replaceAll("_", " ")} ${users.map((user) => `"${user}"`).join(", ")}.`,
        { hint: `Delete ${one ? "it" : "them"} first: zen ${command} delete ${users[0]}`, details: { components: users } },
      );
    }
  }

  #component(type: ComponentType, name: string): ComponentState {
    const components = this.#state.components.get(type)!;
    return components.get(name) ?? componentNotFound(this.#profile, type, name, [...components.keys()]);
  }

  async #record(type: ComponentType, { record, storedAs }: ComponentState): Promise<ComponentRecord> {
    return record ?? (await this.#read(type, storedAs!)) ?? componentNotFound(this.#profile, type, storedAs!, []);
  }

  #stack(name: string): ReadonlyMap<ComponentType, string> {
    const { stacks } = this.#state;
    return stacks.get(name) ?? stackNotFound(this.#profile, name, [...stacks.keys()]);
  }

  #parts(components: Readonly<Partial<Record<ComponentType, string>>>): ReadonlyMap<ComponentType, string> {
    const parts = Object.entries(components) as [ComponentType, string][];
    for (const [type, component] of parts) this.#component(type, component);
    return new Map(parts);
  }

  #componentExists({ label, command }: ComponentTypeInfo, name: string, other = ""): ZenError {
    return new ZenError("component_exists", `The profile "${this.#profile}" already has the ${label} "${name}"${other}.`, {
      hint: `Choose another name, or look at it: zen ${command} describe ${name}`,
    });
  }

  #stackExists(name: string): ZenError {
    return new ZenError("stack_exists", `The profile "${this.#profile}" already has the stack "${name}".`, {
      hint: `Choose another name, or look at it: zen stack describe ${name}`,
    });
  }
}

/** Of a flavor, within a profile. */
export function flavorKey({ type, flavor }: { readonly type: ComponentType; readonly flavor: string }): string {
  return `${type}/${flavor}`;
}
