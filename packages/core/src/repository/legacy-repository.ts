import { createHash } from "node:crypto";
import { copyFileSync, existsSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../pipeline/types.ts";
import { configFile, readGlobalConfig, storeFolder, storeUrl, type GlobalConfig, type ProfileRecord } from "../profile/global-config.ts";
import { withConfigLock } from "../store/config-lock.ts";
import { fileError } from "../store/file-error.ts";
import { FileStackStore } from "../store/file-stack-store.ts";
import { makeFolder, replaceFile } from "../store/replace-file.ts";
import { readStacksYaml } from "../store/stacks-yaml.ts";
import { editYaml, editYamlFile } from "../store/yaml-edit.ts";
import { mapping, readText, readYamlFile, text } from "../store/yaml-file.ts";
import { REPOSITORY_FOLDER } from "./find-repository.ts";
import { LEGACY_PROFILE, readLocalConfig, type LocalConfig } from "./local-config.ts";

/** What is known when a repository is opened. */
export interface LegacyRepository {
  readonly root: string;
  readonly configFolder: string;
  readonly config: GlobalConfig;
  /** That of a legacy repository, or one that names a profile of a migrated one. */
  readonly local: LocalConfig;
  readonly notice: (line: string) => void;
}

/** What is known afterwards. */
export type AdoptedRepository = Pick<LegacyRepository, "config" | "local">;

/**
 * Lets a repository that ZenML 0.6 or older left work with a profile, as ZenML 0.7 did: its `.zen` becomes the store of a
 * new one. Where that was done already, the profile is kept up with a `.zen` that has moved, or came here by git.
 *
 * @throws ZenError `broken_file`, and then nothing was written
 */
export function adoptLegacyRepository(repository: LegacyRepository): Promise<AdoptedRepository> {
  return repository.local.legacy ? migrate(repository) : followStore(repository);
}

async function migrate(repository: LegacyRepository): Promise<AdoptedRepository> {
  const { root, configFolder, config, local } = repository;
  const profile = profileOf(repository, config);
  // A repository that can't be written is migrated once, and stays a legacy one: that is read without a lock.
  if (profile.isReady && !isWritable(profile.zen)) {
    const { activeStack } = await readLegacyStacks(local.file);
    return { config, local: { ...local, activeProfile: profile.name, activeStack } };
  }
  return withConfigLock(configFolder, async () => {
    const now = await readLocalConfig(root);
    // Otherwise another process was faster.
    const after = now.legacy ? await migrateLocked(repository, now) : now;
    return { config: await readGlobalConfig(configFolder), local: after };
  });
}

/**
 * Each step leaves a state that the next command completes: a backup changes nothing, `stacks.yaml` means nothing without
 * the profile, and the repository is a legacy one until the last.
 */
async function migrateLocked(repository: LegacyRepository, local: LocalConfig): Promise<LocalConfig> {
  const { root, configFolder, notice } = repository;
  const { file } = local;
  const { entries, activeStack } = await readLegacyStacks(file);
  const { name, zen, copy, isReady } = profileOf(repository, await readGlobalConfig(configFolder));
  const legacyText = readText(file)!;
  const localText = await editYaml(file, legacyText, (yaml) => {
    for (const key of ["stacks", "stack_components", "version"]) yaml.delete([key]);
    yaml.set(["active_profile_name"], name);
    if (activeStack === undefined) yaml.delete(["active_stack_name"]);
    else yaml.set(["active_stack_name"], activeStack);
  });
  const writable = isWritable(zen);
  if (writable) keepBackup(file, legacyText);
  if (!isReady) {
    const folder = writable ? zen : copy;
    // A copy that is there was left by a process that died or a configuration that was lost, and may have been changed.
    if (writable || !hasStacks(copy)) {
      if (!writable) copyComponents(zen, copy);
      await writeStacks(join(folder, "stacks.yaml"), entries);
    }
    await saveProfile(configFolder, { name, storeType: "local", storeUrl: storeUrl(folder), activeStack, activeUser: "default" });
    // Said by the process that saved it, so once; the words are the documentation's.
    for (const line of explanation(join(root, REPOSITORY_FOLDER), name)) notice(line);
  }
  if (!writable) return { ...local, activeProfile: name, activeStack };
  replaceFile(file, localText);
  return readLocalConfig(root);
}

/** In `.zen`, ZenML 0.6 may have worked on after a migration that died: it knows better than the `stacks.yaml` that was left. */
async function writeStacks(file: string, entries: LegacyStacks["entries"]): Promise<void> {
  const before = readText(file);
  const after = await editYaml(file, "", (yaml) => {
    for (const [key, value] of Object.entries(entries)) yaml.set([key], value);
  });
  if (before !== undefined && before !== after) keepBackup(file, before);
  replaceFile(file, after);
}

function explanation(zen: string, name: string): readonly string[] {
  return [
    `A legacy ZenML repository with locally configured stacks was found at '${zen}'. Beginning with ZenML 0.7.0, stacks are no longer stored ` +
      "inside the ZenML repository root, they are stored globally using the newly introduced concept of Profiles.",
    `The stacks configured in this repository will be automatically migrated to a newly created profile: '${name}'.`,
    "If you no longer need to use the stacks configured in this repository, please delete the profile using the following command:",
    `'zenml profile delete ${name}'`,
    "More information about Profiles can be found at https://docs.zenml.io. This warning will not be shown again for this Repository.",
    `Initializing profile \`${name}\`...`,
  ];
}

interface LegacyStacks {
  /** What a profile's `stacks.yaml` has of them. */
  readonly entries: Readonly<Record<"stacks" | "stack_components", Json>>;
  /** The first by name, if the file names none, or one that isn't there. */
  readonly activeStack: string | undefined;
}

async function readLegacyStacks(file: string): Promise<LegacyStacks> {
  const config = (await readYamlFile(file)) ?? {};
  const entries = {
    stacks: withoutNulls(file, "stacks", config["stacks"]),
    stack_components: withoutNulls(file, "stack_components", config["stack_components"]),
  };
  const names = [...readStacksYaml(file, entries).stacks.keys()].sort();
  const active = text(file, ["active_stack_name"], config["active_stack_name"]);
  return { entries, activeStack: active !== undefined && names.includes(active) ? active : names[0] };
}

/** A legacy stack has null for each component that it doesn't have. */
function withoutNulls(file: string, at: string, value: unknown): Record<string, Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(mapping(file, [at], value) ?? {}).map(([key, inner]) => [
      key,
      Object.fromEntries(Object.entries(mapping(file, [at, key], inner) ?? {}).filter(([, part]) => part !== null)) as Record<string, Json>,
    ]),
  );
}

