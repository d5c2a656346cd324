import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";
import { session } from "./session.ts";

/** Where zen is, as far as people are told. */
export interface Whereabouts {
  /** Where the search for the repository started. */
  readonly folder: string;
  readonly repositoryRoot: string | null | undefined;
  readonly profile: { readonly value: string };
}

/**
 * Says on standard error which repository and profile count, in the documentation's words. Those about how to come to a
 * repository are for commands that show or choose what a repository decides; others say in a line that there is none.
 */
export function announce({ folder, repositoryRoot, profile }: Whereabouts): void {
  const outside = typeof repositoryRoot !== "string";
  if (outside && session.aboutRepository) notice(styled(2, "yellow", withoutRepository(folder)));
  if (outside) notice("Running without an active repository root.");
  notice(`Running with active profile: '${profile.value}' (${outside ? "global" : "local"})`);
}

function withoutRepository(folder: string): string {
  return (
    `Unable to find ZenML repository in your current working directory (${folder}) or any parent directories. If you want to use an existing repository which is in a ` +
    "different location, set the environment variable 'ZENML_REPOSITORY_PATH'. If you want to create a new repository, run zenml init."
  );
}
