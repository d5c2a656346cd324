import { json, step } from "@zen/core";
import { inHashOrder } from "./hash-order.ts";
import type { SourceFile } from "./source-file.ts";

/** What the test is about: files that were not learned from, or, harder, packages of which no file was learned from. */
export type Unseen = "files" | "packages";

/**
 * Sets a share of each language's files aside, so that both parts have the languages in about the same proportion.
 * Files whose paths differ only in the extension, builds of one source, stay together.
 */
export function divide(files: readonly SourceFile[], { share, unseen, seed }: { share: number; unseen: Unseen; seed: number }) {
  const kept: SourceFile[] = [];
  const aside: SourceFile[] = [];
  for (const ofLanguage of Map.groupBy(files, ({ language }) => language).values()) {
    const groups = Map.groupBy(ofLanguage, ({ path }) => (unseen === "packages" ? packageOf(path) : path));
    const wanted = Math.round(ofLanguage.length * share);
    let count = 0;
    for (const [, group] of inHashOrder(groups, seed, ([name]) => name)) {
      const fits = count + group.length <= wanted;
      (fits ? aside : kept).push(...group);
      if (fits) count += group.length;
    }
  }
  if (new Set(aside.map(({ language }) => language)).size < 2) {
    throw new Error(
      `There is nothing to ask about: fewer than 2 languages have files in several ${unseen}, of which some could be set aside. ` +
        "Set single files aside instead (--param unseen=files), or collect from a larger folder (--param folder=PATH).",
    );
  }
  return { kept, aside };
}

/** A quarter of the files is the test. */
export const split = step(
  "split",
  { outputs: { train: json<SourceFile[]>(), test: json<SourceFile[]>() } },
  ({ files, unseen, seed }: { files: SourceFile[]; unseen: Unseen; seed: number }, context) => {
    const { kept: train, aside: test } = divide(files, { share: 0.25, unseen, seed });
    context.log.info(`${train.length} files to learn from, ${test.length} to be asked about`);
    return { train, test };
  },
);

/** The package that a file belongs to, whatever its version; outside of node_modules, the first folder. */
function packageOf(path: string): string {
  const [first = "", second = ""] = withinPackages(path).split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** The path from the package's name on: `zod/src/index`. */
export function withinPackages(path: string): string {
  return path.replace(/^.*\bnode_modules\//, "");
}
