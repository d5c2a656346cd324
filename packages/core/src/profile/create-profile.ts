import { join } from "node:path";
import type { ComponentType } from "../component/component-type.ts";
import { LOCAL_PACKAGE } from "../flavor/own-package.ts";
import type { Json } from "../pipeline/types.ts";
import { withConfigLock } from "../store/config-lock.ts";
import { FileStackStore } from "../store/file-stack-store.ts";
import { makeFolder } from "../store/replace-file.ts";
import type { ComponentRecord, StackChange } from "../store/stack-store.ts";
import { editYamlFile, prepareYamlFile } from "../store/yaml-edit.ts";
import { configFile, profileFolder, readGlobalConfig, storeUrl, type GlobalConfig } from "./global-config.ts";

const DEFAULT = "default";
const DEFAULT_FLAVORS = { orchestrator: "local", metadata_store: "sqlite", artifact_store: "local" } as const satisfies Partial<
  Record<ComponentType, string>
>;

/** How a profile is made. */
export interface CreateProfileOptions {
  readonly configFolder: string;
  /** For people: what is being made, line by line. */
  readonly notice: (line: string) => void;
  /** The installed version of a package, for the record; undefined if it isn't installed. */
  readonly versionOf?: (packageName: string) => string | undefined;
}

/**
 * Makes and activates the default profile if none is activated. Of many processes that start at once, one makes it, and
 * only that one says so.
 *
 * @returns the configuration afterwards
 */
export async function ensureDefaultProfile(options: CreateProfileOptions): Promise<GlobalConfig> {
  const { configFolder, notice } = options;
  await withConfigLock(configFolder, async () => {
    const config = await readGlobalConfig(configFolder);
    if (!needsDefaultProfile(config)) return;
    if (isKnown(config.profiles, DEFAULT)) {
      await editYamlFile(config.file, (yaml) => yaml.set(["activated_profile"], DEFAULT));
      return;
    }
    notice("Creating default profile...");
    await createProfileLocked(DEFAULT, { ...options, activate: true });
    notice("Created and activated default profile.");
  });
  return readGlobalConfig(configFolder);
}

/** Whether this is the first use, or as good as that. */
export function needsDefaultProfile({ activatedProfile, profiles }: GlobalConfig): boolean {
  return profiles.length === 0 || activatedProfile === undefined || (activatedProfile === DEFAULT && !isKnown(profiles, DEFAULT));
}

function isKnown(profiles: GlobalConfig["profiles"], name: string): boolean {
  return profiles.some((profile) => profile.name === name);
}

/** What is particular to a profile. */
interface NewProfile {
  /** Where its files are. @default `profiles/<name>` in the configuration folder */
  readonly folder?: string | undefined;
  /** @default "default" */
  readonly user?: string | undefined;
  /** Make it the globally active one. @default false */
  readonly activate?: boolean;
}

/** Makes a local profile with the default stack in it. The caller holds the lock, and has checked the name. */
export async function createProfileLocked(
  name: string,
  {
    configFolder,
    notice,
    versionOf,
    folder = profileFolder(configFolder, name),
    user = DEFAULT,
    activate = false,
  }: CreateProfileOptions & NewProfile,
): Promise<void> {
  notice(`Initializing profile \`${name}\`...`);
  notice("Initializing store...");
  const store = new FileStackStore({ profile: name, folder, configFolder });
  makeFolder(folder);
  // The folder may be there already, from a profile of this name: what it has is kept.
  const stacks = await store.listStacks();
  const activeStack = stacks.find((stack) => stack.name === DEFAULT)?.name ?? stacks[0]?.name ?? DEFAULT;
  const record = { active_stack: activeStack, active_user: user, name, store_type: "local", store_url: storeUrl(folder) };
  const save = await prepareYamlFile(configFile(configFolder), (yaml) => {
    yaml.set(["profiles", name], record);
    if (activate) yaml.set(["activated_profile"], name);
  });
  if (stacks.length === 0) {
    const missing: StackChange[] = [];
    for (const change of defaultStack(configFolder, versionOf?.(LOCAL_PACKAGE))) {
      if (change.kind === "create_component" && (await store.getComponent(change.component.type, DEFAULT))) continue;
      missing.push(change);
    }
    await store.commitLocked(missing);
    for (const change of missing) {
      if (change.kind === "create_component")
        notice(`Registered stack component with type '${change.component.type}' and name '${DEFAULT}'.`);
      else notice(`Registered stack with name '${DEFAULT}'.`);
    }
  }
  save();
}

function defaultStack(configFolder: string, version: string | undefined): readonly StackChange[] {
  const artifacts = crypto.randomUUID();
  const path = join(configFolder, "local_stores", artifacts);
  const component = (type: keyof typeof DEFAULT_FLAVORS, uuid: string, config: Record<string, Json>): StackChange => {
    const record: ComponentRecord = {
      type,
      name: DEFAULT,
      flavor: DEFAULT_FLAVORS[type],
      uuid,
      config,
      package: LOCAL_PACKAGE,
      version,
      contract: 1,
    };
    return { kind: "create_component", component: record };
  };
  return [
    component("orchestrator", crypto.randomUUID(), {}),
    component("metadata_store", crypto.randomUUID(), { uri: join(path, "zen.db") }),
    component("artifact_store", artifacts, { path }),
    {
      kind: "create_stack",
      stack: { name: DEFAULT, components: { orchestrator: DEFAULT, metadata_store: DEFAULT, artifact_store: DEFAULT } },
    },
  ];
}
