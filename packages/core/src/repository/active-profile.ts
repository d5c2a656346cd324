import { readGlobalConfig, type GlobalConfig } from "../profile/global-config.ts";
import { withConfigLock } from "../store/config-lock.ts";
import { editYamlFile } from "../store/yaml-edit.ts";
import { sessionValue, unknownActive, type ActiveValue } from "./active-value.ts";
import { LEGACY_PROFILE, readLocalConfig, writeLocalConfig, type LocalConfig } from "./local-config.ts";

/** Where zen is, as far as the active profile hangs on it. */
export interface Surroundings {
  /** `--profile`. */
  readonly profile?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly notice: (line: string) => void;
  readonly configFolder: string;
  readonly repositoryRoot: string | undefined;
}

/** What the configuration says, and the repository. One that ZenML 0.6 left is migrated on the way. */
export async function withRepository(
  config: GlobalConfig,
  { configFolder, repositoryRoot, notice }: Pick<Surroundings, "configFolder" | "repositoryRoot" | "notice">,
): Promise<{ readonly config: GlobalConfig; readonly local: LocalConfig | undefined }> {
  if (repositoryRoot === undefined) return { config, local: undefined };
  const local = await readLocalConfig(repositoryRoot);
  if (!local.legacy && local.activeProfile?.startsWith(LEGACY_PROFILE) !== true) return { config, local };
  const { adoptLegacyRepository } = await import("./legacy-repository.ts");
  return adoptLegacyRepository({ root: repositoryRoot, configFolder, config, local, notice });
}

/** The active profile, and what the repository says now: one that names a profile which has gone is given the global one. */
export async function activeProfile(
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
  if (local?.activeProfile !== undefined) {
    const value: ActiveValue = { value: local.activeProfile, source: "repository", detail: local.file };
    if (known.includes(value.value)) return { profile: value, local };
    const other = (await globalProfile(config, configFolder, notice)).value;
    const stack = config.profiles.find((record) => record.name === other)!.activeStack;
    await saveFallback(
      notice,
      `Profile \`${value.value}\` not found. Switching repository to the global active profile \`${other}\`.`,
      () => writeLocalConfig(repositoryRoot!, configFolder, { profile: other, stack }, (now) => now.activeProfile !== value.value),
    );
    return { profile: { ...value, value: other }, local: { ...local, activeProfile: other, activeStack: stack } };
  }
  return { profile: await globalProfile(config, configFolder, notice), local };
}

/** The globally active profile, or, where that has gone, another one from then on. */
async function globalProfile(config: GlobalConfig, configFolder: string, notice: (line: string) => void): Promise<ActiveValue> {
  const known = config.profiles.map((record) => record.name);
  const value: ActiveValue = { value: config.activatedProfile!, source: "global", detail: config.file };
  if (known.includes(value.value)) return value;
  const other = known.includes("default") ? "default" : known[0]!;
  await saveFallback(notice, `Profile \`${value.value}\` not found. Switching the global active profile to \`${other}\`.`, () =>
    withConfigLock(configFolder, async () => {
      if ((await readGlobalConfig(configFolder)).activatedProfile !== value.value) return;
      await editYamlFile(config.file, (yaml) => yaml.set(["activated_profile"], other));
    }),
  );
  return { ...value, value: other };
}

/** Waits until whoever is changing the configuration is done: what seems to have gone may have been renamed. */
export async function withoutWriters(configFolder: string): Promise<void> {
  try {
    await withConfigLock(configFolder, async () => {});
  } catch {
    // Where nothing can be written nobody writes.
  }
}

/** Says that something was replaced, and saves it so that it is said once; where that can't be written, each time. */
export async function saveFallback(notice: (line: string) => void, line: string, save: () => Promise<void>): Promise<void> {
  let failure = "";
  try {
    await save();
  } catch (error) {
    failure = ` This could not be saved: ${(error as Error).message}`;
  }
  notice(line + failure);
}

/** The stack to go on with where the one that is named has gone. */
export function anotherStack(known: readonly string[]): string | undefined {
  return known.includes("default") ? "default" : known[0];
}
