import { ZenError } from "../error/zen-error.ts";

import { cacheFolder } from "../flavor/cache-folder.ts";
import type { FlavorListing } from "../flavor/flavor-entry.ts";
import { indexedFlavors } from "../flavor/flavor-index.ts";
import { withStoredFlavors } from "../flavor/stored-flavor.ts";
import { configFolder as findConfigFolder } from "../profile/config-folder.ts";
import { ensureDefaultProfile, needsDefaultProfile } from "../profile/create-profile.ts";
import { readGlobalConfig, requireProfile, type GlobalConfig, type ProfileRecord } from "../profile/global-config.ts";
import { openStore } from "../profile/open-store.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { BaseStackStore } from "../store/stack-store.ts";
import { editYamlFile } from "../store/yaml-edit.ts";
import { activeProfile, anotherStack, saveFallback, withRepository, withoutWriters } from "./active-profile.ts";
import { sessionValue, unknownActive, type ActiveValue } from "./active-value.ts";
import { findRepository } from "./find-repository.ts";
import { readLocalConfig, writeLocalConfig, writeLocalConfigLocked, type LocalConfig } from "./local-config.ts";

/** Where to start, and what a command was told. */
export interface ContextOptions {
  /** The start folder, absolute: `.zen`, the project and its flavors are searched from here upward. */
  readonly folder: string;
  /** A repository's root, which beats the search. */
  readonly root?: string | undefined;
  /** Further packages whose flavors count: a CLI's own folder. */
  readonly hostFolders?: readonly string[] | undefined;
  /** `--profile`. */
  readonly profile?: string | undefined;
  /** `--stack`. */
  readonly stack?: string | undefined;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** What a person should hear: what first use creates, a fall-back. */
  readonly notice?: ((line: string) => void) | undefined;
  /** Called with each context that was opened. */
  readonly opened?: ((context: Context) => void) | undefined;
}

/**
 * Finds out where zen is: configuration folder, repository, active profile. Makes the default profile on first use, and
 * migrates a repository that ZenML 0.6 or older left.
 *
 * Of the profile, and of the stack, the first of these counts: flag, environment, repository, global.
 *
 * A profile that the repository or the configuration names and that has gone is replaced by another, said once and saved.
 *
 * @throws ZenError `profile_not_found` for a flag or a variable that names none; `broken_file`, `config_too_new`,
 * `repository_not_found`
 */
export async function openContext(options: ContextOptions): Promise<Context> {
  const { folder, hostFolders = [], env = process.env } = options;
  // A program that doesn't listen need not hear what first use makes, but what was changed it must.
  const notice = options.notice ?? ((line: string) => process.emitWarning(line, "ZenWarning"));
  const configFolder = findConfigFolder(env);
  const repositoryRoot = findRepository(folder, env, options.root);
  let listing: FlavorListing | undefined;
  const installed = (): FlavorListing => (listing ??= indexedFlavors({ folder, hostFolders, repositoryRoot }, cacheFolder(env)));
  const versionOf = (name: string): string | undefined => installedVersion(installed, name);

  let config = await readGlobalConfig(configFolder);
  if (needsDefaultProfile(config)) config = await ensureDefaultProfile({ configFolder, notice: options.notice ?? (() => {}), versionOf });
  const place = { configFolder, repositoryRoot, notice };
  let said = await withRepository(config, place);
  const named = said.local?.activeProfile ?? said.config.activatedProfile;
  if (!said.config.profiles.some((profile) => profile.name === named)) {
    await withoutWriters(configFolder);
    said = await withRepository(await readGlobalConfig(configFolder), place);
  }
  const { profile, local } = await activeProfile(said.config, said.local, { ...options, env, ...place });
  const context = new Context({
    folder,
    configFolder,
    repositoryRoot,
    profile,
    config: said.config,
    local,
    installed,
    versionOf,
    stackFlag: options.stack,
    env,
    notice,
  });
  options.opened?.(context);
  return context;
}

interface ContextState {
  readonly folder: string;
  readonly configFolder: string;
  readonly repositoryRoot: string | undefined;
  readonly profile: ActiveValue;
  readonly config: GlobalConfig;
  readonly local: LocalConfig | undefined;
  readonly installed: () => FlavorListing;
  readonly versionOf: (packageName: string) => string | undefined;
  readonly stackFlag: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (line: string) => void;
}

/**
 * Where zen is, as of when it was opened by {@link openContext}. Light: no flavor's class, no schema library.
 */
export class Context {
  readonly folder: string;
  readonly configFolder: string;
  /** The folder that has `.zen`; undefined outside a repository. */
  readonly repositoryRoot: string | undefined;
  readonly profile: ActiveValue;
  readonly #state: ContextState;
  #config: GlobalConfig;
  #local: LocalConfig | undefined;
  #store: BaseStackStore | undefined;
  #stack: Promise<ActiveValue> | undefined;
  #flavors: Promise<FlavorListing> | undefined;

