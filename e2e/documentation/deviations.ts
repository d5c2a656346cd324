import { readFileSync } from "node:fs";
import path from "node:path";
import type { Shown } from "./console-block.ts";

/** Lines of the document that zen prints otherwise, by a section of deviations.md. */
export interface Deviation {
  readonly title: string;
  /** The sessions that have such lines. */
  readonly blocks: readonly string[];
  readonly shown: string;
  /** `FOLDER` is the folder that the command runs in. */
  readonly printed: string;
}

/** Reads deviations.md: a section is a heading, `Blocks: …`, and a diff from what is shown to what is printed. */
export function readDeviations(): readonly Deviation[] {
  const page = readFileSync(path.join(import.meta.dirname, "deviations.md"), "utf8");
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [, title, blocks, diff] = /^(.*)\n[^]*?^Blocks: (.*)\n[^]*?^```diff\n([^]*?)^```$/m.exec(section) ?? [];
      if (diff === undefined)
        throw new Error(`deviations.md: a section has a line "Blocks: …" and a diff, and this one hasn't: ${section}`);
      const lines = (sign: string): string =>
        [...diff.matchAll(/^([-+])(.*\n)/gm)].map(([, own, line]) => (own === sign ? line! : "")).join("");
      return { title: title!, blocks: blocks!.split(", "), shown: lines("-"), printed: lines("+") };
    });
}

/** What zen is to print for a command of a block, and which deviations say so. */
export function expected(
  { output }: Shown,
  { block, folder, deviations }: { readonly block: string; readonly folder: string; readonly deviations: readonly Deviation[] },
): { readonly text: string; readonly used: readonly Deviation[] } {
  let text = `\n${output}`;
  const used = deviations.filter(({ blocks, shown, printed }) => {
    if (!blocks.includes(block) || !text.includes(`\n${shown}`)) return false;
    text = text.replaceAll(`\n${shown}`, `\n${printed.replaceAll("FOLDER", folder)}`);
    return true;
  });
  return { text, used };
}
