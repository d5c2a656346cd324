/**
 * `@zen/create-integration`: makes a package with a flavor of one's own. Behind `npm create @zen/integration` and
 * `zen integration create`.
 *
 * @module
 */
import path from "node:path";
import { answersFrom, type Answers, type Wishes } from "./answers.ts";
import { startedBy } from "./scaffold/command.ts";
import { writeNewFolder } from "./scaffold/new-folder.ts";
import { filesFor } from "./template.ts";

export type { Answers, Wishes } from "./answers.ts";

/** What was made. */
export interface CreatedIntegration extends Omit<Answers, "folder"> {
  /** Absolute. */
  readonly folder: string;
  /** Relative to it. */
  readonly files: readonly string[];
  /** What to type next. */
  readonly next: readonly string[];
}

/**
 * Makes the package in a new or empty folder of the working directory.
 *
 * @param interactive whether a person may be asked for what wasn't said
 * @throws ZenError `bad_name`, `bad_type`, `bad_flavor_name`, `bad_licence`, `folder_not_empty`, `interrupted`
 */
export async function createIntegration(wishes: Wishes, { interactive }: { readonly interactive: boolean }): Promise<CreatedIntegration> {
  const complete = interactive ? await (await import("./ask.ts")).asked(wishes) : wishes;
  const answers = answersFrom(complete);
  const folder = path.resolve(answers.folder);
  const files = filesFor(answers);
  writeNewFolder(folder, files);
  const manager = startedBy();
  const next = [`cd ${answers.folder}`, `${manager} install`, `${manager} run build`, `${manager} run check`];
  return { ...answers, folder, files: [...files.keys()].sort(), next };
}
