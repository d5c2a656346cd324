import type { OutputDescription, RunDescription } from "@zen/core/host";
import { expect, it } from "vitest";
import { outputRows } from "./output-rows.ts";

function rowOf(output: Partial<OutputDescription>): object {
  const steps = [{ name: "sweep/fit[a]", outputs: [{ name: "scores", id: "1" }] }];
  return outputRows({ steps, outputs: [{ name: "x", id: "1", ...output }] } as unknown as RunDescription)[0]!;
}

it("says which artifact an output is, and which part of it", () => {
  expect(rowOf({})).toEqual({ name: "x", value: "", source: "sweep/fit[a].scores", id: "1" });
  expect(rowOf({ path: ["runs", 0, "two words"], value: 0.969 })).toEqual({
    name: "x",
    value: "0.969",
    source: 'sweep/fit[a].scores → .runs[0]["two words"]',
    id: "1",
  });
  expect(rowOf({ id: "of another run" })).toMatchObject({ source: "" });
});

it("shows a text as it is, unless that would mislead", () => {
  for (const text of ["fit-3", "two words", "データ"]) expect(rowOf({ value: text })).toMatchObject({ value: text });
  for (const text of ["", " x", "x ", "a\nb", "\u001b[2J"]) expect(rowOf({ value: text })).toMatchObject({ value: JSON.stringify(text) });
  expect(rowOf({ value: false })).toMatchObject({ value: "false" });
});

it("rounds a number that isn't whole", () => {
  expect([0.9692923898531375, 1 / 3000000, 123456789012, 0.1 + 0.2].map((value) => rowOf({ value }))).toMatchObject([
    { value: "0.969292" },
    { value: "3.33333e-7" },
    { value: "123456789012" },
    { value: "0.3" },
  ]);
});
