import { expect, test } from "vitest";
import { confusionOf, scoresOf } from "./scores.ts";

const answers = [
  ...Array.from({ length: 6 }, () => ({ language: "javascript", guessed: "javascript" })),
  ...Array.from({ length: 2 }, () => ({ language: "javascript", guessed: "css" })),
  ...Array.from({ length: 2 }, () => ({ language: "css", guessed: "css" })),
];

test("a row is what files are, a column what they were taken for", () => {
  expect(confusionOf(["css", "javascript"], answers).counts).toEqual([
    [2, 0],
    [2, 6],
  ]);
});

test("accuracy counts files, macro-F1 counts languages, the baseline is the largest language", () => {
  const scores = scoresOf(confusionOf(["css", "javascript"], answers));
  expect(scores).toMatchObject({ files: 10, accuracy: 0.8, baseline: { language: "javascript", accuracy: 0.8 } });
  expect(scores.languages[0]).toEqual({ language: "css", files: 2, precision: 0.5, recall: 1, f1: 4 / 6 });
  expect(scores.languages[1]).toEqual({ language: "javascript", files: 8, precision: 1, recall: 0.75, f1: 12 / 14 });
  expect(scores.macroF1).toBeCloseTo((4 / 6 + 12 / 14) / 2, 10);
});

test("a language that nothing was asked about has no part in the mean; one that is never recognised has", () => {
  const scores = scoresOf(
    confusionOf(
      ["css", "json", "python"],
      [...Array.from({ length: 3 }, () => ({ language: "css", guessed: "css" })), { language: "python", guessed: "css" }],
    ),
  );
  expect(scores.languages.map(({ language, f1 }) => [language, f1])).toEqual([
    ["css", 6 / 7],
    ["python", 0],
  ]);
  expect(scores.macroF1).toBeCloseTo(3 / 7, 10);
});
