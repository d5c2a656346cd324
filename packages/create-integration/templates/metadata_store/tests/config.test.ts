import { expect, test } from "vitest";
import { TemplateMetadataStore } from "../src/index.ts";

test("people see the file, and it has to be given", () => {
  expect(new TemplateMetadataStore({ name: "test", file: "/tmp/x.db" }).uri).toBe("/tmp/x.db");
  expect(() => new TemplateMetadataStore({ name: "test", file: "" })).toThrow('"file"');
});
