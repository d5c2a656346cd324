import { cpSync, existsSync, realpathSync, renameSync, rmSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { fileError } from "../store/file-error.ts";
import { assertDistinct, assertName } from "../store/name.ts";
import { editYamlFile, prepareYamlFile } from "../store/yaml-edit.ts";
import { assertFormat } from "../store/zen-yaml.ts";
import { createProfileLocked, type CreateProfileOptions } from "./create-profile.ts";
import {
  profileFolder,
  readGlobalConfig,
  requireProfile,
  storeFolder,
  storeUrl,
  type GlobalConfig,
  type ProfileRecord,
} from "./global-config.ts";

/** The kinds of stores that a profile may keep its stacks in. */
export const STORE_TYPES = ["local", "sql", "rest"] as const;

/** How a new profile keeps its stacks. */
export interface ProfileSettings {
  /** One of {@link STORE_TYPES}. @default the variable ZENML_DEFAULT_STORE_TYPE, else "local" */
  readonly storeType?: string | undefined;
  /** Of a local store its folder, as a path or `file://` address. @default `profiles/<name>` in the configuration folder */
  readonly url?: string | undefined;
  /** @default "default" */
  readonly user?: string | undefined;
}

/**
 * Makes a profile with the default stack in it. The caller holds the configuration folder's lock.
 *
 * @throws ZenError `profile_exists`, `bad_name`, `bad_store_type`, `bad_store_url`; `store_type_unknown` for the kinds that
 * come with shared stores
 */
export async function createNamedProfileLocked(
  name: string,
  { storeType, url, user }: ProfileSettings,
  options: CreateProfileOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { configFolder, env } = options;
  const { profiles } = await readGlobalConfig(configFolder);
  if (profiles.some((profile) => profile.name === name))
    throw new ZenError("profile_exists", `Profile '${name}' already exists.`, {
      hint: `Choose another name, or work with it: zen profile set ${name}`,
    });
  assertName("profile", name);
  assertDistinct(
    "profile",
    name,
    profiles.map((profile) => profile.name),
  );
  assertLocal(
    storeType ?? (env["ZENML_DEFAULT_STORE_TYPE"] || "local"),
    storeType === undefined ? "ZENML_DEFAULT_STORE_TYPE" : "--store-type",
  );
  if (user === "")
    throw new ZenError("bad_name", "A user's name can't be empty.", { exitCode: 2, hint: "Leave out --user, or give a name." });
  const folder = url === undefined ? profileFolder(configFolder, name) : folderOf(url);
  if (url !== undefined && isWithin(configFolder, folder) && folder !== profileFolder(configFolder, name))
    throw new ZenError("bad_store_url", `The folder ${folder} is in zen's own configuration folder.`, {
      exitCode: 2,
      hint: "Choose one outside of it, or leave out --url.",
    });
  const other = hasOther({ profiles }, undefined, folder);
  if (other)
    throw new ZenError("store_taken", `The folder ${folder} is the store of the profile '${other.name}'.`, {
      exitCode: 2,
      hint: "Choose another folder: what one of two profiles changed there, the other would have, too.",
    });
  await createProfileLocked(name, { ...options, folder, user });
}

/**
 * Gives a profile another name, also where it is the globally active one. The caller holds the lock.
 *
 * @throws ZenError `profile_not_found`, `profile_exists`, `bad_name`
 */
export async function renameProfileLocked(configFolder: string, name: string, to: string): Promise<void> {
  const config = await readGlobalConfig(configFolder);
  const record = requireProfile(config, name);
  assertKnownFormat(record);
  if (to === name) return;
  const others = config.profiles.map((profile) => profile.name).filter((other) => other !== name);
  if (others.includes(to))
    throw new ZenError("profile_exists", `Profile '${to}' already exists.`, { hint: "Choose another name. See all: zen profile list" });
  assertName("profile", to);
  assertDistinct("profile", to, others);
  const [from, into] = [profileFolder(configFolder, name), profileFolder(configFolder, to)];
  // Copied, named, then removed: whenever the process dies, the profile that config.yaml names is whole.
  const moves = record.storeType === "local" && storeFolder(record.storeUrl) === from && !hasOther(config, record, from);
  const save = await prepareYamlFile(config.file, (yaml) => {
    yaml.rename(["profiles", name], to);
    yaml.set(["profiles", to, "name"], to);
    if (moves) yaml.set(["profiles", to, "store_url"], storeUrl(into));
    if (config.activatedProfile === name) yaml.set(["activated_profile"], to);
  });
  if (moves) copyFolder(from, into);
  save();
  if (moves) removeFolder(from);
}

/** Copies a folder as it is, links included; it is seen whole or not at all. */
function copyFolder(from: string, into: string): void {
  if (existsSync(into))
    throw new ZenError("folder_in_the_way", `The folder ${into} is there already, and no profile has it.`, {
      hint: "Move it away, or choose another name. Nothing was changed.",
    });
  const aside = `${into}.${process.pid}.tmp`;
  try {
    cpSync(from, aside, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    renameSync(aside, into);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw fileError(error, `copy ${from} to ${into}`);
  }
}

/** The other profile whose store is a folder, if there is one. */
function hasOther({ profiles }: Pick<GlobalConfig, "profiles">, own: ProfileRecord | undefined, folder: string): ProfileRecord | undefined {
  const real = realPath(folder);
  return profiles.find(
    (other) => other.name !== own?.name && other.storeType === "local" && realPath(storeFolder(other.storeUrl)) === real,
  );
}

/** What a newer zen wrote is left alone. */
function assertKnownFormat({ name, storeType, storeUrl: url }: ProfileRecord): void {
  if (storeType === "local") assertFormat(join(storeFolder(url), "zen.yaml"), name);
}

function realPath(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

/**
 * Deletes a profile, with its stacks and components. A store that isn't in the configuration folder stays where it is, and so
 * do runs and artifacts. The caller holds the lock, and has checked that the profile isn't active.
 *
 * @throws ZenError `profile_not_found`
 * @returns the store that stays behind, if it does
 */
export async function deleteProfileLocked(configFolder: string, name: string): Promise<string | undefined> {
  const config = await readGlobalConfig(configFolder);
  const record = requireProfile(config, name);
  assertKnownFormat(record);
  await editYamlFile(config.file, (yaml) => yaml.delete(["profiles", name]));
  const folder = profileFolder(configFolder, name);
  if (record.storeType !== "local" || storeFolder(record.storeUrl) !== folder || hasOther(config, record, folder)) return record.storeUrl;
  removeFolder(folder);
  return undefined;
}

function assertLocal(storeType: string, saidBy: string): void {
  if (storeType === "local") return;
  if (!(STORE_TYPES as readonly string[]).includes(storeType)) {
    throw new ZenError(
      "bad_store_type",
      `${saidBy} is "${storeType}", and a store is of type local, sql or rest.${didYouMean(storeType, STORE_TYPES)}`,
      {
        exitCode: 2,
        hint: "This version of zen makes local ones.",
      },
    );
  }
  throw new ZenError(
    "store_type_unknown",
    `Profiles with a store of type ${storeType} come with shared stores, which this version of zen doesn't have yet.`,
    {
      hint: "Make a local one, and share its stacks as files: zen stack export, zen stack apply",
    },
  );
}

/** The folder that a person means by an address or a path. */
function folderOf(url: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "file") {
    throw new ZenError("bad_store_url", `A local store is a folder, and "${url}" is none.`, {
      exitCode: 2,
      hint: "Write a path, or file:// and an absolute path.",
    });
  }
  const folder = scheme === undefined ? url : storeFolder(url);
  if (folder === "" || (scheme !== undefined && !isAbsolute(folder)))
    throw new ZenError("bad_store_url", `"${url}" names no folder.`, {
      exitCode: 2,
      hint: "Write a path, or file:// and an absolute path.",
    });
  return resolve(folder);
}

function isWithin(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return !rest.startsWith("..") && !isAbsolute(rest);
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, `remove ${folder}`);
  }
}
