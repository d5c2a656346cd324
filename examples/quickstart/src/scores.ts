/** What a file is written in, and what the model took it for. */
export interface Answer {
  readonly language: string;
  readonly guessed: string;
}

/** How often each language was taken for each. */
export interface ConfusionMatrix {
  readonly languages: readonly string[];
  /** `counts[i][j]`: files written in `languages[i]` that were taken for `languages[j]`. */
  readonly counts: readonly (readonly number[])[];
}

export interface LanguageScore {
  readonly language: string;
  /** Files that are written in it. */
  readonly files: number;
  /** Of the files taken for it, the share that is. */
  readonly precision: number;
  /** Of the files written in it, the share that was recognised. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
}

export interface Scores {
  readonly files: number;
  /** The share of files that were recognised. */
  readonly accuracy: number;
  /** The mean of the languages' F1, a rare one counting as much as a frequent one. */
  readonly macroF1: number;
  /** What it takes no learning to reach: the accuracy of always answering the most frequent language. */
  readonly baseline: { readonly language: string; readonly accuracy: number };
  /** Of those that had files to be asked about. */
  readonly languages: readonly LanguageScore[];
}

/** @param languages those that the model knows */
export function confusionOf(languages: readonly string[], answers: readonly Answer[]): ConfusionMatrix {
  const counts = languages.map(() => languages.map(() => 0));
  for (const { language, guessed } of answers) counts[languages.indexOf(language)]![languages.indexOf(guessed)]! += 1;
  return { languages, counts };
}

export function scoresOf({ languages, counts }: ConfusionMatrix): Scores {
  const scores = languages.map((language, i): LanguageScore => {
    const right = counts[i]![i]!;
    const files = sum(counts[i]!);
    const taken = sum(counts.map((row) => row[i]!));
    return { language, files, precision: share(right, taken), recall: share(right, files), f1: share(2 * right, files + taken) };
  });
  const asked = scores.filter(({ files }) => files > 0);
  const files = sum(asked.map((score) => score.files));
  const largest = asked.reduce((a, b) => (b.files > a.files ? b : a));
  return {
    files,
    accuracy: share(sum(counts.map((row, i) => row[i]!)), files),
    macroF1: share(sum(asked.map(({ f1 }) => f1)), asked.length),
    baseline: { language: largest.language, accuracy: share(largest.files, files) },
    languages: asked,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