interface LegacyProfile {
  readonly name: string;
  /** The repository's own `.zen`. */
  readonly zen: string;
  /** Where the store is if nothing can be written there. */
  readonly copy: string;
  /** Whether the profile is registered and has its stacks. */
  readonly isReady: boolean;
}

/** The profile of a legacy repository: the same for each process, and after each crash. */
function profileOf({ root, configFolder }: LegacyRepository, { profiles }: GlobalConfig): LegacyProfile {
  const realRoot = realpathSync(root);
  const zen = join(realRoot, REPOSITORY_FOLDER);
  const copyOf = (name: string): string => join(configFolder, "profiles", name);
  const found = (name: string, isReady: boolean): LegacyProfile => ({ name, zen, copy: copyOf(name), isReady });

  const inPlace = profiles.find((profile) => isStoreIn(profile, zen));
  if (inPlace) return found(inPlace.name, hasStacks(zen));
  for (let n = 1; ; n++) {
    const digest = createHash("sha256").update(n === 1 ? realRoot : `${realRoot} ${n}`);
    const name = LEGACY_PROFILE + digest.digest("hex").slice(0, 8);
    const known = profiles.find((profile) => profile.name === name);
    if (!known) return found(name, false);
    // Any other one of this name is that of a repository which was here and has moved.
    if (isStoreIn(known, copyOf(name))) return found(name, hasStacks(copyOf(name)));
  }
}

