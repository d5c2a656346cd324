import { componentType, type ComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Json } from "../pipeline/types.ts";

/** A stack component as it is stored: plain data, no class loaded. */
export interface ComponentRecord {
  readonly type: ComponentType;
  readonly name: string;
  /** As it was typed when the component was registered: a flavor's short name or one of its aliases. */
  readonly flavor: string;
  readonly uuid: string;
  /** The configuration as files spell it: `access_key_id`. May hold secrets in clear if ZenML wrote it. */
  readonly config: Readonly<Record<string, Json>>;
  /** Where its flavor came from; undefined if ZenML wrote the component. */
  readonly package: string | undefined;
  readonly version: string | undefined;
  readonly contract: number | undefined;
  /** True if its flavor is one that was registered from code: see {@link StoredFlavor}. */
  readonly custom?: boolean;
}

/** A project, as ZenML keeps them in a profile. zen makes none. */
export interface ProjectRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
}

/** A flavor that a profile knows beside those of installed packages. */
export interface StoredFlavor {
  readonly type: ComponentType;
  /** Its short name. */
  readonly flavor: string;
  /**
   * - `custom`: a class in a project's own code, which a person registered: `module` is `./` and a path relative to `root`
   *   (absolute), or a package's `name/subpath` as `root` finds it;
   * - `python`: a class that ZenML registered, which zen can't use.
   */
  readonly source:
    | { readonly kind: "custom"; readonly root: string; readonly module: string; readonly export: string }
    | { readonly kind: "python"; readonly class: string };
}

/** A stack as it is stored: the names of its components. */
export interface StackRecord {
  readonly name: string;
  readonly components: Readonly<Partial<Record<ComponentType, string>>>;
}

/**
 * One change to a store. The conditions are checked at the moment of the change, so that of two processes that create the
 * same name one gets the error.
 *
 * - `create_component`: refused with `component_exists` if the name is taken; with `unlessSame`, a component with the same
 *   uuid, flavor and configuration is left as it is.
 * - `update_component`, `update_stack`: replace what is there; `component_not_found`, `stack_not_found`. With `from`, refused
 *   with `component_changed`, `stack_changed` if what is there isn't that any more: read it again, and try again.
 * - `rename_component`: in every stack as well. `rename_stack`: who has it as the active one is not the store's to know.
 * - `delete_component`: refused with `component_in_use` while a stack has it.
 * - `create_stack`, `update_stack`: `component_not_found` if a component isn't there.
 * - `create_flavor`: refused with `flavor_exists`. `delete_flavor`: refused with `flavor_in_use` while a component has it.
 */
export type StackChange =
  | { readonly kind: "create_component"; readonly component: ComponentRecord; readonly unlessSame?: boolean }
  | { readonly kind: "update_component"; readonly component: ComponentRecord; readonly from?: ComponentRecord }
  | { readonly kind: "rename_component"; readonly type: ComponentType; readonly name: string; readonly to: string }
  | { readonly kind: "delete_component"; readonly type: ComponentType; readonly name: string }
  | { readonly kind: "create_stack"; readonly stack: StackRecord }
  | { readonly kind: "update_stack"; readonly stack: StackRecord; readonly from?: StackRecord }
  | { readonly kind: "rename_stack"; readonly name: string; readonly to: string }
  | { readonly kind: "delete_stack"; readonly name: string }
  | { readonly kind: "create_flavor"; readonly flavor: StoredFlavor }
  | { readonly kind: "delete_flavor"; readonly type: ComponentType; readonly flavor: string };

/**
 * Where a profile keeps its stacks and components. The file store is the embedded one; shared profiles use others through
 * this same interface.
 *
 * What a store promises:
 * - {@link BaseStackStore.commit} applies all its changes or none, and loses nobody else's;
 * - a reader sees a stack or a component whole or not at all, and never waits for a writer;
 * - records are plain data: no class of a flavor is loaded.
 */
export abstract class BaseStackStore {
  /** The profile's name, for messages. */
  abstract readonly profile: string;

  /**
   * Whether the store is there, looked at as cheaply as that can be found out.
   *
   * @throws ZenError why it can't be read
   */
  async assertReadable(): Promise<void> {}
  /** All stacks, by name. */
  abstract listStacks(): Promise<readonly StackRecord[]>;
  abstract getStack(name: string): Promise<StackRecord | undefined>;
  /** All components of a type, by name. */
  abstract listComponents(type: ComponentType): Promise<readonly ComponentRecord[]>;
  /** The names of all components of a type, sorted, without reading what they are. */
  async listNames(type: ComponentType): Promise<readonly string[]> {
    return (await this.listComponents(type)).map((component) => component.name);
  }
  abstract getComponent(type: ComponentType, name: string): Promise<ComponentRecord | undefined>;
  /** The flavors that were registered in the profile, by type and name. */
  abstract listFlavors(): Promise<readonly StoredFlavor[]>;
  /** The projects that ZenML registered in the profile. */
  async listProjects(): Promise<readonly ProjectRecord[]> {
    return [];
  }
  /** Applies the changes in order: all or none. */
  abstract commit(changes: readonly StackChange[]): Promise<void>;

  /** {@link BaseStackStore.commit} for a caller that holds the configuration folder's lock already. */
  commitLocked(changes: readonly StackChange[]): Promise<void> {
    return this.commit(changes);
  }

  /** @throws ZenError `stack_not_found` */
  async requireStack(name: string): Promise<StackRecord> {
    return (
      (await this.getStack(name)) ??
      stackNotFound(
        this.profile,
        name,
        (await this.listStacks()).map((stack) => stack.name),
      )
    );
  }

  /** @throws ZenError `component_not_found` */
  async requireComponent(type: ComponentType, name: string): Promise<ComponentRecord> {
    return (await this.getComponent(type, name)) ?? componentNotFound(this.profile, type, name, await this.listNames(type));
  }
}

/** Throws: for stores that look for a stack within a change. */
export function stackNotFound(profile: string, name: string, known: readonly string[]): never {
  throw new ZenError("stack_not_found", `There is no stack "${name}" in the profile "${profile}".${didYouMean(name, known)}`, {
    exitCode: 2,
    hint: "See all stacks: zen stack list",
  });
}

/** Throws: for stores that look for a component within a change. */
export function componentNotFound(profile: string, type: ComponentType, name: string, known: readonly string[]): never {
  const { label, command } = componentType(type);
  throw new ZenError("component_not_found", `There is no ${label} "${name}" in the profile "${profile}".${didYouMean(name, known)}`, {
    exitCode: 2,
    hint: `See all: zen ${command} list`,
  });
}
