import { describe, expect, it } from "vitest";
import { coerceText, valueOfText } from "./text-value.ts";

describe("a text without a schema", () => {
  it.each([
    ["1.5", 1.5],
    ["-3", -3],
    ["0", 0],
    ["true", true],
    ["null", null],
    ["[1,2]", [1, 2]],
    ['[0.1, { "a": "x y" }]', [0.1, { a: "x y" }]],
    ['{"a": 1}', { a: 1 }],
    ['"5"', "5"],
  ])("%s is JSON", (text, value) => {
    expect(valueOfText(text)).toEqual(value);
  });

  it.each([
    "007",
    "1.0",
    "1e3",
    "+1",
    " 1",
    "-0",
    "12345678901234567890",
    "[1.0]",
    '{"a":1,"a":2}',
    "True",
    "yes",
    "",
    "penguins.csv",
    "[1,",
    "NaN",
  ])("%j stays a text, because it would not read back so", (text) => {
    expect(valueOfText(text)).toBe(text);
  });
});

describe("a text with a schema", () => {
  const coerced = (text: string, schema: object): unknown =>
    coerceText(text, schema as never, { $defs: { tree: { type: "object" }, loop: { $ref: "#/$defs/loop" } } });

  it.each([
    ["007", { type: "string" }, "007"],
    ["5", { type: "string" }, "5"],
    ["5", { type: "number" }, 5],
    ["1e3", { type: "integer" }, 1000],
    ["1.0", { type: "number" }, 1],
    ["abc", { type: "number" }, "abc"],
    ["true", { type: "boolean" }, true],
    ["1", { type: "boolean" }, "1"],
    ["[1.0]", { type: "array" }, [1]],
    ['{"a":1}', { type: "object" }, { a: 1 }],
    ["null", { type: ["number", "null"] }, null],
    ["5", { type: ["string", "number"] }, 5],
    ["05", { anyOf: [{ type: "string" }, { type: "number" }] }, "05"],
    ["b", { enum: ["a", "b"] }, "b"],
    ["2", { enum: [1, 2] }, 2],
    ["2", { const: 2 }, 2],
    ['{"a":1}', { $ref: "#/$defs/tree" }, { a: 1 }],
    ["5", { $ref: "#/$defs/loop" }, 5],
    ["5", { $ref: "#/$defs/none" }, 5],
    ["5", { allOf: [{ minimum: 1 }, { type: "string" }] }, "5"],
    ["5", {}, 5],
    ["05", {}, "05"],
  ])("%s as %j", (text, schema, value) => {
    expect(coerced(text, schema)).toEqual(value);
  });
});
