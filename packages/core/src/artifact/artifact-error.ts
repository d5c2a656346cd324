import { ZenError } from "../error/zen-error.ts";

/** An artifact, as errors name it. */
export interface NamedArtifact {
  readonly id: string;
  /** `<node>.<output>` */
  readonly name: string;
  /** Its full address. */
  readonly uri: string;
}

/** The record is there and the bytes are not. */
export function artifactMissing({ id, name, uri }: NamedArtifact, cause: unknown): ZenError {
  return new ZenError(
    "artifact_missing",
    `The artifact ${name} (${id}) is not in the artifact store any more: there is nothing at ${uri}.`,
    {
      hint: "Put it back from a backup, or make it again: zen pipeline run FILE --no-cache",
      cause,
      details: { id, uri },
    },
  );
}

/** The bytes aren't those that were written. */
export function artifactDamaged({ id, name, uri }: NamedArtifact, how: string): ZenError {
  return new ZenError(
    "artifact_damaged",
    `The artifact ${name} (${id}) is damaged: what is at ${uri} is not what was stored there (${how}).`,
    {
      hint: "Somebody has changed it, or the disk is failing. Put it back from a backup, or make it again: zen pipeline run FILE --no-cache",
      details: { id, uri },
    },
  );
}

/** The bytes are those that were written, and this version of zen can't make a value of them. */
export function artifactUnreadable({ id, name, uri }: NamedArtifact, materializer: string, cause?: unknown): ZenError {
  return new ZenError(
    "artifact_unreadable",
    `The artifact ${name} (${id}) can't be read: what is at ${uri} is no "${materializer}" that this version of zen knows.`,
    {
      hint: "A newer zen may have written it: update @zen/core here.",
      cause,
      details: { id, uri },
    },
  );
}
