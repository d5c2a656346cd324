import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readConfigSchema } from "./config-schema.ts";
import type { FlavorEntry } from "./flavor-entry.ts";

function packageWith(text: string): FlavorEntry {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "zen-schema-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "p"));
  writeFileSync(join(folder, "p/schema.json"), text);
  const rest = {
    origin: "package" as const,
    aliases: [],
    contract: 1,
    description: "",
    module: ".",
    export: "X",
    docs: undefined,
    through: undefined,
    problem: undefined,
    problems: [],
  };
  return {
    type: "artifact_store",
    flavor: "s3",
    package: "@acme/s3",
    version: "1.0.0",
    folder: join(folder, "p"),
    configSchema: join(folder, "p/schema.json"),
    ...rest,
  };
}

test("a schema is read without any code of the package; a flavor may have none", () => {
  const entry = packageWith('{"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}');
  expect(readConfigSchema(entry)).toEqual({ properties: { path: { type: "string" } }, required: ["path"] });
  expect(readConfigSchema({ ...entry, configSchema: undefined })).toBeUndefined();
});

test.each([
  ["{", "is not JSON."],
  ["[]", "is not the JSON Schema of an object."],
  ['{"properties": {"a": 1}}', "is not the JSON Schema of an object."],
])("%s is no schema", (text, problem) => {
  const entry = packageWith(text);
  expect(() => readConfigSchema(entry)).toThrow(
    `The configuration schema of the flavor "s3" of @acme/s3 1.0.0 can't be read: ${entry.configSchema} ${problem}`,
  );
});

test("a schema that is missing, or a link out of the package, is refused", () => {
  const entry = packageWith("{}");
  const gone = join(entry.folder, "gone.json");
  expect(() => readConfigSchema({ ...entry, configSchema: gone })).toThrow(`can't be read: zen can't read ${gone}: it does not exist.`);
  const link = join(entry.folder, "link.json");
  writeFileSync(join(entry.folder, "../secret.json"), "{}");
  symlinkSync("../secret.json", link);
  expect(() => readConfigSchema({ ...entry, configSchema: link })).toThrow(`can't be read: ${link} leads out of the package.`);
});
