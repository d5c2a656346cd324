import { expect, test } from "vitest";
import { RecentlyUsed } from "./recently-used.ts";

const OVERHEAD = 64;
const kept = (limit: number): RecentlyUsed<string> => new RecentlyUsed(limit, ({ length }) => length);
const text = (length: number): string => "x".repeat(length);

test("what was used least recently goes first; reading is using", () => {
  const entries = kept(3 * (10 + OVERHEAD));
  for (const key of ["a", "b", "c"]) entries.set(key, text(10));
  entries.get("a");
  entries.set("d", text(10));
  expect(["a", "b", "c", "d"].filter((key) => entries.get(key) !== undefined)).toEqual(["a", "c", "d"]);
});

test("one heavy entry takes the place of many light ones, and none that is heavier than all may be is kept", () => {
  const entries = kept(1_000);
  for (let n = 0; n < 5; n++) entries.set(`light${n}`, text(100));
  entries.set("heavy", text(800));
  expect(entries.get("heavy")).toBe(text(800));
  expect([0, 1, 2, 3, 4].filter((n) => entries.get(`light${n}`) !== undefined)).toEqual([]);
  entries.set("too heavy", text(1_000));
  expect(entries.get("too heavy")).toBeUndefined();
  expect(entries.get("heavy")).toBe(text(800));
});

test("setting a key again counts its new weight only", () => {
  const entries = kept(500);
  for (let n = 0; n < 100; n++) entries.set("again", text(n));
  entries.set("other", text(200));
  expect(entries.get("again")).toBe(text(99));
  entries.set("again", text(600));
  expect(entries.get("again")).toBeUndefined();
});
