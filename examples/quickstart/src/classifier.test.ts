import { expect, test } from "vitest";
import { guess, learn, type Example, type LearnOptions } from "./classifier.ts";
import { madeUpText } from "./made-up-sources.ts";

const languages = ["css", "javascript", "markdown", "python"];
const examples = (from: number, to: number): Example[] =>
  languages.flatMap((language) => Array.from({ length: to - from }, (_, i) => ({ language, text: madeUpText(language, from + i) })));
const options: LearnOptions = { longest: 3, epochs: 3, seed: 1, onBatch: async () => {} };

test("it recognises texts that it has not learned from", async () => {
  const model = await learn(examples(0, 40), options);
  expect(model.languages).toEqual(languages);
  const right = examples(100, 150).filter(({ text, language }) => guess(model, text).language === language);
  expect(right.length).toBeGreaterThan(195);
});

test("probabilities are between chance and 1", async () => {
  const model = await learn(examples(0, 20), options);
  for (const { text } of examples(100, 110)) {
    const { probability } = guess(model, text);
    expect(probability).toBeGreaterThan(0.25);
    expect(probability).toBeLessThanOrEqual(1);
  }
});

test("the same seed learns the same weights, another seed others", async () => {
  const model = await learn(examples(0, 20), options);
  expect(await learn(examples(0, 20), options)).toEqual(model);
  expect((await learn(examples(0, 20), { ...options, seed: 2 })).weights).not.toEqual(model.weights);
});

test("it counts every batch, and an error there ends it", async () => {
  const seen: number[][] = [];
  await learn(examples(0, 16), { ...options, onBatch: async (...batch) => void seen.push(batch) });
  expect(seen).toEqual([
    [0, 192],
    [0, 192],
    [32, 192],
    [64, 192],
    [96, 192],
    [128, 192],
    [160, 192],
    [192, 192],
  ]);
  const onBatch = () => Promise.reject(new Error("cancelled"));
  await expect(learn(examples(0, 16), { ...options, onBatch })).rejects.toThrow("cancelled");
});
