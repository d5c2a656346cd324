import { afterAll, beforeAll, expect, test } from "vitest";
import { oneStep } from "../src/one-step.ts";
import { Project } from "../src/project.ts";
import { refusalIn, type Refusal } from "../src/refusal.ts";

// One project for all, in a repository, after its first use: so that nothing but the mistake is told.
let project: Project;
let refused: Refusal;
beforeAll(async () => {
  project = new Project({ "p.ts": oneStep("1") }, { remove: afterAll });
  await project.zen("init");
  refused = refusalIn(project);
});

/** Writes files and runs the first of them. */
async function run(files: Record<string, string>): Promise<string> {
  project.write(files);
  return refused("pipeline", "run", Object.keys(files)[0]!);
}

test("it doesn't parse", async () => {
  expect(await run({ "parse.ts": `import { step } from "@zen/core";\nconst a = step("a", ( => 1);\n` })).toMatchInlineSnapshot(`
    "Error: parse.ts:2 doesn't parse: Expression expected.
    Mend that line; tsc --noEmit shows it in its context.
    exit code 1
    "
  `);
  expect(await run({ "parse.js": `import { step } from "@zen/core";\n\nconst a = step("a", ( => 1);\n` })).toMatchInlineSnapshot(`
    "Error: parse.js:3 doesn't parse: Unexpected token '=>'.
    Mend that line; node --check shows it in its context.
    exit code 1
    "
  `);
  expect(await run({ "parse-below.ts": `export { p } from "./below.ts";`, "below.ts": `const a = 1;\n\nexport const p = ;` }))
    .toMatchInlineSnapshot(`
    "Error: below.ts:3 doesn't parse: Expression expected.
    Mend that line; tsc --noEmit shows it in its context.
    exit code 1
    "
  `);
  expect(await run({ "data.json": `{ "not": a pipeline` })).toMatchInlineSnapshot(`
    "Error: data.json can't be imported: Node runs no .json files.
    A pipeline file is .ts, .mts, .js or .mjs.
    exit code 1
    "
  `);
  expect(await run({ "pipeline.py": `from zenml import pipeline` })).toMatchInlineSnapshot(`
    "Error: pipeline.py can't be imported: Node runs no .py files.
    A pipeline file is .ts, .mts, .js or .mjs.
    exit code 1
    "
  `);
});

test("it has what is more than a type", async () => {
  expect(await run({ "enum.ts": `${oneStep("1")}enum Color { Red, Green }\n` })).toMatchInlineSnapshot(`
    "Error: enum.ts:4: TypeScript enum is more than a type; Node only strips types.
    Use an object and a type of its values: const Color = { red: "red" } as const; type Color = (typeof Color)[keyof typeof Color];
    exit code 1
    "
  `);
  expect(await run({ "parameter-property.ts": `${oneStep("1")}class A { constructor(private name: string) {} }\n` }))
    .toMatchInlineSnapshot(`
    "Error: parameter-property.ts:4: TypeScript parameter property is more than a type; Node only strips types.
    Declare the field and assign it in the constructor.
    exit code 1
    "
  `);
  expect(await run({ "namespace.ts": `${oneStep("1")}namespace A { export const b = 1; }\n` })).toMatchInlineSnapshot(`
    "Error: namespace.ts:4: TypeScript namespace declaration is more than a type; Node only strips types.
    Use a module of its own: a file with exports.
    exit code 1
    "
  `);
  expect(await run({ "decorator.ts": `${oneStep("1")}function log(target: unknown) {}\n@log\nclass A {}\n` })).toMatchInlineSnapshot(`
    "Error: decorator.ts:5 uses a decorator, which Node can't run.
    Call the function on the class instead, or keep decorated classes in files that pipelines don't import.
    exit code 1
    "
  `);
  expect(await run({ "member-decorator.ts": `${oneStep("1")}function log(...all: unknown[]) {}\nclass A {\n  @log method() {}\n}\n` }))
    .toMatchInlineSnapshot(`
    "Error: member-decorator.ts:6 uses a decorator, which Node can't run.
    Call the function on the class instead, or keep decorated classes in files that pipelines don't import.
    exit code 1
    "
  `);
  expect(await run({ "import-equals.ts": `import fs = require("node:fs");\n${oneStep("1")}` })).toMatchInlineSnapshot(`
    "Error: import-equals.ts:1: TypeScript import equals declaration is more than a type; Node only strips types.
    Write: import name from "…";
    exit code 1
    "
  `);
});

