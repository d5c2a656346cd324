import { isDeepStrictEqual } from "node:util";
import { COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { FlavorClass, StackComponent } from "../component/stack-component.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { configFromText } from "../flavor/config-from-text.ts";
import { assertRegistrable, customSource } from "../flavor/custom-flavor.ts";
import { findFlavor, flavorOf } from "../flavor/find-flavor.ts";
import type { FlavorEntry } from "../flavor/flavor-entry.ts";
import { configSchemaOf, loadFlavor } from "../flavor/load.ts";
import { names } from "../flavor/manifest.ts";
import { collect } from "../metadata/collect.ts";
import type { PipelineRecord } from "../metadata/record.ts";
import { configFolder } from "../profile/config-folder.ts";
import type { ProfileRecord } from "../profile/global-config.ts";
import { Stack, type StackParts } from "../stack/stack.ts";
import { withConfigLock } from "../store/config-lock.ts";
import { assertName } from "../store/name.ts";
import type { BaseStackStore, ComponentRecord, ProjectRecord, StackChange, StackRecord } from "../store/stack-store.ts";
import { requireActiveComponent } from "./active-component.ts";
import { activeProject, setActiveProject } from "./active-project.ts";
import { deleteStack, renameStack } from "./change-stack.ts";
import { openContext, type Context, type ContextOptions } from "./context.ts";
import { withoutSettings, withSettings } from "./edit-component.ts";
import { findRepository, isRepository } from "./find-repository.ts";
import { initRepository } from "./init-repository.ts";
import { componentFrom, configOf, originOf, recordOf, upgraded } from "./stored-component.ts";

/** Which repository, profile and stack: without any of these, those that are active in the working directory. */
export interface RepositoryOptions extends Omit<ContextOptions, "folder"> {
  /**
   * Where the search for `.zen`, for the project and for its flavors starts.
   *
   * @default `root`, else the working directory
   */
  readonly folder?: string | undefined;
}

/**
 * The stacks and components of the active profile, for programs.
 *
 * Making one costs nothing. `root` and `configDirectory` are known at once; whatever reads a file is a promise, also as a
 * property. Nothing is kept between two calls, so what another process changed is seen.
 *
 * @example
 * const repo = new Repository();
 * const stack = await repo.activeStack;
 * console.log(stack.name, stack.artifactStore.path);
 */
export class Repository {
  #options: ContextOptions;
  /** Components that were made of what is stored: they need not be registered again. */
  readonly #stored = new WeakSet<StackComponent>();

  constructor({ folder, ...options }: RepositoryOptions = {}) {
    this.#options = { ...options, folder: folder ?? options.root ?? process.cwd() };
  }

  /**
   * The folder that has `.zen`; undefined outside a repository.
   *
   * @throws ZenError `repository_not_found` if `root` or `ZENML_REPOSITORY_PATH` names something else
   */
  get root(): string | undefined {
    return findRepository(this.#options.folder, this.#options.env, this.#options.root);
  }

  /** The folder of zen's own files. */
  get configDirectory(): string {
    return configFolder(this.#options.env);
  }

  /** Makes a folder a repository. @throws ZenError `repository_exists`, `folder_not_found` */
  static async initialize(root: string): Promise<void> {
    await initRepository({ folder: root });
  }

  /** Whether a folder is a repository's root. */
  static isRepositoryDirectory(folder: string): boolean {
    return isRepository(folder);
  }

  /**
   * The root of the repository that a folder belongs to; undefined if it belongs to none. `ZENML_REPOSITORY_PATH` wins.
   *
   * @param folder @default the working directory
   * @throws ZenError `repository_not_found` if the variable names something else
   */
  static findRepository(folder: string = process.cwd()): string | undefined {
    return findRepository(folder);
  }

  /**
   * Works with another repository from now on.
   *
   * @param root its root folder; without one, the nearest upward from the working directory
   * @throws ZenError `repository_not_found`
   */
  activateRoot(root?: string): void {
    if (root !== undefined) findRepository(root, {}, root);
    this.#options = { ...this.#options, root, folder: root ?? process.cwd() };
  }

  /** All profiles, by name. */
  get profiles(): Promise<readonly ProfileRecord[]> {
    return this.#open().then((context) => context.profiles);
  }

  get activeProfile(): Promise<ProfileRecord> {
    return this.#open().then((context) => context.profileRecord);
  }

  get activeProfileName(): Promise<string> {
    return this.#open().then((context) => context.profile.value);
  }

  /** The name of the active profile's user. */
  get activeUserName(): Promise<string | undefined> {
    return this.#open().then((context) => context.profileRecord.activeUser);
  }

  /** The project that the repository belongs to; undefined if that is none, or one that the profile doesn't have. */
  get activeProject(): Promise<ProjectRecord | undefined> {
    return this.#open().then(activeProject);
  }

  /**
   * Says which project the repository belongs to; without a name, that it belongs to none.
   *
   * @throws ZenError `no_repository` outside one; `project_not_found`
   */
  async setActiveProject(name?: string): Promise<void> {
    await setActiveProject(await this.#open(), name);
  }

  /** Where the active profile keeps its stacks and components: plain records. */
  get store(): Promise<BaseStackStore> {
    return this.#open().then((context) => context.store);
  }

  /**
   * Makes a profile the active one: of the repository, or everywhere outside one.
   *
   * @throws ZenError `profile_not_found`
   */
  async activateProfile(name: string): Promise<void> {
    await (await this.#open()).setActiveProfile(name);
  }

  get activeStackName(): Promise<string> {
    return this.#open().then(async (context) => (await context.activeStack()).value);
  }

  /** The names of all stacks' components, by stack. No class is loaded. */
  get stackConfigurations(): Promise<Record<string, StackRecord["components"]>> {
    return this.#open().then(async ({ store }) =>
      Object.fromEntries((await store.listStacks()).map((stack) => [stack.name, stack.components])),
    );
  }

  /** All stacks, by name. Rejects if the flavor of one of their components can't be loaded. */
  get stacks(): Promise<readonly Stack[]> {
    return this.#open().then(async (context) => {
      const stacks: Stack[] = [];
      for (const { name } of await context.store.listStacks()) {
        const stack = await this.#storedStack(context, name);
        if (stack) stacks.push(stack);
      }
      return stacks;
    });
  }

  /** The active stack: its components are new objects each time. Close it when done. */
  get activeStack(): Promise<Stack> {
    return this.#open().then(async (context) => this.#requireStack(context, (await context.activeStack()).value));
  }

  /**
   * One component of the active stack, without loading the others.
   *
   * @throws ZenError `no_active_component` if the stack has none of the type
   */
  async activeComponent(type: ComponentType): Promise<StackComponent> {
    const context = await this.#open();
    return this.#component(context, await context.store.requireComponent(type, await requireActiveComponent(context, type)));
  }

  /** @throws ZenError `stack_not_found` */
  async getStack(name: string): Promise<Stack> {
    return this.#requireStack(await this.#open(), name);
  }

  /**
   * Stores a stack, and those of its components that aren't stored yet.
   *
   * @throws ZenError `invalid_stack`, `stack_exists`; `component_exists` if another component has the name of one of its;
   * `flavor_not_installed` for a class that zen could not find again; `literal_secret`
   */
  async registerStack(stack: Stack): Promise<void> {
    stack.validate();
    const context = await this.#open();
    const changes = await this.#componentChanges(context, stack);
    const components = Object.fromEntries(stack.components.map((component) => [component.type, component.name]));
    await context.store.commit([...changes, { kind: "create_stack", stack: { name: stack.name, components } }]);
  }

  /**
   * Stores a stack made of components that are stored, by their names.
   *
   * @throws ZenError `component_not_found`, `bad_stack`, `invalid_stack`, `stack_exists`
   */
  async registerStackOf(name: string, components: StackRecord["components"]): Promise<void> {
    const context = await this.#open();
    (await this.#stack(context, { name, components })).validate();
    await context.store.commit([{ kind: "create_stack", stack: { name, components } }]);
  }

  /**
   * Makes a stack the active one: of the repository, or of the profile outside one.
   *
   * @throws ZenError `stack_not_found`
   */
  async activateStack(name: string): Promise<void> {
    await (await this.#open()).setActiveStack(name);
  }

  /**
   * Replaces a stack by another one, which may have another name; components of it that aren't stored yet are stored.
   *
   * @throws ZenError `stack_not_found`, `stack_exists`, `invalid_stack`, and as {@link Repository.registerStack}
   */
  async updateStack(name: string, stack: Stack): Promise<void> {
    stack.validate();
    const context = await this.#open();
    const changes = await this.#componentChanges(context, stack);
    const components = Object.fromEntries(stack.components.map((component) => [component.type, component.name]));
    await renameStack(context, name, stack.name, [...changes, { kind: "update_stack", stack: { name: stack.name, components } }]);
  }

  /**
   * Gives a stack other components, by their names, or takes components away.
   *
   * @param edit.set the components to have
   * @param edit.remove types to have none of
   * @throws ZenError `stack_not_found`, `component_not_found`, `invalid_stack`; `component_required`, `no_such_component` for
   * what can't be taken away
   */
  async editStack(
    name: string,
    { set = {}, remove = [] }: { readonly set?: StackRecord["components"]; readonly remove?: readonly ComponentType[] },
  ): Promise<void> {
    const context = await this.#open();
    await untilUnchanged("stack_changed", context, async (commit) => {
      const from = await context.store.requireStack(name);
      const components = { ...from.components, ...set };
      for (const type of remove) {
        const { label, required } = componentType(type);
        if (required)
          throw new ZenError("component_required", `A stack can't be without its ${label}.`, {
            exitCode: 2,
            hint: "Give it another one instead: zen stack update",
          });
        if (components[type] === undefined)
          throw new ZenError("no_such_component", `The stack "${name}" has no ${label}.`, {
            hint: `Look at it: zen stack describe ${name}`,
          });
        delete components[type];
      }
      (await this.#stack(context, { name, components })).validate();
      await commit([{ kind: "update_stack", stack: { name, components }, from }]);
    });
  }

  /** @throws ZenError `stack_not_found`; `stack_active` for one that is active */
  async deregisterStack(name: string): Promise<void> {
    await deleteStack(await this.#open(), name);
  }

  /**
   * Stores a component.
   *
   * @throws ZenError `component_exists`, `bad_name`, `literal_secret`; `flavor_not_installed` for a class that zen could not
   * find again
   */
  async registerStackComponent(component: StackComponent): Promise<void> {
    const context = await this.#open();
    await context.store.commit([{ kind: "create_component", component: await this.#recordOf(context, component) }]);
  }

  /**
   * Makes and stores a component from what was typed: see `configFromText`.
   *
   * @param options.flavor a short name, an alias, or `package:flavor`
   * @param options.isFit asked before it is stored, about one that could be; false: it is not
   * @returns whether it was stored
   */
  async registerFromText({
    type,
    name,
    flavor,
    config,
    isFit,
  }: {
    readonly type: ComponentType;
    readonly name: string;
    readonly flavor: string;
    readonly config: Readonly<Record<string, string>>;
    readonly isFit?: ((component: StackComponent) => Promise<boolean>) | undefined;
  }): Promise<boolean> {
    assertName(componentType(type).label, name);
    const context = await this.#open();
    const entry = findFlavor(await context.flavors(), type, flavor);
    const flavorClass = await loadFlavor(entry);
    const options = configFromText(configSchemaOf(entry, flavorClass), config, `${componentType(type).label} flavor "${entry.flavor}"`);
    const component = new flavorClass({ ...options, name } as never);
    const record = recordOf(component, entry, flavor.slice(flavor.lastIndexOf(":") + 1));
    if (isFit) {
      // A name that is taken is refused below, and nothing has to be asked for that.
      const isFree = (await context.store.getComponent(type, name)) === undefined;
      if (isFree && !(await isFit(component))) return false;
    }
    await context.store.commit([{ kind: "create_component", component: record }]);
    return true;
  }

  /** @throws ZenError `component_not_found` */
  async getStackComponent(type: ComponentType, name: string): Promise<StackComponent> {
    const context = await this.#open();
    return this.#component(context, await context.store.requireComponent(type, name));
  }

  /** All components of a type, by name. Rejects if the flavor of one of them can't be loaded. */
  async getStackComponents(type: ComponentType): Promise<readonly StackComponent[]> {
    const context = await this.#open();
    const components: StackComponent[] = [];
    for (const record of await context.store.listComponents(type)) components.push(await this.#component(context, record));
    return components;
  }

  /**
   * Replaces the configuration of a component by that of another object, which may have another name. The uuid stays.
   *
   * @param name the stored one
   * @throws ZenError `component_not_found`, `component_exists`, `literal_secret`; `flavor_not_installed`
   */
  async updateStackComponent(name: string, type: ComponentType, component: StackComponent): Promise<void> {
    const context = await this.#open();
    const there = await context.store.requireComponent(type, name);
    const record: ComponentRecord = { ...(await this.#recordOf(context, component)), type, uuid: there.uuid };
    await context.store.commit([
      { kind: "rename_component", type, name, to: record.name },
      { kind: "update_component", component: record },
    ]);
  }

  /**
   * Changes and takes away settings of a component, as they were typed: see `configFromText`.
   *
   * @throws ZenError `component_not_found`, `bad_config`, `mandatory_property`, `literal_secret`
   */
  async editComponent(
    { type, name }: { readonly type: ComponentType; readonly name: string },
    { set = {}, remove = [] }: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] },
  ): Promise<void> {
    const context = await this.#open();
    await untilUnchanged("component_changed", context, async (commit) => {
      const from = await context.store.requireComponent(type, name);
      const entry = flavorOf(await context.flavors(), from);
      const flavorClass = await loadFlavor(entry);
      const loaded = { flavorClass, schema: configSchemaOf(entry, flavorClass) };
      const without = remove.length === 0 ? from : withoutSettings(from, loaded, remove);
      const component = Object.keys(set).length === 0 ? without : withSettings(upgraded(without, entry, flavorClass), loaded, set);
      await commit([{ kind: "update_component", component: { ...component, ...originOf(from, entry) }, from }]);
    });
  }

  /** @throws ZenError `component_not_found`; `component_in_use` that names the stacks */
  async deregisterStackComponent(type: ComponentType, name: string): Promise<void> {
    await (await this.#open()).store.commit([{ kind: "delete_component", type, name }]);
  }

  /**
   * The class of a flavor.
   *
   * @param name a short name, an alias, or `package:flavor`
   * @throws ZenError `flavor_not_found`, `flavor_ambiguous`, `flavor_unusable`, or why it can't be imported
   */
  async getFlavor(name: string, type: ComponentType): Promise<FlavorClass> {
    return loadFlavor(findFlavor(await (await this.#open()).flavors(), type, name));
  }

  /**
   * Registers a class of a project's own code as a flavor, under its own `FLAVOR`.
   *
   * @param source `./src/stores.ts#MyStore`, `@acme/pkg/sub#MyStore`, or dotted from the repository's root, `src.stores.MyStore`
   * @returns the flavor's name
   * @throws ZenError `bad_source`, `bad_flavor`, `flavor_exists`
   */
  async registerFlavor(type: ComponentType, source: string): Promise<string> {
    const context = await this.#open();
    const { folder, repositoryRoot } = context;
    const found = customSource(source, { folder, repositoryRoot });
    const flavor = (await assertRegistrable(type, found)).FLAVOR;
    const others = (await context.flavors()).flavors.filter((entry) => entry.type === type && names(entry).includes(flavor));
    const installed = others.find((entry) => entry.origin === "package");
    if (installed)
      throw new ZenError(
        "flavor_exists",
        `The flavor '${flavor}' for the stack component type '${type}' already exists: the package ${installed.package} has it.`,
        { hint: `Give the class another FLAVOR.`, exitCode: 1 },
      );
    const stale = others.some((entry) => entry.origin === "custom" && entry.problem !== undefined);
    await context.store.commit([
      // One whose file has gone could never be used again.
      ...(stale ? [{ kind: "delete_flavor", type, flavor } as const] : []),
      { kind: "create_flavor", flavor: { type, flavor, source: { kind: "custom", ...found } } },
    ]);
    return flavor;
  }

  /**
   * The pipelines that have run on a stack, by name.
   *
   * @param stack @default the active one
   */
  async getPipelines(stack?: string): Promise<readonly PipelineRecord[]> {
    return this.#withMetadata(stack, (store) =>
      collect(
        (page) => store.listPipelines(page),
        (pipeline) => pipeline,
      ),
    );
  }

  /** A pipeline that has run on a stack; undefined if none of this name has. */
  async getPipeline(name: string, stack?: string): Promise<PipelineRecord | undefined> {
    return (await this.getPipelines(stack)).find((pipeline) => pipeline.name === name);
  }

  #open(): Promise<Context> {
    return openContext(this.#options);
  }

  async #withMetadata<Result>(name: string | undefined, use: (store: BaseMetadataStore) => Promise<Result>): Promise<Result> {
    const context = await this.#open();
    const stack = await context.store.requireStack(name ?? (await context.activeStack()).value);
    const record = await context.store.requireComponent("metadata_store", stack.components.metadata_store ?? "");
    const store = (await this.#component(context, record)) as BaseMetadataStore;
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  /** What stores those components of a stack that aren't stored yet. */
  async #componentChanges(context: Context, stack: Stack): Promise<StackChange[]> {
    const changes: StackChange[] = [];
    for (const component of stack.components) {
      if (!this.#stored.has(component))
        changes.push({ kind: "create_component", component: await this.#recordOf(context, component), unlessSame: true });
    }
    return changes;
  }

  async #requireStack(context: Context, name: string): Promise<Stack> {
    return (await this.#storedStack(context, name)) ?? this.#stack(context, await context.store.requireStack(name));
  }

  /** A stack as it is stored; undefined if it isn't there. */
  async #storedStack(context: Context, name: string): Promise<Stack | undefined> {
    for (let record = await context.store.getStack(name); record;) {
      try {
        return await this.#stack(context, record);
      } catch (error) {
        if (!isZenError(error) || error.code !== "component_not_found") throw error;
        // Another process may have renamed the component, and with it what the stack says, between the two.
        const now = await context.store.getStack(name);
        if (isDeepStrictEqual(now, record)) throw error;
        record = now;
      }
    }
    return undefined;
  }

  async #stack(context: Context, { name, components }: StackRecord): Promise<Stack> {
    const parts: Record<string, StackComponent> = {};
    for (const { type, property } of COMPONENT_TYPES) {
      const part = components[type];
      if (part !== undefined) parts[property] = await this.#component(context, await context.store.requireComponent(type, part));
    }
    return new Stack({ name, ...(parts as unknown as StackParts) });
  }

  async #component(context: Context, record: ComponentRecord): Promise<StackComponent> {
    const component = await componentFrom(record, await context.flavors());
    this.#stored.add(component);
    return component;
  }

  /** The record of a component that a program made: of the stored one if it is that, else with where its flavor is. */
  async #recordOf(context: Context, component: StackComponent): Promise<ComponentRecord> {
    const there = await context.store.getComponent(component.type, component.name);
    if (there?.uuid === component.uuid) return { ...there, config: configOf(component) };
    return recordOf(component, await this.#flavorOf(context, component));
  }

  /** The installed flavor that has the component's class, so that any program can make the component again. */
  async #flavorOf(context: Context, component: StackComponent): Promise<FlavorEntry> {
    const { type, flavor } = component;
    const made = component.constructor as unknown as FlavorClass;
    const entries = (await context.flavors()).flavors.filter(
      (entry) => entry.type === type && names(entry).includes(flavor) && entry.problem === undefined,
    );
    const classes = await Promise.all(entries.map((entry) => loadFlavor(entry)));
    // The class of another copy of the package is another object of the same name.
    const index = classes.includes(made) ? classes.indexOf(made) : classes.findIndex((one) => one.name === made.name);
    if (index !== -1) return entries[index]!;
    const others = entries.map((entry) => entry.package).join(" and ");
    throw new ZenError(
      "flavor_not_installed",
      `The class ${made.name} (${componentType(type).label} flavor "${flavor}") comes from none of the installed flavor packages${others === "" ? "" : `; the flavor "${flavor}" of ${others} is another class`}, so no other program could find it again.`,
      {
        hint: `Register the class: zen ${componentType(type).command} flavor register FILE#${made.name}. Or put it into a package that has a "zen" manifest in its package.json, and add that to your project's dependencies.`,
      },
    );
  }
}

/**
 * Makes a change of what is there. Where another process came before, it is made again while that can't happen: by then the
 * classes that it needs are loaded.
 */
async function untilUnchanged(
  code: "component_changed" | "stack_changed",
  { store, configFolder }: Context,
  change: (commit: (changes: readonly StackChange[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  try {
    await change((changes) => store.commit(changes));
  } catch (error) {
    if (!isZenError(error) || error.code !== code) throw error;
    await withConfigLock(configFolder, () => change((changes) => store.commitLocked(changes)));
  }
}
