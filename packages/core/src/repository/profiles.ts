import { basename, dirname } from "node:path";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { createNamedProfileLocked, deleteProfileLocked, renameProfileLocked, type ProfileSettings } from "../profile/change-profile.ts";
import { readGlobalConfig, requireProfile, storeFolder, type ProfileRecord } from "../profile/global-config.ts";
import { openStore } from "../profile/open-store.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { Context } from "./context.ts";
import { isRepository, REPOSITORY_FOLDER } from "./find-repository.ts";
import { prepareLocalConfig, readLocalConfig } from "./local-config.ts";

/** @throws ZenError as `createNamedProfileLocked` */
export async function createProfile(context: Context, name: string, settings: ProfileSettings = {}): Promise<void> {
  const { configFolder, notice, env } = context;
  await withConfigLock(configFolder, () =>
    createNamedProfileLocked(name, settings, { configFolder, notice, env, versionOf: (from) => context.versionOf(from) }),
  );
  await context.reload();
}

/**
 * Gives a profile another name, also where it is the active one everywhere or in this repository.
 *
 * @throws ZenError `profile_not_found`, `profile_exists`, `bad_name`
 */
export async function renameProfile(context: Context, name: string, to: string): Promise<void> {
  const { configFolder, repositoryRoot } = context;
  await withConfigLock(configFolder, async () => {
    const record = requireProfile(await readGlobalConfig(configFolder), name);
    const saved: (() => void)[] = [];
    for (const root of new Set([repositoryRoot, repositoryOf(record)])) {
      if (root === undefined) continue;
      const local = await readLocalConfig(root);
      if (local.activeProfile === name) saved.push(await prepareLocalConfig(root, { profile: to, stack: local.activeStack }));
    }
    await renameProfileLocked(configFolder, name, to);
    for (const save of saved) save();
  });
}

/** The repository whose `.zen` is a profile's store: that of a migrated one. */
function repositoryOf({ storeType, storeUrl }: ProfileRecord): string | undefined {
  const folder = storeFolder(storeUrl);
  return storeType === "local" && basename(folder) === REPOSITORY_FOLDER && isRepository(dirname(folder)) ? dirname(folder) : undefined;
}

/**
 * Deletes a profile that isn't active, with its stacks and components. Runs and artifacts stay.
 *
 * @throws ZenError `profile_not_found`, `profile_active`
 * @returns the address of the store that stays behind, if it isn't in the configuration folder
 */
export async function deleteProfile(context: Context, name: string): Promise<string | undefined> {
  const { configFolder } = context;
  return withConfigLock(configFolder, async () => {
    await assertProfileDeletable(context, name);
    const config = await readGlobalConfig(configFolder);
    const record = requireProfile(config, name);
    const root = repositoryOf(record);
    let save: (() => void) | undefined;
    // It would be registered again by the next command in its repository, as one that came by git.
    if (root !== undefined && (await readLocalConfig(root)).activeProfile === name) {
      const others = config.profiles.filter((profile) => profile.name !== name);
      const other = others.find((profile) => profile.name === config.activatedProfile) ?? others[0];
      if (other) save = await prepareLocalConfig(root, { profile: other.name, stack: other.activeStack });
    }
    const left = await deleteProfileLocked(configFolder, name);
    save?.();
    return left;
  });
}

/**
 * What is active, here or globally, can't go.
 *
 * @throws ZenError `profile_not_found`, `profile_active`
 */
export async function assertProfileDeletable({ configFolder, repositoryRoot, profile }: Context, name: string): Promise<void> {
  const config = await readGlobalConfig(configFolder);
  requireProfile(config, name);
  const global = config.activatedProfile === name;
  const local = repositoryRoot !== undefined && (await readLocalConfig(repositoryRoot)).activeProfile === name;
  if (global || local || profile.value === name) {
    const how = global ? "globally active" : local ? "locally active" : `active: ${profile.detail} names it`;
    throw new ZenError("profile_active", `Profile '${name}' cannot be deleted because it is ${how}.`, {
      hint:
        global || local
          ? `Choose another active profile first: zen profile set ${global && repositoryRoot !== undefined ? "--global " : ""}PROFILE`
          : "Name another one there first.",
    });
  }
}

/** A profile, and what can be seen of its store. */
export interface ProfileView extends ProfileRecord {
  /** Here, or else globally. */
  readonly active: boolean;
  /** The stack that counts: of the active profile the effective one. */
  readonly stack: string | undefined;
  /** Why its store can't be read; undefined if it can. */
  readonly problem: ZenError | undefined;
}

/** All profiles, by name, also those whose store has gone. */
export async function viewProfiles(context: Context): Promise<readonly ProfileView[]> {
  return Promise.all(context.profiles.map((record) => viewProfile(context, record)));
}

/** One profile: see {@link viewProfiles}. */
export async function viewProfile(context: Context, record: ProfileRecord): Promise<ProfileView> {
  const active = record.name === context.profile.value;
  const problem = active ? undefined : await storeProblem(context, record);
  if (!active) return { ...record, active, stack: record.activeStack, problem };
  try {
    return { ...record, active, stack: (await context.activeStack()).value, problem };
  } catch (error) {
    if (!isZenError(error)) throw error;
    return { ...record, active, stack: record.activeStack, problem: error };
  }
}

async function storeProblem(context: Context, record: ProfileRecord): Promise<ZenError | undefined> {
  try {
    await openStore(record, context.configFolder).assertReadable();
    return undefined;
  } catch (error) {
    if (!isZenError(error)) throw error;
    return error;
  }
}
