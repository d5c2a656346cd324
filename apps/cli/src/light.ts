import { COMPONENT_TYPES, isZenError, openContext, requireActiveComponent, type ComponentTypeInfo, type Context } from "@zen/core/light";
import { announce } from "./announce.ts";
import { HOST_FOLDERS } from "./host-folders.ts";
import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";

export interface Place {
  /** @default the working directory */
  readonly folder?: string;
  readonly profile?: string | undefined;
  readonly stack?: string | undefined;
}

/** Finds out where zen is, and says so. */
export async function openHere(place: Place = {}): Promise<Context> {
  const context = await openQuietly(place, notice);
  announce(context);
  return context;
}

/**
 * {@link openHere} for commands that help where a variable names a profile that isn't there: that is said, and what would
 * count without it is shown.
 */
export async function openAnyway(place: Place, say: (line: string) => void): Promise<Context> {
  try {
    return await openQuietly(place, say);
  } catch (error) {
    const { ZENML_ACTIVATED_PROFILE: named, ...env } = process.env;
    if (!isZenError(error) || error.code !== "profile_not_found" || named === undefined || place.profile !== undefined) throw error;
    say(styled(2, "yellow", `${error.message} ${error.hint ?? ""}`.trimEnd()));
    return openContext({ folder: process.cwd(), hostFolders: HOST_FOLDERS, stack: place.stack, notice: say, env });
  }
}

/** Finds out where zen is. Only what happens by it is said, such as what first use creates. */
export function openQuietly({ folder = process.cwd(), profile, stack }: Place, say: (line: string) => void): Promise<Context> {
  return openContext({ folder, hostFolders: HOST_FOLDERS, profile, stack, notice: say });
}

/** The active stack's name; undefined, and said so, if there is none: a list must work, or nobody could repair it. */
export async function activeStackName(context: Context): Promise<string | undefined> {
  try {
    return (await context.activeStack()).value;
  } catch (error) {
    if (!isZenError(error) || !["stack_not_found", "no_active_stack"].includes(error.code)) throw error;
    notice(styled(2, "yellow", error.message));
    return undefined;
  }
}

/** The active stack's component of a type, for a command that was given no name: which one it is, is said. */
export async function componentOfStack({ type }: ComponentTypeInfo, context: Context): Promise<string> {
  const name = await requireActiveComponent(context, type);
  notice(`No component name given; using \`${name}\` from active stack.`);
  return name;
}

/** The ten types as tables show them: by name. */
export const TYPES_BY_NAME = [...COMPONENT_TYPES].sort((a, b) => (a.type < b.type ? -1 : 1));
