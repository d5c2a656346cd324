import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { ModuleCode } from "./module-text.ts";

// Read once per process, so each reading is a process of its own.
const codeOf = (file: string): ModuleCode =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `const { moduleCode } = await import(${JSON.stringify(path.resolve(import.meta.dirname, "module-text.ts"))}); console.log(JSON.stringify(moduleCode(process.argv[1])))`,
        file,
      ],
      { encoding: "utf8", cwd: path.dirname(file) },
    ),
  ) as ModuleCode;
const digestOf = (file: string): string => codeOf(file).digest;

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-module-text-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function project(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  // As package managers link the members of a workspace.
  for (const [name, target] of [
    ["member", "member"],
    ["old-member", "old"],
  ] as const) {
    if (existsSync(path.join(folder, "members", target)))
      symlinkSync(path.join("../members", target), path.join(folder, "node_modules", name));
  }
  return folder;
}

const files = {
  "package.json": `{"name":"project","imports":{"#deep/*":"./lib/*.ts","#left":"left"},"exports":{"./own":{"types":"./own.d.ts","default":"./own.ts"}}}`,
  "pipeline.ts": `import { deep } from "./lib/deep.ts";
import left from "left";
import {
  aliased,
} from "#deep/aliased";
import { own } from "project/own";
import { main } from "member";
import { sub } from "member/sub/one";
import { old } from "old-member/lib/old";
import /* a gap */ spaced from // another
  "./lib/with%20space.ts";
export const late = () => import("./late.ts");
export const worker = () => new Worker(new URL("./worker.ts", import.meta.url));
`,
  "lib/deep.ts": `export { deep } from "./deeper.ts";\n`,
  "lib/deeper.ts": `import data from "../data.json" with { type: "json" };\nexport const deep = 1;\n`,
  "data.json": `{"a":1}`,
  "late.ts": `export const late = 1;\n`,
  "other.ts": `export const other = 1;\n`,
  "own.ts": `export const own = 1;\n`,
  "worker.ts": `postMessage(1);\n`,
  "lib/aliased.ts": `export const aliased = 1;\n`,
  "lib/with space.ts": `export default 1;\n`,
  "members/member/package.json": `{"name":"member","version":"1.0.0","exports":{".":{"types":"./main.d.ts","import":["./main.js"]},"./sub/*":"./src/*.js"}}`,
  "members/member/main.js": `export const main = 1;\n`,
  "members/member/src/one.js": `export const sub = 1;\n`,
  "members/old/package.json": `{"name":"old-member","version":"1.0.0","main":"lib/main"}`,
  "members/old/lib/old.js": `exports.old = 1;\n`,
  "node_modules/left/package.json": `{"name":"left","version":"1.0.0","exports":"./index.js"}`,
  "node_modules/left/index.js": `export default 1;\n`,
};

test.each([
  ["the module itself", "pipeline.ts", `${files["pipeline.ts"]}// more\n`],
  ["a module that it reaches through another", "lib/deeper.ts", `${files["lib/deeper.ts"]}// more\n`],
  ["a module that it imports later", "late.ts", `export const late = 2;\n`],
  ["data that is imported", "data.json", `{"a":2}`],
  ["a module behind an alias of its package.json", "lib/aliased.ts", `export const aliased = 2;\n`],
  ["a module that its own package exports", "own.ts", `export const own = 2;\n`],
  ["a member of the workspace", "members/member/main.js", `export const main = 2;\n`],
  ["a module of a member, behind a pattern", "members/member/src/one.js", `export const sub = 2;\n`],
  ["a module of a member without exports", "members/old/lib/old.js", `exports.old = 2;\n`],
  ["a module whose name is encoded", "lib/with space.ts", `export default 2;\n`],
  ["a worker", "worker.ts", `postMessage(2);\n`],
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
  const clone = temporaryFolder();
  cpSync(folder, clone, { recursive: true, verbatimSymlinks: true });
  expect(digestOf(path.join(clone, "pipeline.ts"))).toBe(digestOf(path.join(folder, "pipeline.ts")));
});

test("modules that import each other, or a file that isn't there, are no obstacle", () => {
  const folder = project({ "a.ts": `import "./b.ts"; import "./missing.ts";`, "b.ts": `import "./a.ts";` });
  expect(digestOf(path.join(folder, "a.ts"))).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["computes what it imports", `const name = "x";\nawait import("./" + name + ".ts");\n`, "p.ts:2 imports a module whose name is computed"],
  ["does so in a template", "export const load = (name) =>\n  import(`./${name}.ts`);\n", "p.ts:2 imports a module whose name is computed"],
  [
    "requires a computed name",
    `const require = createRequire(import.meta.url);\nrequire(process.env.NAME);\n`,
    "p.ts:2 imports a module whose name is computed",
  ],
  ["imports what only a loader finds", `import { a } from "@/lib/a";\n`, `p.ts:1 imports "@/lib/a", and the file behind that is not known`],
  ["reaches a module that does so", `import "./deep.ts";\n`, `deep.ts:1 imports a module whose name is computed`],
])("the code of a module that %s is not known", (_what, text, unknown) => {
  const folder = project({ "p.ts": text, "deep.ts": "import(globalThis.name)" });
  expect(codeOf(path.join(folder, "p.ts")).unknown).toBe(unknown);
});

test.each([
  ["a type import", `import type { A } from "types-only";\nlet a: import("types-only").A;\n`],
  ["prose", `// taken from "somewhere"\nexport const a = "import nothing from 'nowhere'";\n`],
  ["an import of a name that is written out", "import(`./a.ts`); await import( /* now */ './a.ts', { with: {} });\n"],
  [
    "methods and functions that are called import and require",
    `class A { async import(rows: string) { return rows; } }\nconst b = { import(a: number): number { return a; } };\na.import(b);\nrequire(a > 0, "positive");\n`,
  ],
  ["import.meta", "import.meta.resolve(name);\n"],
])("%s is no obstacle", (_what, text) => {
  const folder = project({ "p.ts": text, "a.ts": "" });
  expect(codeOf(path.join(folder, "p.ts")).unknown).toBeUndefined();
});

test("the last change of any of its files is known", async () => {
  const folder = project(files);
  const before = Date.now();
  await setTimeout(20);
  writeFileSync(path.join(folder, "lib/deeper.ts"), files["lib/deeper.ts"]);
  utimesSync(path.join(folder, "lib/deeper.ts"), 0, 0);
  const { changedAt, changedFile } = codeOf(path.join(folder, "pipeline.ts"));
  expect(changedAt).toBeGreaterThan(before);
  expect(path.basename(changedFile)).toBe("deeper.ts");
});
