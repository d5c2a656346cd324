import type { BrokenPackage } from "@zen/core/light";
import { notice } from "../output/answer.ts";
import { styled } from "../output/terminal.ts";
import { inWordsOfProject } from "./package-manager.ts";

/** Says beside a list what is wrong with packages, and the command that mends it. */
export function sayWhatMends(broken: readonly Pick<BrokenPackage, "package" | "problem" | "mend">[], folder: string): void {
  const inOwnWords = inWordsOfProject(folder);
  for (const { package: from, problem, mend } of broken)
    notice(styled(2, "yellow", `${from}: ${problem}. What mends it: ${inOwnWords(mend)}`));
}
