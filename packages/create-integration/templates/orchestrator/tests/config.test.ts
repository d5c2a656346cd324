import { expect, test } from "vitest";
import { TemplateOrchestrator } from "../src/index.ts";

test("without a word of it four steps run at a time, and none is no number of steps", () => {
  expect(new TemplateOrchestrator({ name: "test" }).config.concurrency).toBe(4);
  expect(() => new TemplateOrchestrator({ name: "test", concurrency: 0 })).toThrow('"concurrency"');
});
