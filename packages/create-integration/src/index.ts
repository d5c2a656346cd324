/**
 * `@zen/create-integration`: makes a package with a flavor of one's own. Behind `npm create @zen/integration` and
 * `zen integration create`.
 *
 * @module
 */
import path from "node:path";
import { aComponent, ownPackage } from "@zen/core/light";
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
  /** What its users will stumble over: that zen has a flavor of that name. */
  readonly warning: string | undefined;
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
  return { ...answers, folder, files: [...files.keys()].sort(), next, warning: nameWarning(answers) };
}

function nameWarning({ package: name, type, flavor }: Answers): string | undefined {
  const own = ownPackage(type, flavor);
  if (own === undefined) return undefined;
  return `zen has ${aComponent(type)} flavor "${flavor}" of its own, in ${own}: who has both must write --flavor ${name}:${flavor}. Another name: --flavor=my-${flavor}`;
}
