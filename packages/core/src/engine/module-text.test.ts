import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";

// The digest is read once per process, so each reading is a process of its own.
const digestOf = (file: string): string =>
  execFileSync(process.execPath, ["--input-type=module", "-e", `const { codeDigest } = await import(${JSON.stringify(path.resolve(import.meta.dirname, "module-text.ts"))}); console.log(codeDigest(process.argv[1]))`, file], { encoding: "utf8" });

function project(files: Record<string, string>): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-module-text-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

const files = {
  "pipeline.ts": `import { deep } from "./lib/deep.ts";\nimport left from "left";\nexport const late = () => import("./late.ts");\n`,
  "lib/deep.ts": `export { deep } from "./deeper.ts";\n`,
  "lib/deeper.ts": `import data from "../data.json" with { type: "json" };\nexport const deep = 1;\n`,
  "data.json": `{"a":1}`,
  "late.ts": `export const late = 1;\n`,
  "other.ts": `export const other = 1;\n`,
  "node_modules/left/package.json": `{"name":"left","version":"1.0.0","exports":"./index.js"}`,
  "node_modules/left/index.js": `export default 1;\n`,
};

test.each([
  ["the module itself", "pipeline.ts", `${files["pipeline.ts"]}// more\n`],
  ["a module that it reaches through another", "lib/deeper.ts", `${files["lib/deeper.ts"]}// more\n`],
  ["a module that it imports later", "late.ts", `export const late = 2;\n`],
  ["data that is imported", "data.json", `{"a":2}`],
  ["the version of a package", "node_modules/left/package.json", `{"name":"left","version":"1.0.1","exports":"./index.js"}`],
])("an edit of %s changes the digest", (_what, name, text) => {
  const folder = project(files);
  const before = digestOf(path.join(folder, "pipeline.ts"));
  writeFileSync(path.join(folder, name), text);
  expect(digestOf(path.join(folder, "pipeline.ts"))).not.toBe(before);
});

test.each([
  ["a file that it doesn't reach", "other.ts", `export const other = 2;\n`],
  ["the text of a package of the same version", "node_modules/left/index.js", `export default 2;\n`],
])("an edit of %s doesn't", (_what, name, text) => {
  const folder = project(files);
  const before = digestOf(path.join(folder, "pipeline.ts"));
  writeFileSync(path.join(folder, name), text);
  expect(digestOf(path.join(folder, "pipeline.ts"))).toBe(before);
});

test("a clone in another folder has the same digest", () => {
  const folder = project(files);
  const clone = mkdtempSync(path.join(tmpdir(), "zen-module-text-clone-"));
  cpSync(folder, clone, { recursive: true });
  expect(digestOf(path.join(clone, "pipeline.ts"))).toBe(digestOf(path.join(folder, "pipeline.ts")));
});

test("modules that import each other, or a file that isn't there, are no obstacle", () => {
  const folder = project({ "a.ts": `import "./b.ts"; import "./missing.ts";`, "b.ts": `import "./a.ts";` });
  expect(digestOf(path.join(folder, "a.ts"))).toMatch(/^[0-9a-f]{64}\n$/);
});
