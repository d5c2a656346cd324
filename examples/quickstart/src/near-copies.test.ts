import { expect, test } from "vitest";
import { madeUpText } from "./made-up-sources.ts";
import { NearCopies } from "./near-copies.ts";

const text = Array.from({ length: 10 }, (_, i) => madeUpText("javascript", i)).join("\n");

test("a text with another import path is a copy", () => {
  const copies = new NearCopies(0.7);
  expect(copies.has(text)).toBe(false);
  expect(copies.has(text.replace('from "w', 'from "./x'))).toBe(true);
});

test("a text of which half is different is none", () => {
  const copies = new NearCopies(0.7);
  copies.has(text);
  expect(copies.has(text.slice(text.length / 2) + madeUpText("python", 1).repeat(5))).toBe(false);
});

test("texts of the same template are no copies of each other", () => {
  const copies = new NearCopies(0.7);
  for (let i = 0; i < 100; i++) expect(copies.has(madeUpText("markdown", i))).toBe(false);
});

test("a text too short to compare is never a copy", () => {
  const copies = new NearCopies(0.7);
  expect([copies.has("a"), copies.has("a")]).toEqual([false, false]);
});
