import { expect, test } from "vitest";
import { explainMiss } from "./cache-key.ts";

const key = "v1 step=fit code=aa outputs=bb in.rows=cc in.rate=dd";

test.each([
  ["v1 step=fit code=XX outputs=bb in.rows=cc in.rate=dd", "its code changed"],
  ["v1 step=fit code=aa outputs=bb in.rows=XX in.rate=dd", "its input rows changed"],
  ["v1 step=fit code=aa outputs=bb in.rows=XX in.rate=XX", "its inputs rows, rate changed"],
  ["v1 step=fit code=XX outputs=bb in.rows=cc", "its code changed, its input rate changed"],
  ["v1 step=fit code=aa outputs=XX in.rows=cc in.rate=dd", "its outputs changed"],
  [key, "no earlier result is left in the cache"],
])("a miss against %s says: %s", (before, reason) => {
  expect(explainMiss(before, key)).toBe(reason);
});

test("a miss without anything to compare with says so", () => {
  expect(explainMiss(undefined, key)).toBe("no earlier result");
  expect(explainMiss(null, key)).toBe("its last run was not cached");
});
