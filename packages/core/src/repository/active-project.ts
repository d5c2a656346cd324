import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { withConfigLock } from "../store/config-lock.ts";
import type { ProjectRecord } from "../store/stack-store.ts";
import { editYamlFile } from "../store/yaml-edit.ts";
import type { Context } from "./context.ts";

/**
 * The project that the repository belongs to; undefined outside a repository, without one, and, which is said, for one that
 * the profile doesn't have.
 */
export async function activeProject(context: Context): Promise<ProjectRecord | undefined> {
  const named = context.localConfig?.project;
  if (named === undefined) return undefined;
  const found = (await context.store.listProjects()).find((project) => project.name === named.name);
  if (found !== undefined && (named.id === undefined || named.id === found.id)) return found;
  const why = found === undefined ? "has no project of that name" : "has another project of that name";
  context.notice(`${context.localConfig!.file} names the project "${named.name}", and the profile "${context.profile.value}" ${why}.`);
  return undefined;
}

/**
 * Says which project the repository belongs to.
 *
 * @param name undefined for none
 * @throws ZenError `no_repository` outside one; `project_not_found`
 */
export async function setActiveProject(context: Context, name: string | undefined): Promise<void> {
  const local = context.localConfig;
  if (local === undefined)
    throw new ZenError("no_repository", "A project is a repository's, and there is none here.", { hint: "Make this folder one: zen init" });
  const projects = await context.store.listProjects();
  const found = projects.find((project) => project.name === name);
  if (name !== undefined && found === undefined) {
    const known = projects.map((project) => project.name);
    throw new ZenError(
      "project_not_found",
      `There is no project "${name}" in the profile "${context.profile.value}".${didYouMean(name, known)}`,
      {
        exitCode: 2,
        hint: known.length === 0 ? "It has none: ZenML makes projects, and zen only reads them." : `Its projects are: ${known.join(", ")}.`,
      },
    );
  }
  await withConfigLock(context.configFolder, () =>
    editYamlFile(local.file, (yaml) => {
      for (const [key, value] of [
        ["project_id", found?.id],
        ["project_name", found?.name],
      ] as const) {
        if (value === undefined) yaml.delete([key]);
        else yaml.set([key], value);
      }
    }),
  );
  await context.reload();
}
