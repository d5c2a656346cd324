import { expect, test } from "vitest";
import { TemplateArtifactStore } from "../src/index.ts";

test("a path of another scheme is refused", () => {
  expect(() => new TemplateArtifactStore({ name: "test", path: "s3://bucket" })).toThrow('can\'t use the path "s3://bucket"');
});
