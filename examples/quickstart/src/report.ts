import { step, text } from "@zen/core";
import type { Mistake } from "./evaluate.ts";
import { NEXT_STEPS } from "./next-steps.ts";
import type { ConfusionMatrix, Scores } from "./scores.ts";
import type { Census } from "./source-file.ts";
import { withinPackages, type Unseen } from "./split.ts";
import type { Trial } from "./tune.ts";

interface ReportInputs {
  census: Census[];
  trials: Trial[];
  best: Trial;
  scores: Scores;
  confusion: ConfusionMatrix;
  mistakes: Mistake[];
  unseen: Unseen;
}

/** Everything that a person wants to know, in Markdown. */
export const report = step("report", { output: text() }, ({ census, trials, best, scores, confusion, mistakes, unseen }: ReportInputs) => {
  const untested = confusion.languages.filter((language) => !scores.languages.some((score) => score.language === language));
  return [
    "# Which language is this file written in?",
    headline(scores, unseen),
    ...(untested.length > 0 ? [`Not asked about, because no package of theirs could be set aside: ${untested.join(", ")}.`] : []),
    "## The files",
    "Files that hardly differ from another are left out, so that no copy is both learned from and asked about. Of a language with very many, some are read.",
    table(
      ["language", "found", "copies", "kept", "asked about"],
      census.map(({ language, found, copies, kept, used }) => {
        const asked = scores.languages.find((score) => score.language === language)?.files ?? 0;
        return [language, found, copies, kept, used ? asked : "too few, left out"];
      }),
    ),
    "## How well each language is recognised",
    table(
      ["language", "precision", "recall", "F1"],
      scores.languages.map(({ language, precision, recall, f1 }) => [language, decimals(precision), decimals(recall), decimals(f1)]),
    ),
    "## What was taken for what",
    "A row per language that files are written in, a column per language that they were taken for.",
    table(
      ["", ...confusion.languages],
      confusion.languages.map((language, i) => [`**${language}**`, ...confusion.counts[i]!]),
    ),
    "## How long the n-grams are",
    `Tried on files set aside of those to learn from; ${best.longest} was best.`,
    table(
      ["longest n-gram", "macro-F1"],
      trials.map(({ longest, macroF1 }) => [longest, decimals(macroF1)]),
    ),
    "## Where it was wrong, and most sure of it",
    mistakes.length === 0
      ? "Nowhere."
      : table(
          ["file", "is", "taken for", "probability"],
          mistakes
            .slice(0, 10)
            .map(({ path, language, guessed, probability }) => [`\`${withinPackages(path)}\``, language, guessed, decimals(probability)]),
        ),
    "## What next",
    ["```", ...NEXT_STEPS, "```"].join("\n"),
  ].join("\n\n");
});

/** The one sentence that matters. */
export function headline({ files, accuracy, macroF1, baseline }: Scores, unseen: Unseen): string {
  const asked = unseen === "files" ? `${files} files that it has not seen` : `${files} files of packages that it has not seen`;
  return `It recognises ${percent(accuracy)} of ${asked} (macro-F1 ${decimals(macroF1)}); always answering "${baseline.language}" would be right for ${percent(baseline.accuracy)}.`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function decimals(share: number): string {
  return share.toFixed(3);
}

function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
