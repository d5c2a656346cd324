import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Project } from "../src/project.ts";
import { refusalIn, type Refusal } from "../src/refusal.ts";

// One project for all, in a repository, after its first use: so that nothing but the mistake is told.
let project: Project;
let refused: Refusal;
beforeAll(async () => {
  project = new Project({ "p.ts": pipelineOf("1") }, { remove: afterAll });
  await project.zen("init");
  refused = refusalIn(project);
});

/** A pipeline of one step, whose function has this body. */
function pipelineOf(expression: string, options = "{}"): string {
  return `import { pipeline, step } from "@zen/core";
const make = step("make", ${options}, () => ${expression});
export const p = pipeline("p", ({ ratio = 0.5 }: { ratio?: number }) => make());
`;
}

/** Writes files and runs the first of them. */
async function run(files: Record<string, string>): Promise<string> {
  project.write(files);
  return refused("pipeline", "run", Object.keys(files)[0]!);
}

describe("an unknown name", () => {
  test("a command, or an option", async () => {
    expect(await refused("stak", "list")).toMatchInlineSnapshot(`
      "Error: There is no command "zen stak". Did you mean "stack"?
      See: zen --help
      exit code 2
      "
    `);
    expect(await refused("artifact-stor", "list")).toMatchInlineSnapshot(`
      "Error: There is no command "zen artifact-stor". Did you mean "artifact-store"?
      See: zen --help
      exit code 2
      "
    `);
    expect(await refused("stack", "lst")).toMatchInlineSnapshot(`
      "Error: There is no command "zen stack lst". Did you mean "list"?
      See: zen stack --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--parm", "ratio=1")).toMatchInlineSnapshot(`
      "Error: zen pipeline run has no option --parm. Did you mean "--param"?
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("run", "list", "--status", "complted")).toMatchInlineSnapshot(`
      "Error: "complted" is no value for --status. Allowed choices are running, completed, failed, cancelled, interrupted.
      See: zen run list --help
      exit code 2
      "
    `);
  });

  test("a flavor", async () => {
    expect(await refused("artifact-store", "register", "x", "--flavor=locl", "--path=/x")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "locl" among the installed packages. Did you mean "local"?
      See all: zen artifact-store flavor list
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=s3", "--path=s3://x")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "s3" among the installed packages.
      Install the package that has it, by convention: npm install @zen/integration-s3. Or search for one: npm search keywords:zen-integration s3
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=sqlite")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "sqlite" among the installed packages. "sqlite" is a flavor of the type metadata_store.
      See all: zen artifact-store flavor list
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=@acme/zen-stores:fast")).toMatchInlineSnapshot(`
      "Error: There is no artifact store flavor "@acme/zen-stores:fast" among the installed packages.
      Install it: npm install @acme/zen-stores
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x")).toMatchInlineSnapshot(`
      "Error: Please use the option to specify '--flavor'/'-f' of the artifact store you want to register.
      See: zen artifact-store register --help
      exit code 2
      "
    `);
  });

  test("a field of a flavor, or its value", async () => {
    expect(await refused("artifact-store", "register", "x", "--flavor=local", "--pth=/x")).toMatchInlineSnapshot(`
      "Error: The artifact store flavor "local" has no option "pth". Did you mean "path"?
      Its options are: --path
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=local")).toMatchInlineSnapshot(`
      "Error: The artifact store "x" (flavor local) can't be made: "path" is missing.
      Its fields are: path.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "x", "--flavor=local", "--path=relative")).toMatchInlineSnapshot(`
      "Error: The artifact store "x" (flavor local) can't be made: "path": "relative" is not an absolute path, write PROJECT/relative.
      Its fields are: path.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "a/b", "--flavor=local", "--path=/x")).toMatchInlineSnapshot(`
      "Error: "a/b" can't be the name of a new artifact store: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      "
    `);
    expect(await refused("artifact-store", "register", "default", "--flavor=local", "--path=/x")).toMatchInlineSnapshot(`
      "Error: The profile "default" already has the artifact store "default".
      Choose another name, or look at it: zen artifact-store describe default
      exit code 1
      "
    `);
  });

  test("a stack, a component, or a profile", async () => {
    expect(await refused("stack", "describe", "defalt")).toMatchInlineSnapshot(`
      "Error: There is no stack "defalt" in the profile "default". Did you mean "default"?
      See all stacks: zen stack list
      exit code 2
      "
    `);
    expect(await refused("stack", "set", "nothing-like-it")).toMatchInlineSnapshot(`
      "Error: There is no stack "nothing-like-it" in the profile "default".
      See all stacks: zen stack list
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--stack", "defalt")).toMatchInlineSnapshot(`
      "Error: --stack names the stack "defalt", which does not exist in the profile "default". Did you mean "default"?
      The stacks are: default.
      exit code 2
      "
    `);
    expect(await refused("stack", "register", "x", "-o", "defalt", "-a", "default", "-m", "default")).toMatchInlineSnapshot(`
      "Error: There is no orchestrator "defalt" in the profile "default". Did you mean "default"?
      See all: zen orchestrator list
      exit code 2
      "
    `);
    expect(await refused("stack", "register", "x", "-o", "default")).toMatchInlineSnapshot(`
      "Error: zen stack register needs the option --metadata-store.
      See: zen stack register --help
      exit code 2
      "
    `);
    expect(await refused("orchestrator", "describe", "defalt")).toMatchInlineSnapshot(`
      "Running with active stack: 'default'
      Error: There is no orchestrator "defalt" in the profile "default". Did you mean "default"?
      See all: zen orchestrator list
      exit code 2
      "
    `);
    expect(await refused("stack", "list", "--profile", "defalt")).toMatchInlineSnapshot(`
      "Error: --profile names the profile "defalt", which does not exist. Did you mean "default"?
      The profiles are: default.
      exit code 2
      "
    `);
  });

  test("a run, an artifact, or a step", async () => {
    await project.zen("pipeline", "run", "p.ts", "--run-name", "first");
    expect(await refused("run", "describe", "frst")).toMatchInlineSnapshot(`
      "Error: There is no run "frst". Did you mean "first"?
      List them: zen run list
      exit code 2
      "
    `);
    expect(await refused("artifact", "read", "make.outpt")).toMatchInlineSnapshot(`
      "Error: There is no artifact "make.outpt". Did you mean "make.output"?
      List them: zen artifact list
      exit code 2
      "
    `);
    expect(await refused("run", "logs", "first", "--step", "mak")).toMatchInlineSnapshot(`
      "Error: The run has no step "mak". Did you mean "make"?
      List them: zen run describe
      exit code 2
      "
    `);
  });

  test("a file, or a pipeline in it", async () => {
    expect(await refused("pipeline", "run", "pp.ts")).toMatchInlineSnapshot(`
      "Error: There is no file pp.ts. Did you mean "p.ts"?
      Name a file that exports a pipeline: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "no/such/file.ts")).toMatchInlineSnapshot(`
      "Error: There is no file no/such/file.ts.
      Name a file that exports a pipeline: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "node_modules")).toMatchInlineSnapshot(`
      "Error: node_modules is a folder, not a pipeline file.
      Name the file: zen pipeline run src/pipeline.ts
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts#q")).toMatchInlineSnapshot(`
      "Error: p.ts exports no "q".
      Its pipelines are: p.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run")).toMatchInlineSnapshot(`
      "Error: zen pipeline run needs an argument: FILE.
      See: zen pipeline run --help
      exit code 2
      "
    `);
  });

  test("a parameter, or its value", async () => {
    project.write({
      "typed.ts": `import { pipeline, step } from "@zen/core";
import * as z from "zod";
const make = step("make", ({ rate }: { rate: number }) => rate);
export const p = pipeline("p", { params: z.object({ rate: z.number().min(0).max(1), mode: z.enum(["fast", "exact"]).default("fast") }) }, ({ rate }) => make({ rate }));
`,
    });
    expect(await refused("pipeline", "run", "p.ts", "--param", "rato=1")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" has no parameter "rato". It reads ratio. Did you mean "ratio"?
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rte=1")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" has no parameter "rte". It takes rate, mode. Did you mean "rate"?
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rate=2")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "rate": Too big: expected number to be <=1.
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts", "--param", "rate=0.5", "--param", "mode=slow")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "mode": Invalid option: expected one of "fast"|"exact".
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "typed.ts")).toMatchInlineSnapshot(`
      "Error: Pipeline "p" can't take these parameters: "rate" is missing.
      Its parameters are rate, mode.
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--param", "ratio")).toMatchInlineSnapshot(`
      "Error: "ratio" is no value for --param. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--runtime", "batch")).toMatchInlineSnapshot(`
      "Error: "batch" is no value for --runtime. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
    expect(await refused("pipeline", "run", "p.ts", "--runtime", "=3")).toMatchInlineSnapshot(`
      "Error: "=3" is no value for --runtime. It has the form name=value.
      See: zen pipeline run --help
      exit code 2
      "
    `);
  });
});

describe("a file that Node can't import", () => {
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
    expect(await run({ "enum.ts": `${pipelineOf("1")}enum Color { Red, Green }\n` })).toMatchInlineSnapshot(`
      "Error: enum.ts:4: TypeScript enum is more than a type; Node only strips types.
      Use an object and a type of its values: const Color = { red: "red" } as const; type Color = (typeof Color)[keyof typeof Color];
      exit code 1
      "
    `);
    expect(await run({ "parameter-property.ts": `${pipelineOf("1")}class A { constructor(private name: string) {} }\n` }))
      .toMatchInlineSnapshot(`
      "Error: parameter-property.ts:4: TypeScript parameter property is more than a type; Node only strips types.
      Declare the field and assign it in the constructor.
      exit code 1
      "
    `);
    expect(await run({ "namespace.ts": `${pipelineOf("1")}namespace A { export const b = 1; }\n` })).toMatchInlineSnapshot(`
      "Error: namespace.ts:4: TypeScript namespace declaration is more than a type; Node only strips types.
      Use a module of its own: a file with exports.
      exit code 1
      "
    `);
    expect(await run({ "decorator.ts": `${pipelineOf("1")}function log(target: unknown) {}\n@log\nclass A {}\n` })).toMatchInlineSnapshot(`
      "Error: decorator.ts:5 uses a decorator, which Node can't run.
      Call the function on the class instead, or keep decorated classes in files that pipelines don't import.
      exit code 1
      "
    `);
    expect(await run({ "member-decorator.ts": `${pipelineOf("1")}function log(...all: unknown[]) {}\nclass A {\n  @log method() {}\n}\n` }))
      .toMatchInlineSnapshot(`
      "Error: member-decorator.ts:6 uses a decorator, which Node can't run.
      Call the function on the class instead, or keep decorated classes in files that pipelines don't import.
      exit code 1
      "
    `);
    expect(await run({ "import-equals.ts": `import fs = require("node:fs");\n${pipelineOf("1")}` })).toMatchInlineSnapshot(`
      "Error: import-equals.ts:1: TypeScript import equals declaration is more than a type; Node only strips types.
      Write: import name from "…";
      exit code 1
      "
    `);
  });

  test("it stands in a package that npm init made", async () => {
    project.write({ "common/package.json": `{ "name": "common", "type": "commonjs" }` });
    expect(await run({ "common/p.ts": pipelineOf("1") })).toMatchInlineSnapshot(`
      "Error: common/p.ts is an ES module, but common/package.json says that .ts and .js files here are CommonJS.
      In common/package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to p.mts).
      exit code 1
      "
    `);
    expect(await run({ "common/p.js": pipelineOf("1").replaceAll(/: \{ ratio\?: number \}/g, "") })).toMatchInlineSnapshot(`
      "Error: common/p.js is an ES module, but common/package.json says that .ts and .js files here are CommonJS.
      In common/package.json write: "type": "module" (or, if other files there are CommonJS, rename this one to p.mjs).
      exit code 1
      "
    `);
    expect(await run({ "over.ts": `export { p } from "./common/below.ts";`, "common/below.ts": pipelineOf("1") })).toMatchInlineSnapshot(`
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
      `import * as lib from ${JSON.stringify(specifier)};\n${pipelineOf("Object.keys(lib).length")}`;
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
    expect(await run({ "p.tsx": pipelineOf("1") })).toMatchInlineSnapshot(`
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
    expect(await run({ "paths/p.ts": `import { one } from "@/one";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: paths/p.ts imports "@/one", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
      Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
      exit code 1
      "
    `);
    expect(await run({ "paths/q.ts": `import { one } from "~lib";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: paths/q.ts imports "~lib", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
      Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
      exit code 1
      "
    `);
    project.write({ "extending/tsconfig.json": `{ "extends": "../paths/tsconfig" }` });
    expect(await run({ "extending/p.ts": `import { one } from "@/one";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: extending/p.ts imports "@/one", which only "paths" in paths/tsconfig.json explains: Node doesn't read tsconfig.json.
      Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
      exit code 1
      "
    `);
    expect(await run({ "alias.ts": `import { one } from "@/one";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: alias.ts imports "@/one", which is no name of a package: it looks like an alias, and Node knows only its own.
      Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
      exit code 1
      "
    `);
    project.write({ "base/tsconfig.json": `{ "compilerOptions": { "baseUrl": "." } }`, "base/src/one.ts": "export const one = 1;" });
    expect(await run({ "base/p.ts": `import { one } from "src/one";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: base/p.ts imports "src", which only "baseUrl" in base/tsconfig.json explains: Node doesn't read tsconfig.json.
      Import it by a relative path, or give the alias to Node as well, in package.json: "imports": { "#*": "./src/*" }, and import "#…".
      exit code 1
      "
    `);
  });

  test("it imports what isn't there", async () => {
    expect(await run({ "package.ts": `import ky from "no-such-package-1";\n${pipelineOf("ky")}` })).toMatchInlineSnapshot(`
      "Error: package.ts imports "no-such-package-1", which is not installed.
      npm install no-such-package-1
      exit code 1
      "
    `);
    expect(await run({ "scoped.ts": `import ky from "@no-such/package/sub";\n${pipelineOf("ky")}` })).toMatchInlineSnapshot(`
      "Error: scoped.ts imports "@no-such/package", which is not installed.
      npm install @no-such/package
      exit code 1
      "
    `);
    expect(await run({ "subpath.ts": `import { step as s } from "@zen/core/engine";\n${pipelineOf("s")}` })).toMatchInlineSnapshot(`
      "Error: subpath.ts imports "@zen/core/engine", which the package @zen/core does not export.
      Import what it exports: that stands under "exports" in node_modules/@zen/core/package.json.
      exit code 1
      "
    `);
    expect(await run({ "hash.ts": `import { one } from "#one";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: hash.ts imports "#one", which "imports" in package.json doesn't have.
      Add it there: "imports": { "#one": "./…" }, or mend the name.
      exit code 1
      "
    `);
    expect(await run({ "builtin.ts": `import { one } from "node:nothing";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: builtin.ts imports "node:nothing", which Node 24.21.0 doesn't have.
      Mend the name; what starts with node: is Node's own.
      exit code 1
      "
    `);
    expect(await run({ "type.ts": `import { step as s, Handle } from "@zen/core";\n${pipelineOf("1 as unknown as Handle<number>")}` }))
      .toMatchInlineSnapshot(`
      "Error: type.ts:1 imports "Handle" from "@zen/core", which exports no such value.
      If it is a type, write: import type { Handle } from "@zen/core" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
      exit code 1
      "
    `);
    expect(
      await run({ "export.ts": `import { one } from "./exporting.ts";\n${pipelineOf("one")}`, "exporting.ts": "export const two = 2;" }),
    ).toMatchInlineSnapshot(`
      "Error: export.ts:1 imports "one" from "./exporting.ts", which exports no such value.
      If it is a type, write: import type { one } from "./exporting.ts" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
      exit code 1
      "
    `);
    expect(await run({ "default.ts": `import one from "./exporting.ts";\n${pipelineOf("one")}` })).toMatchInlineSnapshot(`
      "Error: default.ts:1 imports the default export of "./exporting.ts", which has none.
      Write the names in braces: import { … } from "./exporting.ts".
      exit code 1
      "
    `);
    expect(
      await run({
        "typed-export.ts": `import { One } from "./exporting.ts";\n${pipelineOf("1 as unknown as One")}`,
        "exporting.ts": "export const two = 2;\nexport interface One {}\n",
      }),
    ).toMatchInlineSnapshot(`
      "Error: typed-export.ts:1 imports "One" from "./exporting.ts" as a value, and it is a type: Node strips types.
      Write: import type { One } from "./exporting.ts" ("verbatimModuleSyntax": true in tsconfig.json finds all such places).
      exit code 1
      "
    `);
    expect(await run({ "typo-export.ts": `import { too } from "./exporting.ts";\n${pipelineOf("too")}` })).toMatchInlineSnapshot(`
      "Error: typo-export.ts:1 imports "too" from "./exporting.ts", which exports no such value. Did you mean "two"?
      Mend the name.
      exit code 1
      "
    `);
    expect(await run({ "json.ts": `import data from "./data.json";\n${pipelineOf("data")}`, "data.json": "{}" })).toMatchInlineSnapshot(`
      "Error: json.ts imports data.json without saying what it is.
      Write: import … from "./data.json" with { type: "json" };
      exit code 1
      "
    `);
    expect(
      await run({
        "unbuilt.ts": `import data from "@acme/unbuilt";\n${pipelineOf("data")}`,
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
        "raw.ts": `import data from "@acme/raw";\n${pipelineOf("data")}`,
        "node_modules/@acme/raw/package.json": `{ "exports": "./index.ts" }`,
        "node_modules/@acme/raw/index.ts": "export default 1 as number;",
      }),
    ).toMatchInlineSnapshot(`
      "Error: raw.ts is TypeScript inside of node_modules, where Node strips no types.
      A package that is installed has to be built to JavaScript. One of your own workspace works as it is when it is linked instead of copied.
      exit code 1
      "
    `);
    expect(await run({ "core-type.ts": `import { pipelin } from "@zen/core";\n${pipelineOf("1")}` })).toMatchInlineSnapshot(`
      "Error: core-type.ts:1 imports "pipelin" from "@zen/core", which exports no such value.
      If it is a type, write: import type { pipelin } from "@zen/core" ("verbatimModuleSyntax": true in tsconfig.json finds all such places). If not, mend the name.
      exit code 1
      "
    `);
  });

  test("it throws when imported", async () => {
    expect(await run({ "throws.ts": `${pipelineOf("1")}\nfunction read(): never { throw new TypeError("no data"); }\nread();\n` }))
      .toMatchInlineSnapshot(`
      "Error: throws.ts threw while it was imported: TypeError: no data
          at read (file://PROJECT/throws.ts:5:32)
          at file://PROJECT/throws.ts:6:1
      Code outside of steps runs when the file is imported.
      exit code 1
      "
    `);
    expect(await run({ "throws-text.ts": `${pipelineOf("1")}throw "just text";\n` })).toMatchInlineSnapshot(`
      "Error: throws-text.ts threw while it was imported: just text
      Code outside of steps runs when the file is imported.
      exit code 1
      "
    `);
    expect(await run({ "throws-nothing.ts": `${pipelineOf("1")}throw undefined;\n` })).toMatchInlineSnapshot(`
      "Error: throws-nothing.ts threw while it was imported: undefined
      Code outside of steps runs when the file is imported.
      exit code 1
      "
    `);
    expect(await run({ "reference.ts": `${pipelineOf("1")}require("node:fs");\n` })).toMatchInlineSnapshot(`
      "Error: reference.ts threw while it was imported: ReferenceError: require is not defined in ES module scope, you can use import instead
          at file://PROJECT/reference.ts:4:1
      In an ES module write import instead of require, export instead of module.exports, and import.meta.dirname instead of __dirname.
      exit code 1
      "
    `);
    expect(await run({ "env.ts": `${pipelineOf("1")}JSON.parse("{");\n` })).toMatchInlineSnapshot(`
      "Error: env.ts threw while it was imported: SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)
          at file://PROJECT/env.ts:4:6
      Code outside of steps runs when the file is imported.
      exit code 1
      "
    `);
    expect(
      await run({
        "below-throws.ts": `export { p } from "./throwing.ts";`,
        "throwing.ts": `${pipelineOf("1")}const rows: number[][] = [];\nexport const first = rows[0]![0];\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Error: below-throws.ts threw while it was imported: TypeError: Cannot read properties of undefined (reading '0')
          at file://PROJECT/throwing.ts:5:30
      Code outside of steps runs when the file is imported.
      exit code 1
      "
    `);
    expect(await run({ "rejects.ts": `${pipelineOf("1")}await Promise.reject(new Error("later"));\n` })).toMatchInlineSnapshot(`
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
    expect(await run({ "two.ts": `${pipelineOf("1")}export const q = pipeline("q", () => make());\n` })).toMatchInlineSnapshot(`
      "Error: two.ts exports 2 pipelines: p, q.
      Say which: zen pipeline run two.ts#p
      exit code 2
      "
    `);
    expect(await run({ "call.ts": `${pipelineOf("1")}await p().run();\n` })).toMatchInlineSnapshot(`
      "Error: call.ts runs its pipeline "p" while zen imports the file.
      Put the call behind this line, so that it happens only when the file itself is started: if (import.meta.main) { … }
      exit code 1
      "
    `);
    expect(await run({ "called.ts": pipelineOf("1").replace("export const p =", "const made =").concat("export const p = made();\n") }))
      .toMatchInlineSnapshot(`
      "Error: called.ts exports "p", which is the call of a pipeline and not the pipeline.
      Export what is called, without the call: zen gives it the parameters.
      exit code 2
      "
    `);
  });
});

