import { COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import type { FlavorClass, StackComponent } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import { configFromText } from "../flavor/config-from-text.ts";
import { findFlavor } from "../flavor/find-flavor.ts";
import type { FlavorEntry, FlavorListing } from "../flavor/flavor-entry.ts";
import { configSchemaOf, loadFlavor } from "../flavor/load.ts";
import { names } from "../flavor/manifest.ts";
import { configFolder } from "../profile/config-folder.ts";
import { Stack, type StackParts } from "../stack/stack.ts";
import type { ComponentRecord, StackChange, StackRecord } from "../store/stack-store.ts";
import { openContext, type Context, type ContextOptions } from "./context.ts";
import { findRepository } from "./find-repository.ts";
import { componentFrom, configOf, recordOf } from "./stored-component.ts";

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
  readonly #options: ContextOptions;
  #listing: FlavorListing | undefined;
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

  get activeProfileName(): Promise<string> {
    return this.#open().then((context) => context.profile.value);
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
      for (const record of await context.store.listStacks()) stacks.push(await this.#stack(context, record));
      return stacks;
    });
  }

  /** The active stack: its components are new objects each time. Close it when done. */
  get activeStack(): Promise<Stack> {
    return this.#open().then(async (context) =>
      this.#stack(context, await context.store.requireStack((await context.activeStack()).value)),
    );
  }

  /**
   * One component of the active stack, without loading the others.
   *
   * @throws ZenError `no_such_component` if the stack has none of the type
   */
  async activeComponent(type: ComponentType): Promise<StackComponent> {
    const context = await this.#open();
    const stack = await context.store.requireStack((await context.activeStack()).value);
    const name = stack.components[type];
    const { label, command } = componentType(type);
    if (name === undefined)
      throw new ZenError("no_such_component", `The active stack "${stack.name}" has no ${label}.`, {
        hint: `Choose a stack that has one: zen stack list. Or register one: zen ${command} register --help`,
      });
    return this.#component(context, await context.store.requireComponent(type, name));
  }

  /** @throws ZenError `stack_not_found` */
  async getStack(name: string): Promise<Stack> {
    const context = await this.#open();
    return this.#stack(context, await context.store.requireStack(name));
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
    const changes: StackChange[] = [];
    for (const component of stack.components) {
      if (!this.#stored.has(component))
        changes.push({ kind: "create_component", component: await this.#recordOf(context, component), unlessSame: true });
    }
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

  /** @throws ZenError `stack_not_found`; `stack_active` for one that is active */
  async deregisterStack(name: string): Promise<void> {
    const context = await this.#open();
    await context.store.requireStack(name);
    const global = context.profiles.find((profile) => profile.name === context.profile.value)?.activeStack === name;
    // The active stack may have gone itself: nothing stands in the way then.
    const here = (await context.activeStack().catch(() => undefined))?.value === name;
    if (global || here) {
      throw new ZenError(
        "stack_active",
        `The stack "${name}" is ${here ? "the active one" : `the active one of the profile "${context.profile.value}"`}.`,
        {
          hint: `Make another one active first: zen stack set ${here ? "" : "--global "}NAME`,
        },
      );
    }
    await context.store.commit([{ kind: "delete_stack", name }]);
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
   */
  async registerFromText({
    type,
    name,
    flavor,
    config,
  }: {
    readonly type: ComponentType;
    readonly name: string;
    readonly flavor: string;
    readonly config: Readonly<Record<string, string>>;
  }): Promise<void> {
    const context = await this.#open();
    const entry = findFlavor(this.#flavors(context), type, flavor);
    const flavorClass = await loadFlavor(entry);
    const options = configFromText(configSchemaOf(entry, flavorClass), config, `${componentType(type).label} flavor "${entry.flavor}"`);
    const component = new flavorClass({ ...options, name } as never);
    await context.store.commit([
      { kind: "create_component", component: recordOf(component, entry, flavor.slice(flavor.lastIndexOf(":") + 1)) },
    ]);
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

  /** @throws ZenError `component_not_found`; `component_in_use` that names the stacks */
  async deregisterStackComponent(type: ComponentType, name: string): Promise<void> {
    await (await this.#open()).store.commit([{ kind: "delete_component", type, name }]);
  }

  #open(): Promise<Context> {
    return openContext(this.#options);
  }

  #flavors(context: Context): FlavorListing {
    return (this.#listing ??= context.flavors());
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
    const component = await componentFrom(record, this.#flavors(context));
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
    const entries = this.#flavors(context).flavors.filter(
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
        hint: `Put it into a package that has a "zen" manifest in its package.json, and add that package to the dependencies of your project.`,
      },
    );
  }
}
