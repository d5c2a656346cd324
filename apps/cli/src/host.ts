import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { ZenError } from "@zen/core/light";
import type {
  DescribePipelineFileOptions,
  FlavorModule,
  FlavorModules,
  HostOptions,
  PipelineFileDescription,
  Project,
  RunDescription,
  RunPipelineFileOptions,
} from "@zen/core/host";

/** The host API that this CLI speaks. */
const HOST = 1;

/** What `@zen/core/host` of the project's own core exports. */
interface Host {
  readonly HOST: number;
  openProject(options: HostOptions): Promise<Project>;
  runPipelineFile(options: RunPipelineFileOptions): Promise<RunDescription>;
  describePipelineFile(options: DescribePipelineFileOptions): Promise<PipelineFileDescription>;
  describeFlavorModules(options: FlavorModules): Promise<readonly FlavorModule[]>;
}

/** The core that the project in `folder` depends on, else the working directory's, else the one that came with zen. */
export async function loadHost(folder: string): Promise<Host> {
  const file = hostFile(folder);
  const host = (await import(pathToFileURL(file).href)) as Partial<Host>;
  if (host.HOST === HOST) return host as Host;
  throw mismatch(file, host.HOST);
}

/**
 * The file of the core that {@link loadHost} loads.
 *
 * @throws ZenError `core_not_found`, `host_mismatch`
 */
export function hostFile(folder: string): string {
  const file = findHost([folder, process.cwd()]) ?? findHost([__dirname]);
  if (file !== undefined) return file;
  throw new ZenError("core_not_found", "@zen/core, which zen needs to run anything, is not installed.", {
    hint: "Install it: npm install @zen/core",
  });
}

/** The version of the core that would load what is in `folder`; undefined if there is none that zen can drive. */
export function installedCore(folder: string): string | undefined {
  try {
    return coreVersion(hostFile(folder));
  } catch {
    return undefined;
  }
}

function findHost(folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    try {
      return createRequire(path.join(folder, "_")).resolve("@zen/core/host");
    } catch (error) {
      // A core without this entry is there, and is from before it or after it: no reason to take another one silently.
      if ((error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED") throw mismatch(folder, undefined);
    }
  }
  return undefined;
}

function mismatch(where: string, theirs: number | undefined): ZenError {
  const older = theirs === undefined || theirs < HOST;
  const version = coreVersion(where);
  return new ZenError(
    "host_mismatch",
    `This zen can't drive @zen/core${version === undefined ? "" : ` ${version}`} of ${where}: it is too ${older ? "old" : "new"}.`,
    {
      hint: older ? "Update it: npm install @zen/core@latest" : "Update zen: npm install -D @zen/cli@latest",
    },
  );
}

function coreVersion(where: string): string | undefined {
  for (let folder = where; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name, version } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; version?: string };
    if (name === "@zen/core") return version;
  }
  return undefined;
}
