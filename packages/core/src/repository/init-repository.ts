import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ZenError } from "../error/zen-error.ts";
import { fileError } from "../store/file-error.ts";
import { editYamlFile } from "../store/yaml-edit.ts";
import { openContext, type ContextOptions } from "./context.ts";
import { isRepository, REPOSITORY_FOLDER } from "./find-repository.ts";

/** A repository that was made, and what it works with. */
export interface NewRepository {
  readonly root: string;
  readonly profile: string;
  readonly stack: string;
}

/**
 * Makes a folder a repository: `.zen/config.yaml` with the profile and the stack that are active so far, or those of the
 * options.
 *
 * @throws ZenError `repository_exists`; `folder_not_found`; `profile_not_found`, `stack_not_found`
 */
export async function initRepository(options: Omit<ContextOptions, "hostFolders">): Promise<NewRepository> {
  const root = resolve(options.folder);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ZenError("folder_not_found", `There is no folder ${root}.`, { exitCode: 2, hint: `Make it first: mkdir ${root}` });
  }
  if (isRepository(root)) throw repositoryExists(root);
  // Where an existing repository is doesn't matter to a new one.
  const context = await openContext({
    ...options,
    folder: root,
    env: { ...(options.env ?? process.env), ZENML_REPOSITORY_PATH: undefined },
  });
  const stack = (await context.activeStack()).value;
  const profile = context.profile.value;
  // Made aside and moved, so that nobody ever sees a repository without its configuration.
  const aside = join(root, `${REPOSITORY_FOLDER}.${crypto.randomUUID()}.tmp`);
  try {
    mkdirSync(aside);
    await editYamlFile(join(aside, "config.yaml"), (yaml) => {
      yaml.set(["active_profile_name"], profile);
      yaml.set(["active_stack_name"], stack);
    });
    renameSync(aside, join(root, REPOSITORY_FOLDER));
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (isRepository(root)) throw repositoryExists(root);
    throw error instanceof ZenError ? error : fileError(error, `make ${join(root, REPOSITORY_FOLDER)}`);
  }
  return { root, profile, stack };
}

function repositoryExists(root: string): ZenError {
  return new ZenError("repository_exists", `Found existing ZenML repository at path '${root}'.`, {
    hint: `It is ready to use. To start anew, remove its ${REPOSITORY_FOLDER} folder first.`,
    details: { root },
  });
}
