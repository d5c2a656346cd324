import type { Project } from "@zen/core/host";
import { announce } from "./announce.ts";
import { HOST_FOLDERS } from "./host-folders.ts";
import { loadHost } from "./host.ts";
import { notice } from "./output/answer.ts";

/**
 * Opens the working directory's project in its own core, for what needs classes of flavors.
 *
 * @param place.announced where zen is has been said already
 */
export async function withProject<Result>(
  { profile, stack, announced = false }: { profile?: string | undefined; stack?: string | undefined; announced?: boolean },
  use: (project: Project) => Promise<Result>,
): Promise<Result> {
  const folder = process.cwd();
  const host = await loadHost(folder);
  const project = await host.openProject({
    folder,
    hostFolders: HOST_FOLDERS,
    profile,
    stack,
    notice,
    onContext: announced ? undefined : announce,
  });
  try {
    return await use(project);
  } finally {
    await project.close();
  }
}