describe("a step that", () => {
  test("throws", async () => {
    expect(
      await run({
        "throwing/p.ts": `${pipelineOf("train(1)")}function train(rate: number): number {\n  return check(rate);\n}\nfunction check(rate: number): never {\n  throw new RangeError(\`a rate of \${rate} is too high\`);\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: a rate of 1 is too high
      Error: Step "make" failed: a rate of 1 is too high
          at check (file://PROJECT/throwing/p.ts:8:9)
          at train (file://PROJECT/throwing/p.ts:5:10)
          at Object.fn (file://PROJECT/throwing/p.ts:2:37)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/async.ts": `${pipelineOf("train(1)").replace("() =>", "async () =>")}async function train(rate: number): Promise<number> {\n  await new Promise((done) => setTimeout(done, 1));\n  throw new Error("later");\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: later
      Error: Step "make" failed: later
          at train (file://PROJECT/throwing/async.ts:6:9)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/below.ts": `import { divide } from "./divide.ts";\n${pipelineOf("[1].map((n) => divide(n))")}`,
        "throwing/divide.ts": `export function divide(n: number): number {\n  return (undefined as never as { n: number }).n / n;\n}\n`,
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Cannot read properties of undefined (reading 'n')
      Error: Step "make" failed: Cannot read properties of undefined (reading 'n')
          at divide (file://PROJECT/throwing/divide.ts:2:48)
          at file://PROJECT/throwing/below.ts:3:52
          at Object.fn (file://PROJECT/throwing/below.ts:3:41)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/undefined.ts": pipelineOf("{ throw undefined; }") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: The step threw nothing (undefined).
      Error: Step "make" failed: The step threw nothing (undefined).
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/text.ts": pipelineOf(`{ throw "just text"; }`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: just text
      Error: Step "make" failed: just text
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/record.ts": pipelineOf(`{ throw { status: 404 }; }`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: {"status":404}
      Error: Step "make" failed: {"status":404}
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(await run({ "throwing/cause.ts": pipelineOf(`{ throw new Error("can't load", { cause: new Error("no such host") }); }`) }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: can't load (cause: no such host)
      Error: Step "make" failed: can't load (cause: no such host)
          at Object.fn (file://PROJECT/throwing/cause.ts:2:45)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
    expect(
      await run({
        "throwing/system.ts": pipelineOf(`readFileSync("no-such.csv")`).replace("\n", `\nimport { readFileSync } from "node:fs";\n`),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: ENOENT: no such file or directory, open 'no-such.csv'
      Error: Step "make" failed: ENOENT: no such file or directory, open 'no-such.csv'
          at Object.fn (file://PROJECT/throwing/system.ts:3:37)
      See what it logged: zen run logs ID
      exit code 1
      "
    `);
  });

  test("returns what can't be stored", async () => {
    expect(await run({ "storing/function.ts": pipelineOf("({ model: { layers: [1, { act: Math.tanh }] } })") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.model.layers[1].act is the function tanh.
      Error: Step "make" returned a value that can't be stored: output.model.layers[1].act is the function tanh.
      Return the data that it works on, and call it in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/class.ts": `class Model {}\n${pipelineOf("[new Model()]")}` })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output[0] is an instance of the class Model.
      Error: Step "make" returned a value that can't be stored: output[0] is an instance of the class Model.
      Return a plain object with its data, such as { ...it }, and make the instance again in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/symbol.ts": pipelineOf(`new Map([["a", Symbol("b")]])`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.get("a") is a symbol.
      Error: Step "make" returned a value that can't be stored: output.get("a") is a symbol.
      Use a string.
      exit code 1
      "
    `);
    expect(await run({ "storing/promise.ts": pipelineOf(`({ rows: Promise.resolve([1]) })`) })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: output.rows is a promise.
      Error: Step "make" returned a value that can't be stored: output.rows is a promise.
      Await it before you return it.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/named.ts": pipelineOf("({ train: [1], test: () => 1 })", "{ outputs: { train: json<number[]>(), test: json() } }").replace(
          "{ pipeline",
          "{ json, pipeline",
        ),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a value that can't be stored: test is the function test.
      Error: Step "make" returned a value that can't be stored: test is the function test.
      Return the data that it works on, and call it in the step that reads it.
      exit code 1
      "
    `);
    expect(await run({ "storing/text.ts": pipelineOf("42 as never", "{ output: text() }").replace("{ pipeline", "{ text, pipeline") }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned a number, but the output is declared with text(), which takes a string.
      Error: Step "make" returned a number, but the output is declared with text(), which takes a string.
      Return what text() takes, or leave text() out: then any plain data can be stored.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/file.ts": pipelineOf(`"no-such-file.bin" as never`, "{ output: file() }").replace("{ pipeline", "{ file, pipeline"),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" returned the file PROJECT/no-such-file.bin, but it does not exist.
      Error: Step "make" returned the file PROJECT/no-such-file.bin, but it does not exist.
      A file's path is returned once the file is there. A relative path counts from the working directory of the process.
      exit code 1
      "
    `);
    expect(
      await run({
        "storing/handle.ts": pipelineOf("other() as never").replace("export const", `const other = step("other", () => 1);\nexport const`),
      }),
    ).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "other" was called inside the running step "make".
      Error: Step "other" was called inside the running step "make".
      Call other.fn(inputs) for its function, or wire both in the pipeline.
      exit code 1
      "
    `);
  });

  test("forgets an output", async () => {
    const outputs = "{ outputs: { train: json<number[]>(), test: json<number[]>() } }";
    const forgetting = (expression: string): string => pipelineOf(expression, outputs).replace("{ pipeline", "{ json, pipeline");
    expect(await run({ "forgetting/one.ts": forgetting("({ train: [1] }) as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "test" (it returned { train }).
      Error: Step "make" did not return "test" (it returned { train }).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/all.ts": forgetting("{}") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "train" (it returned nothing).
      Error: Step "make" did not return "train" (it returned nothing).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/list.ts": forgetting("[[1], [2]] as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "train" (it returned a list of 2).
      Error: Step "make" did not return "train" (it returned a list of 2).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
    expect(await run({ "forgetting/typo.ts": forgetting("({ train: [1], tset: [2] }) as never") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✖ make failed: Step "make" did not return "test" (it returned { train, tset }).
      Error: Step "make" did not return "test" (it returned { train, tset }).
      Return a record with every output that the step declares.
      exit code 1
      "
    `);
  });

  test("gives map something else than a list, or when something else than true or false", async () => {
    const graph = (expression: string, body: string): string => `import { map, pipeline, step, when } from "@zen/core";
const make = step("make", (): any => (${expression}));
const use = step("use", ({ n }: { n: number }) => n);
export const p = pipeline("p", () => ${body});
`;
    expect(await run({ "graph/record.ts": graph("{ a: 1 }", "map(make(), (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given an object where it needs a list.
      Error: Map "map" was given an object where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/text.ts": graph(`"abc"`, "map(make(), (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given the text "abc" where it needs a list.
      Error: Map "map" was given the text "abc" where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/missing.ts": graph("{ rows: [1] }", "map(make().row, (n: any) => use({ n }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Map "map" was given undefined where it needs a list.
      Error: Map "map" was given undefined where it needs a list.
      Let the step before it return an array.
      exit code 1
      "
    `);
    expect(await run({ "graph/when.ts": graph(`"yes"`, "when(make(), () => use({ n: 1 }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ when failed: When "when" was given the text "yes" where it needs true or false.
      Error: When "when" was given the text "yes" where it needs true or false.
      Use atLeast, atMost or equals, or let a step return a boolean.
      exit code 1
      "
    `);
    expect(await run({ "graph/when-number.ts": graph("1", "when(make(), () => use({ n: 1 }))") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ when failed: When "when" was given the number 1 where it needs true or false.
      Error: When "when" was given the number 1 where it needs true or false.
      Use atLeast, atMost or equals, or let a step return a boolean.
      exit code 1
      "
    `);
    expect(await run({ "graph/path.ts": graph("{ a: 1 }", "use({ n: make().a.c })") })).toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 2 steps.
      ▶ make
      ✔ make 1 ms
      ✖ use failed: make.output at .a is the number 1, so it has no .c to pass on.
      Error: Step "use" failed: make.output at .a is the number 1, so it has no .c to pass on.
      A handle lifts the properties of plain objects. Take anything else out of the value in a step.
      exit code 1
      "
    `);
    expect(await run({ "graph/key.ts": graph("[1, 1]", "map(make(), (n: any) => use({ n }), { key: (n: any) => String(n) })") }))
      .toMatchInlineSnapshot(`
      "Run p-TIME of pipeline p started on stack default: 1 step.
      ▶ make
      ✔ make 1 ms
      ✖ map failed: Two items of map "map" have the key "1".
      Error: Map "map" failed: Two items of map "map" have the key "1".
      Return a different key for each item, or leave key out: then the index names them.
      exit code 1
      "
    `);
  });
});
