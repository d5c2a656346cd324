import { expect, test } from "vitest";
import { learn } from "./classifier.ts";
import { evaluate } from "./evaluate.ts";
import { madeUpText } from "./made-up-sources.ts";
import type { SourceFile } from "./source-file.ts";

const sources = (from: number, to: number): SourceFile[] =>
  ["css", "javascript", "python"].flatMap((language) =>
    Array.from({ length: to - from }, (_, i) => ({ language, path: `${language}/${i}`, text: madeUpText(language, from + i) })),
  );
const learned = (files: readonly SourceFile[]) => learn(files, { longest: 2, epochs: 3, seed: 1, onBatch: async () => {} });
/** Every label replaced by one that has nothing to do with the text. */
const mislabelled = (files: readonly SourceFile[]) => files.map((file, i) => ({ ...file, language: i % 5 < 3 ? "javascript" : "css" }));

test("the scores, the matrix and the mistakes tell the same", async () => {
  const odd = { language: "css", path: "odd", text: madeUpText("python", 999) };
  const { scores, confusion, mistakes } = await evaluate.fn({ model: await learned(sources(0, 30)), files: [...sources(100, 120), odd] });
  expect(scores).toMatchObject({ files: 61, accuracy: 60 / 61, baseline: { language: "css", accuracy: 21 / 61 } });
  expect(confusion).toEqual({
    languages: ["css", "javascript", "python"],
    counts: [
      [20, 0, 1],
      [0, 20, 0],
      [0, 0, 20],
    ],
  });
  expect(mistakes).toEqual([{ path: "odd", language: "css", guessed: "python", probability: expect.closeTo(1, 0) }]);
});

test("labels that don't go with the texts are an error, with the figures", async () => {
  const model = await learned(mislabelled(sources(0, 60)));
  await expect(evaluate.fn({ model, files: mislabelled(sources(100, 150)) })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: The model is no better than guessing: it recognises 54.0% of 150 unseen files, and always answering "javascript", the most frequent, would be right for 60.0%. The labels are the files' extensions, and don't seem to go with what the files say. Look at some of the files, and at src/languages.ts.]`,
  );
});
