import { COMPONENT_TYPES, openContext, type Context } from "@zen/core/light";
import { HOST_FOLDERS } from "./host-folders.ts";
import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";
import { session } from "./session.ts";

export interface Place {
  /** @default the working directory */
  readonly folder?: string;
  readonly profile?: string | undefined;
  readonly stack?: string | undefined;
}

/** Finds out where zen is, and says so on standard error as the documentation shows it. */
export async function openHere(place: Place = {}): Promise<Context> {
  const context = await openQuietly(place, notice);
  if (session.json) return context;
  if (context.repositoryRoot === undefined) {
    notice(styled(2, "yellow", withoutRepository(place.folder ?? process.cwd())));
    notice("Running without an active repository root.");
  }
  notice(`Running with active profile: '${context.profile.value}' (${context.repositoryRoot === undefined ? "global" : "local"})`);
  return context;
}

/** Finds out where zen is. Only what happens by it is said, such as what first use creates. */
export function openQuietly({ folder = process.cwd(), profile, stack }: Place, say: (line: string) => void): Promise<Context> {
  return openContext({ folder, hostFolders: HOST_FOLDERS, profile, stack, notice: say });
}

/** The lines of `openHere` alone, before the project's own core does the work. Programs need none of them. */
export async function announce(place: Place): Promise<void> {
  if (!session.json) await openHere(place);
}

/** The active stack's name; undefined, and said so, if there is none: a list must work, or nobody could repair it. */
export async function activeStackName(context: Context): Promise<string | undefined> {
  try {
    return (await context.activeStack()).value;
  } catch (error) {
    notice(styled(2, "yellow", (error as Error).message));
    return undefined;
  }
}

/** The ten types as tables show them: by name. */
export const TYPES_BY_NAME = [...COMPONENT_TYPES].sort((a, b) => (a.type < b.type ? -1 : 1));

function withoutRepository(folder: string): string {
  const where = folder === process.cwd() ? "your current working directory" : "the pipeline's folder";
  return (
    `Unable to find ZenML repository in ${where} (${folder}) or any parent directories. If you want to use an existing repository which is in a ` +
    "different location, set the environment variable 'ZENML_REPOSITORY_PATH'. If you want to create a new repository, run zenml init."
  );
}