test("it stands in a package that npm init made", async () => {
  project.write({ "common/package.json": `{ "name": "common", "type": "commonjs" }` });
  expect(await run({ "common/p.ts": oneStep("1") })).toMatchInlineSnapshot(`
    "Error: common/p.ts is an ES module, but common/package.json says that .ts and .js files here are CommonJS.
    In common/package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to p.mts).
    exit code 1
    "
  `);
  expect(await run({ "common/p.js": oneStep("1").replaceAll(/: \{ ratio\?: number \}/g, "") })).toMatchInlineSnapshot(`
    "Error: common/p.js is an ES module, but common/package.json says that .ts and .js files here are CommonJS.
    In common/package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to p.mjs).
    exit code 1
    "
  `);
  expect(await run({ "over.ts": `export { p } from "./common/below.ts";`, "common/below.ts": oneStep("1") })).toMatchInlineSnapshot(`
    "Error: common/below.ts is an ES module, but common/package.json says that .ts and .js files here are CommonJS.
    In common/package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to below.mts).
    exit code 1
    "
  `);
});

test("it names files as other tools let it", async () => {
  project.write({
    "lib/one.ts": "export const one = 1;",
    "lib/index.ts": "export const two = 2;",
    "lib/view.tsx": "export const three = <b/>;",
    "lib/old.js": "export const four = 4;",
  });
  const importing = (specifier: string): string =>
    `import * as lib from ${JSON.stringify(specifier)};\n${oneStep("Object.keys(lib).length")}`;
  expect(await run({ "js-for-ts.ts": importing("./lib/one.js") })).toMatchInlineSnapshot(`
    "Error: js-for-ts.ts imports "./lib/one.js", but the file is called one.ts: Node wants the name as it is.
    Write: import … from "./lib/one.ts" (and in tsconfig.json "allowImportingTsExtensions": true, or "rewriteRelativeImportExtensions": true if tsc also emits).
    exit code 1
    "
  `);
  expect(await run({ "no-extension.ts": importing("./lib/one") })).toMatchInlineSnapshot(`
    "Error: no-extension.ts imports "./lib/one", but the file is called one.ts: Node wants the name as it is.
    Write: import … from "./lib/one.ts" (and in tsconfig.json "allowImportingTsExtensions": true, or "rewriteRelativeImportExtensions": true if tsc also emits).
    exit code 1
    "
  `);
  expect(await run({ "no-extension-js.ts": importing("./lib/old") })).toMatchInlineSnapshot(`
    "Error: no-extension-js.ts imports "./lib/old", but the file is called old.js: Node wants the name as it is.
    Write: import … from "./lib/old.js".
    exit code 1
    "
  `);
  expect(await run({ "folder.ts": importing("./lib") })).toMatchInlineSnapshot(`
    "Error: folder.ts imports "./lib", but the file is called index.ts in that folder: Node wants the name as it is.
    Write: import … from "./lib/index.ts" (and in tsconfig.json "allowImportingTsExtensions": true, or "rewriteRelativeImportExtensions": true if tsc also emits).
    exit code 1
    "
  `);
  expect(await run({ "tsx.ts": importing("./lib/view.tsx") })).toMatchInlineSnapshot(`
    "Error: lib/view.tsx can't be imported: Node runs no JSX.
    Move what pipelines need out of it into a .ts file, or rename it to view.ts if it has no JSX.
    exit code 1
    "
  `);
  expect(await run({ "no-extension-tsx.ts": importing("./lib/view") })).toMatchInlineSnapshot(`
    "Error: no-extension-tsx.ts imports "./lib/view", which is lib/view.tsx: Node runs no JSX.
    Move what pipelines need out of it into a .ts file.
    exit code 1
    "
  `);
  expect(await run({ "none.ts": importing("./lib/nothing.ts") })).toMatchInlineSnapshot(`
    "Error: none.ts imports "./lib/nothing.ts", and there is no such file.
    Mend the path; a relative import is from the file that it stands in.
    exit code 1
    "
  `);
  expect(await run({ "typo.ts": importing("./lib/on.ts") })).toMatchInlineSnapshot(`
    "Error: typo.ts imports "./lib/on.ts", and there is no such file. Did you mean "one.ts"?
    Mend the path; a relative import is from the file that it stands in.
    exit code 1
    "
  `);
  expect(await run({ "p.tsx": oneStep("1") })).toMatchInlineSnapshot(`
    "Error: p.tsx can't be imported: Node runs no JSX.
    Move what pipelines need out of it into a .ts file, or rename it to p.ts if it has no JSX.
    exit code 1
    "
  `);
});

