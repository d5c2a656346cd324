import { json, step } from "@zen/core";
import { guess, type Model } from "./classifier.ts";
import { confusionOf, scoresOf, type Answer, type ConfusionMatrix, type Scores } from "./scores.ts";
import type { SourceFile } from "./source-file.ts";

/** A file that was taken for something that it isn't. */
export interface Mistake extends Answer {
  readonly path: string;
  /** How sure the model was, from 0 to 1. */
  readonly probability: number;
}

/** Asks the model about files that it has not seen, and ends the run if its answers are no better than guessing. */
export const evaluate = step(
  "evaluate",
  { outputs: { scores: json<Scores>(), confusion: json<ConfusionMatrix>(), mistakes: json<Mistake[]>() } },
  ({ model, files }: { model: Model; files: SourceFile[] }, context) => {
    const answers = files.map(({ path, language, text }) => {
      const { language: guessed, probability } = guess(model, text);
      return { path, language, guessed, probability };
    });
    const confusion = confusionOf(model.languages, answers);
    const scores = scoresOf(confusion);
    context.metadata({ accuracy: scores.accuracy, macroF1: scores.macroF1, baseline: scores.baseline.accuracy });
    refuseChance(scores);
    context.log.info(
      `accuracy ${scores.accuracy.toFixed(3)}, macro-F1 ${scores.macroF1.toFixed(3)}, baseline ${scores.baseline.accuracy.toFixed(3)}`,
    );
    const mistakes = answers.filter(({ language, guessed }) => language !== guessed).toSorted((a, b) => b.probability - a.probability);
    return { scores, confusion, mistakes };
  },
);

/** An accuracy within two standard errors of the baseline is what luck gives, too. */
function refuseChance({ files, accuracy, baseline }: Scores): void {
  const error = Math.sqrt((baseline.accuracy * (1 - baseline.accuracy)) / files);
  if (accuracy > baseline.accuracy + 2 * error) return;
  throw new Error(
    `The model is no better than guessing: it recognises ${(100 * accuracy).toFixed(1)}% of ${files} unseen files, and always answering ` +
      `"${baseline.language}", the most frequent, would be right for ${(100 * baseline.accuracy).toFixed(1)}%. ` +
      "The labels are the files' extensions, and don't seem to go with what the files say. Look at some of the files, and at src/languages.ts.",
  );
}
