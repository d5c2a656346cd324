import { step } from "@zen/core";
import { guess, learn } from "./classifier.ts";
import { pause } from "./pause.ts";
import { confusionOf, scoresOf } from "./scores.ts";
import type { SourceFile } from "./source-file.ts";
import { divide, type Unseen } from "./split.ts";

/** How well a choice of `longest` did. */
export interface Trial {
  readonly longest: number;
  readonly macroF1: number;
}

const ROUNDS = 3;

/** Tries one choice of `longest`, with files that it sets aside of those to learn from: the test stays unseen. */
export const tune = step(
  "tune",
  async (
    { files, longest, epochs, unseen, seed }: { files: SourceFile[]; longest: number; epochs: number; unseen: Unseen; seed: number },
    context,
  ): Promise<Trial> => {
    const scores: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { kept, aside } = divide(files, { share: 1 / ROUNDS, unseen, seed: seed + round });
      const onBatch = (done: number, total: number) =>
        pause(context, round * total + done, ROUNDS * total, `round ${round + 1} of ${ROUNDS}`);
      const model = await learn(kept, { longest, epochs, seed, onBatch });
      const answers = aside.map(({ text, language }) => ({ language, guessed: guess(model, text).language }));
      scores.push(scoresOf(confusionOf(model.languages, answers)).macroF1);
    }
    const macroF1 = scores.reduce((a, b) => a + b) / ROUNDS;
    context.metadata({ longest, macroF1 });
    return { longest, macroF1 };
  },
);

/** The best trial; of equals, the one with the shorter n-grams. */
export const choose = step(
  "choose",
  ({ trials }: { trials: Trial[] }): Trial => trials.toSorted((a, b) => b.macroF1 - a.macroF1 || a.longest - b.longest)[0]!,
);