test("it takes its names from tsconfig.json", async () => {
  project.write({
    "paths/tsconfig.json": `{\n  // as most projects have\n  "compilerOptions": { "paths": { "@/*": ["./src/*"], "~lib": ["./src/lib.ts"] } }\n}`,
    "paths/src/one.ts": "export const one = 1;",
  });
  expect(await run({ "paths/p.ts": `import { one } from "@/one";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: paths/p.ts imports "@/one", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
    Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
    exit code 1
    "
  `);
  expect(await run({ "paths/q.ts": `import { one } from "~lib";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: paths/q.ts imports "~lib", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
    Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
    exit code 1
    "
  `);
  project.write({ "extending/tsconfig.json": `{ "extends": "../paths/tsconfig" }` });
  expect(await run({ "extending/p.ts": `import { one } from "@/one";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: extending/p.ts imports "@/one", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
    Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
    exit code 1
    "
  `);
  expect(await run({ "alias.ts": `import { one } from "@/one";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: alias.ts imports "@/one", which is no name of a package: it looks like an alias, and Node knows only its own.
    Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
    exit code 1
    "
  `);
  project.write({ "base/tsconfig.json": `{ "compilerOptions": { "baseUrl": "." } }`, "base/src/one.ts": "export const one = 1;" });
  expect(await run({ "base/p.ts": `import { one } from "src/one";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: base/p.ts imports "src", which only "baseUrl" in base/tsconfig.json explains: Node doesn't read tsconfig.json.
    Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
    exit code 1
    "
  `);
});

test("it imports what isn't there", async () => {
  expect(await run({ "package.ts": `import ky from "no-such-package-1";\n${oneStep("ky")}` })).toMatchInlineSnapshot(`
    "Error: package.ts imports "no-such-package-1", which is not installed.
    npm install no-such-package-1
    exit code 1
    "
  `);
  expect(await run({ "scoped.ts": `import ky from "@no-such/package/sub";\n${oneStep("ky")}` })).toMatchInlineSnapshot(`
    "Error: scoped.ts imports "@no-such/package", which is not installed.
    npm install @no-such/package
    exit code 1
    "
  `);
  expect(await run({ "subpath.ts": `import { step as s } from "@zen/core/engine";\n${oneStep("s")}` })).toMatchInlineSnapshot(`
    "Error: subpath.ts imports "@zen/core/engine", which the package @zen/core does not export.
    Import what it exports: that stands under "exports" in node_modules/@zen/core/package.json.
    exit code 1
    "
  `);
  expect(await run({ "hash.ts": `import { one } from "#one";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: hash.ts imports "#one", which "imports" in package.json doesn't have.
    Add it there: "imports": { "#one": "./…" }, or mend the name.
    exit code 1
    "
  `);
  expect(await run({ "builtin.ts": `import { one } from "node:nothing";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: builtin.ts imports "node:nothing", which Node VERSION doesn't have.
    Mend the name; what starts with node: is Node's own.
    exit code 1
    "
  `);
  expect(await run({ "type.ts": `import { step as s, Handle } from "@zen/core";\n${oneStep("1 as unknown as Handle<number>")}` }))
    .toMatchInlineSnapshot(`
    "Error: type.ts:1 imports "Handle" from "@zen/core", which exports no such value.
    If it is a type, write: import type { Handle } from "@zen/core" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
    exit code 1
    "
  `);
  expect(await run({ "export.ts": `import { one } from "./exporting.ts";\n${oneStep("one")}`, "exporting.ts": "export const two = 2;" }))
    .toMatchInlineSnapshot(`
    "Error: export.ts:1 imports "one" from "./exporting.ts", which exports no such value.
    If it is a type, write: import type { one } from "./exporting.ts" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
    exit code 1
    "
  `);
  expect(await run({ "default.ts": `import one from "./exporting.ts";\n${oneStep("one")}` })).toMatchInlineSnapshot(`
    "Error: default.ts:1 imports the default export of "./exporting.ts", which has none.
    Write the names in braces: import { … } from "./exporting.ts".
    exit code 1
    "
  `);
  expect(
    await run({
      "typed-export.ts": `import { One } from "./exporting.ts";\n${oneStep("1 as unknown as One")}`,
      "exporting.ts": "export const two = 2;\nexport interface One {}\n",
    }),
  ).toMatchInlineSnapshot(`
    "Error: typed-export.ts:1 imports "One" from "./exporting.ts" as a value, and it is a type: Node strips types.
    Write: import type { One } from "./exporting.ts" ("verbatimModuleSyntax": true in tsconfig.json finds all such places).
    exit code 1
    "
  `);
  expect(await run({ "typo-export.ts": `import { too } from "./exporting.ts";\n${oneStep("too")}` })).toMatchInlineSnapshot(`
    "Error: typo-export.ts:1 imports "too" from "./exporting.ts", which exports no such value. Did you mean "two"?
    Mend the name.
    exit code 1
    "
  `);
  expect(await run({ "json.ts": `import data from "./data.json";\n${oneStep("data")}`, "data.json": "{}" })).toMatchInlineSnapshot(`
    "Error: json.ts imports data.json without saying what it is.
    Write: import … from "./data.json" with { type: "json" };
    exit code 1
    "
  `);
  expect(
    await run({
      "unbuilt.ts": `import data from "@acme/unbuilt";\n${oneStep("data")}`,
      "node_modules/@acme/unbuilt/package.json": `{ "exports": "./dist/index.js" }`,
    }),
  ).toMatchInlineSnapshot(`
    "Error: unbuilt.ts imports node_modules/@acme/unbuilt/dist/index.js, and there is no such file: the package @acme/unbuilt is not complete.
    If it is a package of your own, build it. If not, install it again, or another version of it: npm install @acme/unbuilt
    exit code 1
    "
  `);
  expect(
    await run({
      "raw.ts": `import data from "@acme/raw";\n${oneStep("data")}`,
      "node_modules/@acme/raw/package.json": `{ "exports": "./index.ts" }`,
      "node_modules/@acme/raw/index.ts": "export default 1 as number;",
    }),
  ).toMatchInlineSnapshot(`
    "Error: node_modules/@acme/raw/index.ts is TypeScript inside of node_modules, where Node strips no types.
    A package that is installed has to be built to JavaScript. One of your own workspace works as it is when it is linked instead of copied.
    exit code 1
    "
  `);
  expect(await run({ "core-type.ts": `import { pipelin } from "@zen/core";\n${oneStep("1")}` })).toMatchInlineSnapshot(`
    "Error: core-type.ts:1 imports "pipelin" from "@zen/core", which exports no such value.
    If it is a type, write: import type { pipelin } from "@zen/core" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
    exit code 1
    "
  `);
});

test("it throws when imported", async () => {
  expect(await run({ "throws.ts": `${oneStep("1")}\nfunction read(): never { throw new TypeError("no data"); }\nread();\n` }))
    .toMatchInlineSnapshot(`
    "Error: throws.ts threw while it was imported: TypeError: no data
        at read (file://PROJECT/throws.ts:5:32)
        at file://PROJECT/throws.ts:6:1
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
  expect(await run({ "throws-text.ts": `${oneStep("1")}throw "just text";\n` })).toMatchInlineSnapshot(`
    "Error: throws-text.ts threw while it was imported: just text
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
  expect(await run({ "throws-nothing.ts": `${oneStep("1")}throw undefined;\n` })).toMatchInlineSnapshot(`
    "Error: throws-nothing.ts threw while it was imported: undefined
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
  expect(await run({ "reference.ts": `${oneStep("1")}require("node:fs");\n` })).toMatchInlineSnapshot(`
    "Error: reference.ts threw while it was imported: ReferenceError: require is not defined in ES module scope, you can use import instead
        at file://PROJECT/reference.ts:4:1
    In an ES module write import instead of require, export instead of module.exports, and import.meta.dirname instead of __dirname.
    exit code 1
    "
  `);
  expect(await run({ "env.ts": `${oneStep("1")}JSON.parse("{");\n` })).toMatchInlineSnapshot(`
    "Error: env.ts threw while it was imported: SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
        at file://PROJECT/env.ts:4:6
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
  expect(
    await run({
      "below-throws.ts": `export { p } from "./throwing.ts";`,
      "throwing.ts": `${oneStep("1")}const rows: number[][] = [];\nexport const first = rows[0]![0];\n`,
    }),
  ).toMatchInlineSnapshot(`
    "Error: below-throws.ts threw while it was imported: TypeError: Cannot read properties of undefined (reading '0')
        at file://PROJECT/throwing.ts:5:30
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
  expect(await run({ "rejects.ts": `${oneStep("1")}await Promise.reject(new Error("later"));\n` })).toMatchInlineSnapshot(`
    "Error: rejects.ts threw while it was imported: later
        at file://PROJECT/rejects.ts:4:22
    Code outside of steps runs when the file is imported.
    exit code 1
    "
  `);
});

test("it has no pipeline, or two, or runs one at once", async () => {
  expect(await run({ "empty.ts": "" })).toMatchInlineSnapshot(`
    "Error: empty.ts exports no pipeline.
    Export it: export const training = pipeline("training", …)
    exit code 2
    "
  `);
  expect(await run({ "none.mts": `export const one = 1;\nexport function train() {}\n` })).toMatchInlineSnapshot(`
    "Error: none.mts exports no pipeline (it exports one, train).
    Export it: export const training = pipeline("training", …)
    exit code 2
    "
  `);
  expect(await run({ "two.ts": `${oneStep("1")}export const q = pipeline("q", () => make());\n` })).toMatchInlineSnapshot(`
    "Error: two.ts exports 2 pipelines: p, q.
    Say which: zen pipeline run two.ts#p
    exit code 2
    "
  `);
  expect(await run({ "call.ts": `${oneStep("1")}await p().run();\n` })).toMatchInlineSnapshot(`
    "Error: call.ts runs its pipeline "p" while zen imports the file.
    Put the call behind this line, so that it happens only when the file itself is started: if (import.meta.main) { … }
    exit code 1
    "
  `);
  expect(await run({ "called.ts": oneStep("1").replace("export const p =", "const made =").concat("export const p = made();\n") }))
    .toMatchInlineSnapshot(`
    "Error: called.ts exports "p", which is the call of a pipeline and not the pipeline.
    Export what is called, without the call: zen gives it the parameters.
    exit code 2
    "
  `);
});
