import { expect, test } from "vitest";
import { BUCKETS, featuresOf } from "./features.ts";

test("each n-gram up to the longest has a bucket", () => {
  expect(featuresOf("abc", 1).buckets).toHaveLength(3);
  expect(featuresOf("abc", 2).buckets).toHaveLength(5);
  expect(featuresOf("abc", 9).buckets).toHaveLength(6);
  expect(featuresOf("aaa", 1).buckets).toHaveLength(1);
});

test("n-grams of different characters, or in another order, fall into different buckets", () => {
  const grams = [];
  for (const a of "abcdefghijklmnop{}();=") for (const b of "abcdefghijklmnop{}();=") grams.push(featuresOf(a + b, 2).buckets[1]);
  expect(new Set(grams).size).toBeGreaterThan(grams.length * 0.97);
  for (const bucket of grams) expect(bucket).toBeLessThan(BUCKETS);
});

test("what occurs more often weighs more, and the length of the text doesn't count", () => {
  const { values } = featuresOf("aab", 1);
  expect(values[0]! / values[1]!).toBeCloseTo(Math.log(3) / Math.log(2), 5);
  for (const text of ["aab", "some longer text ".repeat(40)]) {
    expect(featuresOf(text, 3).values.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 4);
  }
});

test("an empty text has no features", () => {
  expect(featuresOf("", 3)).toEqual({ buckets: new Uint32Array(), values: new Float32Array() });
});
