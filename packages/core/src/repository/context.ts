import { ZenError } from "../error/zen-error.ts";
import { discoverFlavors } from "../flavor/discovery.ts";
import type { FlavorListing } from "../flavor/flavor-entry.ts";
import { configFolder as findConfigFolder } from "../profile/config-folder.ts";
import { ensureDefaultProfile, needsDefaultProfile } from "../profile/create-profile.ts";
import { readGlobalConfig, type GlobalConfig, type ProfileRecord } from "../profile/global-config.ts";
import { openStore } from "../profile/open-store.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { BaseStackStore } from "../store/stack-store.ts";
import { editYamlFile } from "../store/yaml-edit.ts";
import { sessionValue, unknownActive, type ActiveValue } from "./active-value.ts";
import { findRepository } from "./find-repository.ts";
import { readLocalConfig, writeLocalConfig, type LocalConfig } from "./local-config.ts";

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
 * Finds out where zen is: configuration folder, repository, active profile. Makes the default profile on first use.
 *
 * Of the profile, and of the stack, the first of these counts: flag, environment, repository, global.
 *
 * @throws ZenError `profile_not_found` that says who names the profile; `broken_file`, `config_too_new`,
 * `legacy_repository`, `repository_not_found`
 */
export async function openContext(options: ContextOptions): Promise<Context> {
  const { folder, hostFolders = [], env = process.env, notice = () => {} } = options;
  const configFolder = findConfigFolder(env);
  const repositoryRoot = findRepository(folder, env, options.root);
  let listing: FlavorListing | undefined;
  const flavors = (): FlavorListing => (listing ??= discoverFlavors({ folder, hostFolders, repositoryRoot }));

  let config = await readGlobalConfig(configFolder);
  if (needsDefaultProfile(config)) {
    config = await ensureDefaultProfile({ configFolder, notice, versionOf: (name) => installedVersion(flavors, name) });
  }
  const found = repositoryRoot === undefined ? undefined : await readLocalConfig(repositoryRoot);
  const { profile, local } = await activeProfile(config, found, { ...options, env, notice, configFolder, repositoryRoot });
  const context = new Context({
    folder,
    configFolder,
    repositoryRoot,
    profile,
    config,
    local,
    flavors,
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
  readonly flavors: () => FlavorListing;
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

  /** The active profile's stacks and components. */
  get store(): BaseStackStore {
    return (this.#store ??= openStore(this.#profileRecord(), this.configFolder));
  }

  /**
   * The active stack, which exists. One that a repository names and that has gone is replaced by the profile's own, which
   * is said once and saved.
   *
   * @throws ZenError `stack_not_found` that says who names the stack; `no_active_stack`
   */
  activeStack(): Promise<ActiveValue> {
    return (this.#stack ??= this.#activeStack());
  }

  /** The flavors that are installed. No code of theirs is loaded. */
  flavors(): FlavorListing {
    return this.#state.flavors();
  }

  /**
   * Makes a stack the active one: of the repository, or, outside one or with `global`, of the profile.
   *
   * @returns where it was written
   * @throws ZenError `stack_not_found`; `other_profile` if the repository works with another profile than this context
   */
  async setActiveStack(name: string, { global = false }: { readonly global?: boolean } = {}): Promise<"repository" | "global"> {
    await this.store.requireStack(name);
    const { repositoryRoot, configFolder, profile } = this;
    this.#stack = undefined;
    if (repositoryRoot === undefined || global) {
      await withConfigLock(configFolder, () =>
        editYamlFile(this.#config.file, (yaml) => yaml.set(["profiles", profile.value, "active_stack"], name)),
      );
      this.#config = await readGlobalConfig(configFolder);
      return "global";
    }
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
    await writeLocalConfig(repositoryRoot, configFolder, { profile: profile.value, stack: name });
    this.#local = await readLocalConfig(repositoryRoot);
    return "repository";
  }

  async #activeStack(): Promise<ActiveValue> {
    const { stackFlag, env, notice } = this.#state;
    const local = this.#local;
    const known = (await this.store.listStacks()).map((stack) => stack.name);
    const where = ` in the profile "${this.profile.value}"`;
    const session = sessionValue("stack", stackFlag, env);
    if (session) {
      if (known.includes(session.value)) return session;
      throw unknownActive("stack", session, known, where);
    }
    const stack = this.#profileRecord().activeStack;
    const global: ActiveValue | undefined = stack === undefined ? undefined : { value: stack, source: "global", detail: this.#config.file };
    // A repository's stack is one of the repository's profile: under another one it means nothing.
    if (local?.activeStack !== undefined && (local.activeProfile ?? this.profile.value) === this.profile.value) {
      const value: ActiveValue = { value: local.activeStack, source: "repository", detail: local.file };
      if (known.includes(value.value)) return value;
      if (!global || !known.includes(global.value)) throw unknownActive("stack", value, known, where);
      await saveFallback(notice, `Stack \`${value.value}\` not found. Switching the repository active stack to \`${global.value}\`.`, () =>
        writeLocalConfig(
          this.repositoryRoot!,
          this.configFolder,
          { profile: this.profile.value, stack: global.value },
          (now) => now.activeStack !== value.value,
        ),
      );
      return { ...value, value: global.value };
    }
    if (!global) {
      throw new ZenError("no_active_stack", `The profile "${this.profile.value}" has no active stack.`, {
        hint: "Choose one: zen stack set NAME",
      });
    }
    if (!known.includes(global.value)) throw unknownActive("stack", global, known, where);
    return global;
  }

  #profileRecord(): ProfileRecord {
    return this.profiles.find((profile) => profile.name === this.profile.value)!;
  }
}

type Surroundings = ContextOptions & {
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (line: string) => void;
  readonly configFolder: string;
  readonly repositoryRoot: string | undefined;
};

/** The active profile, and what the repository says now: one that names a profile which has gone is given the global one. */
async function activeProfile(
  config: GlobalConfig,
  local: LocalConfig | undefined,
  { profile, env, notice, configFolder, repositoryRoot }: Surroundings,
): Promise<{ readonly profile: ActiveValue; readonly local: LocalConfig | undefined }> {
  const known = config.profiles.map((record) => record.name);
  const check = (value: ActiveValue): ActiveValue => {
    if (known.includes(value.value)) return value;
    throw unknownActive("profile", value, known);
  };
  const session = sessionValue("profile", profile, env);
  if (session) return { profile: check(session), local };
  const global: ActiveValue = { value: config.activatedProfile!, source: "global", detail: config.file };
  if (local?.activeProfile === undefined) return { profile: check(global), local };
  const value: ActiveValue = { value: local.activeProfile, source: "repository", detail: local.file };
  if (known.includes(value.value)) return { profile: value, local };
  const other = check(global).value;
  const stack = config.profiles.find((record) => record.name === other)!.activeStack;
  await saveFallback(notice, `Profile \`${value.value}\` not found. Switching repository to the global active profile \`${other}\`.`, () =>
    writeLocalConfig(repositoryRoot!, configFolder, { profile: other, stack }, (now) => now.activeProfile !== value.value),
  );
  return { profile: { ...value, value: other }, local: { ...local, activeProfile: other, activeStack: stack } };
}

/** Says that something was replaced, and saves it so that it is said once; where that can't be written, each time. */
async function saveFallback(notice: (line: string) => void, line: string, save: () => Promise<void>): Promise<void> {
  let failure = "";
  try {
    await save();
  } catch (error) {
    failure = ` This could not be saved: ${(error as Error).message}`;
  }
  notice(line + failure);
}

/** First use must not fail because flavors can't be listed: whoever needs one is told then. */
function installedVersion(flavors: () => FlavorListing, packageName: string): string | undefined {
  try {
    return flavors().flavors.find((entry) => entry.package === packageName)?.version;
  } catch {
    return undefined;
  }
}
