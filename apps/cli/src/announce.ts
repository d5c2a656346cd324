import { notice } from "./output/answer.ts";
import { styled } from "./output/terminal.ts";

/** Where zen is, as far as people are told. */
export interface Whereabouts {
  /** Where the search for the repository started. */
  readonly folder: string;
  readonly repositoryRoot: string | null | undefined;
  readonly profile: { readonly value: string };
}

/** Says on standard error which repository and profile count, as the documentation shows it. */
export function announce({ folder, repositoryRoot, profile }: Whereabouts): void {
  const outside = typeof repositoryRoot !== "string";
  if (outside) {
    notice(styled(2, "yellow", withoutRepository(folder)));
    notice("Running without an active repository root.");
  }
  notice(`Running with active profile: '${profile.value}' (${outside ? "global" : "local"})`);
}

function withoutRepository(folder: string): string {
  const where = folder === process.cwd() ? "your current working directory" : "the pipeline's folder";
  return (
    `Unable to find ZenML repository in ${where} (${folder}) or any parent directories. If you want to use an existing repository which is in a ` +
    "different location, set the environment variable 'ZENML_REPOSITORY_PATH'. If you want to create a new repository, run zenml init."
  );
}