  /** @internal */
  constructor(state: ContextState) {
    this.#state = state;
    this.folder = state.folder;
    this.configFolder = state.configFolder;
    this.repositoryRoot = state.repositoryRoot;
    this.profile = state.profile;
    this.#config = state.config;
    this.#local = state.local;
  }

  /** All profiles, by name. */
  get profiles(): readonly ProfileRecord[] {
    return this.#config.profiles;
  }

  /** What the active profile says of itself. */
  get profileRecord(): ProfileRecord {
    return requireProfile({ profiles: this.profiles }, this.profile.value);
  }

  /** What the repository says; undefined outside one. */
  get localConfig(): LocalConfig | undefined {
    return this.#local;
  }

  get env(): NodeJS.ProcessEnv {
    return this.#state.env;
  }

  /** What a person should hear. */
  get notice(): (line: string) => void {
    return this.#state.notice;
  }

  /** The installed version of a package that has flavors; undefined if it isn't installed. */
  versionOf(packageName: string): string | undefined {
    return this.#state.versionOf(packageName);
  }

  /** The active profile's stacks and components. */
  get store(): BaseStackStore {
    return (this.#store ??= openStore(this.profileRecord, this.configFolder));
  }

  /**
   * The active stack, which exists. One that the repository or the profile names and that has gone is replaced by another,
   * which is said once and saved.
   *
   * @throws ZenError `stack_not_found` that says who names the stack; `no_active_stack`
   */
  activeStack(): Promise<ActiveValue> {
    return (this.#stack ??= this.#activeStack());
  }

  /** The stacks that count here: of this session, and of the repository whatever the session says. */
  activeHere(): readonly string[] {
    const local = this.#local;
    const isOwn = local?.activeStack !== undefined && (local.activeProfile ?? this.profile.value) === this.profile.value;
    return [this.peekActiveStack() ?? [], isOwn ? local.activeStack : []].flat();
  }

  /** The name of the active stack as the configuration has it now; undefined if none can be said. Nothing is changed by it. */
  peekActiveStack(): string | undefined {
    const session = sessionValue("stack", this.#state.stackFlag, this.#state.env);
    if (session) return session.value;
    const local = this.#local;
    const isOwn = local?.activeStack !== undefined && (local.activeProfile ?? this.profile.value) === this.profile.value;
    return isOwn ? local.activeStack : this.profileRecord.activeStack;
  }

  /** The flavors that are installed, and those that the profile knows. No code of theirs is loaded. */
  flavors(): Promise<FlavorListing> {
    return (this.#flavors ??= this.store.listFlavors().then((stored) => withStoredFlavors(this.#state.installed(), stored)));
  }

  /** {@link Context.reload} for a caller that holds the lock: nothing is migrated, which would take it. */
  async reloadLocked(): Promise<void> {
    this.#stack = undefined;
    this.#flavors = undefined;
    this.#config = await readGlobalConfig(this.configFolder);
    if (this.repositoryRoot === undefined) return;
    const local = await readLocalConfig(this.repositoryRoot);
    if (!local.legacy) this.#local = local;
  }

  /** Reads again what the configuration says, after it was changed. Which profile counts stays as it was. */
  async reload(): Promise<void> {
    this.#stack = undefined;
    this.#flavors = undefined;
    const said = await withRepository(await readGlobalConfig(this.configFolder), this);
    this.#config = said.config;
    this.#local = said.local;
  }

  /**
   * Makes a stack the active one: of the repository, or, outside one or with `global`, of the profile.
   *
   * @returns where it was written
   * @throws ZenError `stack_not_found`; `other_profile` if the repository works with another profile than this context
   */
  async setActiveStack(name: string, { global = false }: { readonly global?: boolean } = {}): Promise<"repository" | "global"> {
    const { repositoryRoot, configFolder, profile } = this;
    if (repositoryRoot === undefined || global) {
      await withConfigLock(configFolder, async () => {
        await this.store.requireStack(name);
        await this.#setProfileStackLocked(name);
      });
      await this.reload();
      return "global";
    }
    await this.store.requireStack(name);
    this.assertSettable(name);
    await withConfigLock(configFolder, async () => {
      // Again: until now another process may have deleted it.
      await this.store.requireStack(name);
      await writeLocalConfigLocked(repositoryRoot, { profile: profile.value, stack: name });
    });
    await this.reload();
    return "repository";
  }

  /**
   * Whether a stack of this profile can be made the active one here.
   *
   * @throws ZenError `other_profile` if the repository works with another profile than this context
   */
  assertSettable(name: string): void {
    const { repositoryRoot, profile } = this;
    const local = this.#local;
    if (local?.activeProfile !== undefined && local.activeProfile !== profile.value) {
      throw new ZenError(
        "other_profile",
        `The repository ${repositoryRoot} works with the profile "${local.activeProfile}", and the stack "${name}" is one of "${profile.value}", which ${profile.detail} names.`,
        {
          exitCode: 2,
          hint: `Make it the active stack of the profile instead: zen stack set --global ${name}`,
        },
      );
    }
  }

  /**
   * Makes a profile the active one: of the repository, with the profile's own active stack, or, outside one or with
   * `global`, everywhere.
   *
   * @returns where it was written, and whether it was another one before
   * @throws ZenError `profile_not_found`; why its store can't be read
   */
  async setActiveProfile(
    name: string,
    { global = false }: { readonly global?: boolean } = {},
  ): Promise<{ readonly scope: "repository" | "global"; readonly changed: boolean }> {
    const record = requireProfile({ profiles: this.profiles }, name);
    const { repositoryRoot, configFolder } = this;
    await openStore(record, configFolder).assertReadable();
    if (repositoryRoot === undefined || global) {
      const changed = this.#config.activatedProfile !== name;
      if (changed) {
        await withConfigLock(configFolder, async () => {
          requireProfile(await readGlobalConfig(configFolder), name);
          await editYamlFile(this.#config.file, (yaml) => yaml.set(["activated_profile"], name));
        });
      }
      return { scope: "global", changed };
    }
    if (this.#local?.activeProfile === name) return { scope: "repository", changed: false };
    await writeLocalConfig(repositoryRoot, configFolder, { profile: name, stack: await this.#stackOf(record) });
    return { scope: "repository", changed: true };
  }

  /** The stack of a profile that a repository should begin with: the profile's own, else its first. */
  async #stackOf(record: ProfileRecord): Promise<string | undefined> {
    const known = (await openStore(record, this.configFolder).listStacks()).map((stack) => stack.name);
    return record.activeStack !== undefined && known.includes(record.activeStack) ? record.activeStack : anotherStack(known);
  }

  /** @param settled whether no writer can be between two of its files any more */
  async #activeStack(settled = false): Promise<ActiveValue> {
    const { stackFlag, env, notice } = this.#state;
    const local = this.#local;
    const known = (await this.store.listStacks()).map((stack) => stack.name);
    const where = ` in the profile "${this.profile.value}"`;
    const session = sessionValue("stack", stackFlag, env);
    if (session) {
      if (known.includes(session.value)) return session;
      throw unknownActive("stack", session, known, where);
    }
    const named = this.peekActiveStack();
    if (!settled && named !== undefined && !known.includes(named)) {
      await withoutWriters(this.configFolder);
      await this.reload();
      return this.#activeStack(true);
    }
    // A repository's stack is one of the repository's profile: under another one it means nothing.
    if (local?.activeStack !== undefined && (local.activeProfile ?? this.profile.value) === this.profile.value) {
      const value: ActiveValue = { value: local.activeStack, source: "repository", detail: local.file };
      if (known.includes(value.value)) return value;
      const other = (await this.#profileStack(known)).value;
      await saveFallback(notice, `Stack \`${value.value}\` not found. Switching the repository active stack to \`${other}\`.`, () =>
        writeLocalConfig(
          this.repositoryRoot!,
          this.configFolder,
          { profile: this.profile.value, stack: other },
          (now) => now.activeStack !== value.value,
        ),
      );
      return { ...value, value: other };
    }
    return this.#profileStack(known);
  }

  /** The profile's own active stack, or, where that has gone, another one from then on. */
  async #profileStack(known: readonly string[]): Promise<ActiveValue> {
    const profile = this.profile.value;
    const { activeStack } = this.profileRecord;
    const other = activeStack === undefined ? undefined : anotherStack(known);
    if (activeStack === undefined || other === undefined) {
      throw new ZenError("no_active_stack", `The profile "${profile}" has no ${known.length === 0 ? "stack" : "active stack"}.`, {
        hint:
          known.length === 0
            ? "Register one: zen stack register --help"
            : `Choose one: zen stack set NAME. The stacks are: ${known.join(", ")}.`,
      });
    }
    const value: ActiveValue = { value: activeStack, source: "global", detail: this.#config.file };
    if (known.includes(activeStack)) return value;
    await saveFallback(
      this.#state.notice,
      `Stack \`${activeStack}\` not found. Switching the active stack of the profile \`${profile}\` to \`${other}\`.`,
      () =>
        withConfigLock(this.configFolder, async () => {
          const now = requireProfile(await readGlobalConfig(this.configFolder), profile);
          if (now.activeStack === activeStack) await this.#setProfileStackLocked(other);
        }),
    );
    return { ...value, value: other };
  }

  async #setProfileStackLocked(name: string): Promise<void> {
    requireProfile(await readGlobalConfig(this.configFolder), this.profile.value);
    await editYamlFile(this.#config.file, (yaml) => yaml.set(["profiles", this.profile.value, "active_stack"], name));
  }
}

/** First use must not fail because flavors can't be listed: whoever needs one is told then. */
function installedVersion(flavors: () => FlavorListing, packageName: string): string | undefined {
  try {
    return flavors().flavors.find((entry) => entry.package === packageName)?.version;
  } catch {
    return undefined;
  }
}
