import { expect, test } from "vitest";
import { inHashOrder } from "./hash-order.ts";

const names = Array.from({ length: 50 }, (_, i) => `file ${i}`);
const order = (items: readonly string[], seed: number) => inHashOrder(items, seed, (name) => name);

test("the order depends on the seed, and not on the order given", () => {
  expect(order(names, 1)).not.toEqual(names);
  expect(order(names.toReversed(), 1)).toEqual(order(names, 1));
  expect(order(names, 2)).not.toEqual(order(names, 1));
  expect(order(names, 1).toSorted()).toEqual(names.toSorted());
});

test("an item that goes leaves the others in their order", () => {
  expect(order(names.slice(1), 1)).toEqual(order(names, 1).filter((name) => name !== "file 0"));
});
