import { join } from "node:path";
import { withConfigLock } from "../store/config-lock.ts";
import { prepareYamlFile } from "../store/yaml-edit.ts";
import { readYamlFile, text } from "../store/yaml-file.ts";
import { REPOSITORY_FOLDER } from "./find-repository.ts";

/** How the names of the profiles begin that legacy repositories are migrated to. */
export const LEGACY_PROFILE = "legacy-repository-";

/** What `.zen/config.yaml` says; everything else in it is left alone. */
export interface LocalConfig {
  /** The file. */
  readonly file: string;
  readonly activeProfile: string | undefined;
  readonly activeStack: string | undefined;
  /** The project that runs from here belong to. */
  readonly project: { readonly name: string; readonly id: string | undefined } | undefined;
  /** Whether the repository's stacks are in it too, as ZenML 0.6 and older kept them. */
  readonly legacy: boolean;
}

/**
 * Reads `.zen/config.yaml`; one that isn't there says nothing.
 *
 * @throws ZenError `broken_file`
 */
export async function readLocalConfig(root: string): Promise<LocalConfig> {
  const file = join(root, REPOSITORY_FOLDER, "config.yaml");
  const config = (await readYamlFile(file)) ?? {};
  const project = text(file, ["project_name"], config["project_name"]);
  return {
    file,
    activeProfile: text(file, ["active_profile_name"], config["active_profile_name"]),
    activeStack: text(file, ["active_stack_name"], config["active_stack_name"]),
    project: project === undefined ? undefined : { name: project, id: text(file, ["project_id"], config["project_id"]) },
    legacy: "stacks" in config && "stack_components" in config && !("active_profile_name" in config),
  };
}

/** What a repository is to say of the active profile and stack; a profile without stacks has none to be active. */
export interface LocalValues {
  readonly profile: string;
  readonly stack: string | undefined;
}

/**
 * Changes what `.zen/config.yaml` says, if `unless` doesn't object to what it says by then.
 *
 * @param configFolder whose lock guards the change
 */
export async function writeLocalConfig(
  root: string,
  configFolder: string,
  values: LocalValues,
  unless?: (now: LocalConfig) => boolean,
): Promise<void> {
  await withConfigLock(configFolder, async () => {
    if (!unless?.(await readLocalConfig(root))) await writeLocalConfigLocked(root, values);
  });
}

/** {@link writeLocalConfig} for a caller that holds the lock. */
export async function writeLocalConfigLocked(root: string, values: LocalValues): Promise<void> {
  (await prepareLocalConfig(root, values))();
}

/** {@link writeLocalConfigLocked} in two steps: see `prepareYamlFile`. */
export async function prepareLocalConfig(root: string, { profile, stack }: LocalValues): Promise<() => void> {
  return prepareYamlFile((await readLocalConfig(root)).file, (yaml) => {
    yaml.set(["active_profile_name"], profile);
    if (stack === undefined) yaml.delete(["active_stack_name"]);
    else yaml.set(["active_stack_name"], stack);
  });
}
