import { join } from "node:path";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { brokenFile, mapping, readYamlFile, text } from "../store/yaml-file.ts";

/** The first ZenML whose configuration zen would misread. */
const NEWER_ZENML = [0, 9] as const;

/** A profile as `config.yaml` has it. */
export interface ProfileRecord {
  readonly name: string;
  readonly storeType: "local" | "sql" | "rest";
  /** `file://` + path for a local one. */
  readonly storeUrl: string;
  /** What a repository or a session doesn't override. */
  readonly activeStack: string | undefined;
  readonly activeUser: string | undefined;
}

/** What zen uses of `config.yaml`; everything else in it is left alone. */
export interface GlobalConfig {
  /** The file. */
  readonly file: string;
  readonly activatedProfile: string | undefined;
  /** By name. */
  readonly profiles: readonly ProfileRecord[];
}

/** Where the configuration file of a folder is. */
export function configFile(configFolder: string): string {
  return join(configFolder, "config.yaml");
}

/** Where a profile's files are unless it was told otherwise. */
export function profileFolder(configFolder: string, name: string): string {
  return join(configFolder, "profiles", name);
}

/**
 * Reads `config.yaml`; one that isn't there has no profiles.
 *
 * @throws ZenError `broken_file`; `config_too_new` if a ZenML after 0.8 wrote it.
 */
export async function readGlobalConfig(configFolder: string): Promise<GlobalConfig> {
  const file = configFile(configFolder);
  const config = (await readYamlFile(file)) ?? {};
  const version = text(file, ["version"], config["version"]);
  if (version !== undefined) assertVersion(file, version);
  const profiles = Object.entries(mapping(file, ["profiles"], config["profiles"]) ?? {}).map(([name, value]): ProfileRecord => {
    const at = ["profiles", name];
    const profile = mapping(file, at, value) ?? {};
    const storeType = text(file, [...at, "store_type"], profile["store_type"]) ?? "local";
    if (storeType !== "local" && storeType !== "sql" && storeType !== "rest") {
      throw brokenFile(file, `"profiles.${name}.store_type" is "${storeType}" and should be local, sql or rest`);
    }
    return {
      name,
      storeType,
      storeUrl: text(file, [...at, "store_url"], profile["store_url"]) ?? storeUrl(profileFolder(configFolder, name)),
      activeStack: text(file, [...at, "active_stack"], profile["active_stack"]),
      activeUser: text(file, [...at, "active_user"], profile["active_user"]),
    };
  });
  profiles.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { file, activatedProfile: text(file, ["activated_profile"], config["activated_profile"]), profiles };
}

/** @throws ZenError `profile_not_found` */
export function requireProfile({ profiles }: Pick<GlobalConfig, "profiles">, name: string): ProfileRecord {
  const record = profiles.find((profile) => profile.name === name);
  if (record) return record;
  const known = profiles.map((profile) => profile.name);
  throw new ZenError("profile_not_found", `Profile '${name}' does not exist.${didYouMean(name, known)}`, {
    exitCode: 2,
    hint: `The profiles are: ${known.join(", ")}.`,
  });
}

/** A folder as `store_url` writes it: nothing is percent-encoded. */
export function storeUrl(folder: string): string {
  return `file://${folder}`;
}

/** The folder that a local profile's `store_url` names. */
export function storeFolder(url: string): string {
  const path = url.replace(/^file:\/\//, "");
  return /^\/[A-Za-z]:[\\/]/.test(path) ? path.slice(1) : path;
}

function assertVersion(file: string, version: string): void {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const known =
    major !== undefined && (Number(major) < NEWER_ZENML[0] || (Number(major) === NEWER_ZENML[0] && Number(minor) < NEWER_ZENML[1]));
  if (known) return;
  throw new ZenError(
    "config_too_new",
    `${file} was written by ZenML ${version}, and zen works with the folders of ZenML 0.8 and older only.`,
    {
      hint: "Nothing was changed. Let zen have a folder of its own: unset ZENML_CONFIG_PATH, or export ZENML_CONFIG_PATH=/another/folder",
    },
  );
}