async function followStore({ root, configFolder, config, local, notice }: LegacyRepository): Promise<AdoptedRepository> {
  const name = local.activeProfile!;
  const zen = join(realpathSync(root), REPOSITORY_FOLDER);
  const isLost = ({ profiles }: GlobalConfig): boolean => {
    const known = profiles.find((profile) => profile.name === name);
    if (known === undefined) return true;
    const folder = localFolder(known);
    return folder !== undefined && !hasStacks(folder);
  };
  if (!hasStacks(zen) || !isLost(config)) return { config, local };

  const known = config.profiles.find((profile) => profile.name === name);
  const found: ProfileRecord = known
    ? { ...known, storeUrl: storeUrl(zen) }
    : {
        name,
        storeType: "local",
        storeUrl: storeUrl(zen),
        activeStack: await activeStackOf(new FileStackStore({ profile: name, folder: zen, configFolder }), local.activeStack),
        activeUser: "default",
      };
  const line = known ? `Profile \`${name}\`: its store has moved to ${zen}.` : `Registered profile \`${name}\`, whose store is in ${zen}.`;
  try {
    return await withConfigLock(configFolder, async () => {
      if (isLost(await readGlobalConfig(configFolder))) {
        await saveProfile(configFolder, found);
        notice(line);
      }
      return { config: await readGlobalConfig(configFolder), local };
    });
  } catch (error) {
    notice(`${line} This could not be saved: ${(error as Error).message}`);
    const others = config.profiles.filter((profile) => profile.name !== name);
    return { config: { ...config, profiles: [...others, found].sort((a, b) => (a.name < b.name ? -1 : 1)) }, local };
  }
}

async function activeStackOf(store: FileStackStore, wanted: string | undefined): Promise<string | undefined> {
  const names = (await store.listStacks()).map((stack) => stack.name);
  return wanted !== undefined && names.includes(wanted) ? wanted : names[0];
}

/** Writes a profile; what else `config.yaml` says of it stays. */
async function saveProfile(configFolder: string, { name, storeType, storeUrl, activeStack, activeUser }: ProfileRecord): Promise<void> {
  const entries = { active_stack: activeStack, active_user: activeUser, name, store_type: storeType, store_url: storeUrl };
  await editYamlFile(configFile(configFolder), (yaml) => {
    for (const [key, value] of Object.entries(entries)) {
      if (value === undefined) yaml.delete(["profiles", name, key]);
      else yaml.set(["profiles", name, key], value);
    }
  });
}

/** The folder of a local profile's store; undefined for a store that is no folder. */
function localFolder({ storeType, storeUrl }: ProfileRecord): string | undefined {
  return storeType === "local" ? storeFolder(storeUrl) : undefined;
}

/** Whether a profile's store is a folder, which may have been named by way of a link. */
function isStoreIn(profile: ProfileRecord, folder: string): boolean {
  const own = localFolder(profile);
  return own === folder || (own !== undefined && existsSync(own) && existsSync(folder) && realpathSync(own) === realpathSync(folder));
}

function hasStacks(folder: string): boolean {
  return existsSync(join(folder, "stacks.yaml"));
}

/** Keeps the text of a file beside it, unless it is kept already, and never in the place of another. */
function keepBackup(file: string, content: string): void {
  for (let n = 1; ; n++) {
    const backup = file.replace(/\.yaml$/, n === 1 ? ".legacy.yaml" : `.legacy.${n}.yaml`);
    const there = readText(backup);
    if (there === content) return;
    if (there === undefined) return replaceFile(backup, content);
  }
}

/** Whether files can be made in a folder: only trying tells, with what file systems and containers forbid beside the modes. */
function isWritable(folder: string): boolean {
  const probe = join(folder, `.zen.${process.pid}.tmp`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
    return true;
  } catch (error) {
    if (["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw fileError(error, `write into ${folder}`);
  }
}

/** Copies the component files of a store, of whichever type: the files in its folders, with their modes. */
function copyComponents(from: string, to: string): void {
  try {
    for (const folder of readdirSync(from, { withFileTypes: true })) {
      if (!folder.isDirectory()) continue;
      for (const file of readdirSync(join(from, folder.name))) {
        if (!file.endsWith(".yaml")) continue;
        makeFolder(join(to, folder.name));
        const target = join(to, folder.name, file);
        // One that a killed process left may be read-only, as its source is.
        rmSync(target, { force: true });
        copyFileSync(join(from, folder.name, file), target);
      }
    }
  } catch (error) {
    throw fileError(error, `copy ${from} to ${to}`);
  }
}
