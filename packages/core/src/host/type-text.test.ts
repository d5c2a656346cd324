import { expect, it } from "vitest";
import * as z from "zod";
import { jsonSchemaOf } from "../pipeline/parameters-schema.ts";
import { typeText } from "./type-text.ts";

it.each([
  ["string", z.string()],
  ["boolean", z.boolean().default(true)],
  ["integer", z.int()],
  ["integer ≥ 10", z.int().min(10)],
  ["number 0…1", z.number().min(0).max(1)],
  ["number > 0, ≤ 1", z.number().positive().max(1)],
  ["number < 5", z.number().lt(5)],
  ["files|packages", z.enum(["files", "packages"])],
  ['""|a', z.enum(["", "a"])],
  ["3", z.literal(3)],
  ["a|b|c|d|e|f|g|h|…", z.enum([..."abcdefghij"])],
  ["string|null", z.string().nullable()],
  ["integer ≥ 1|auto", z.union([z.int().min(1), z.literal("auto")])],
  ["string[]", z.array(z.string())],
  ["number[][]", z.array(z.array(z.number()))],
  ["(integer 1…8)[]", z.array(z.int().min(1).max(8))],
  ["(string|number)[]", z.array(z.union([z.string(), z.number()]))],
  ["array", z.array(z.any())],
  ["array", z.tuple([z.string()])],
  ["object", z.object({ a: z.string() })],
  [null, z.any()],
  [null, z.union([z.string(), z.any()])],
])("writes %s", (text, schema) => {
  const root = jsonSchemaOf(z.object({ parameter: schema }))!;
  expect(typeText((root["properties"] as Record<string, typeof root>)["parameter"]!, root)).toBe(text);
});

it("follows references, and gives up on what contains itself", () => {
  const root = { $defs: { count: { type: "integer", minimum: 1 }, loop: { $ref: "#/$defs/loop" } } } as const;
  expect(typeText({ $ref: "#/$defs/count" }, root)).toBe("integer ≥ 1");
  expect(typeText({ type: "array", items: { $ref: "#/$defs/count" } }, root)).toBe("(integer ≥ 1)[]");
  expect(typeText({ $ref: "#/$defs/loop" }, root)).toBe(null);
  expect(typeText({ $ref: "#/$defs/none" }, root)).toBe(null);
});
