import { expect, test } from "vitest";
import { uuidV7 } from "./uuid.ts";

test("ids sort in the order of their making, thousands within a millisecond", () => {
  const ids = Array.from({ length: 20_000 }, uuidV7);
  expect(ids).toEqual(ids.toSorted());
  expect(new Set(ids).size).toBe(ids.length);
});

test("an id is a version 7 UUID of now", () => {
  const id = uuidV7();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Math.abs(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16) - Date.now())).toBeLessThan(5_000);
});
