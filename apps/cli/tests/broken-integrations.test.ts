import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestProject } from "./zen.ts";

const FLAVOR = { type: "artifact_store", flavor: "x", contract: 1, module: ".", export: "Store" };

interface Kind {
  /** What doctor says: code, problem, and what mends it. */
  readonly finding: readonly [code: string, problem: string | RegExp, mend: string];
  readonly severity?: "warning";
  /** The package.json, or its text. */
  readonly json?: object | string;
  /** Of a package whose manifest is whole but for this: changes of its one flavor. */
  readonly flavor?: object;
  /** Changes of its manifest. */
  readonly zen?: object;
  /** Further changes of its package.json. */
  readonly more?: object;
  /** What else is done to the folder of the package. */
  readonly prepare?: (folder: string) => void;
  /** Other packages, by name, that come with it. */
  readonly beside?: Readonly<Record<string, object>>;
}

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** What can be wrong with a package, by its name. */
const KINDS: Readonly<Record<string, Kind>> = {
  "no-manifest": {
    json: { name: "no-manifest", version: "1.0.0", keywords: ["zen-integration"] },
    finding: [
      "no_manifest",
      `"zen-integration" is among its keywords, and its package.json has no "zen" that says which flavors it has`,
      "npm install no-manifest@latest",
    ],
  },
  "wrong-json": {
    json: '{ "name": "wrong-json", "zen": {',
    finding: ["not_json", "its package.json is not JSON", "npm uninstall wrong-json && npm install wrong-json"],
  },
  "not-an-object": {
    json: { name: "not-an-object", version: "1.0.0", zen: 7 },
    finding: ["not_an_object", '"zen" in its package.json is 7 and should be an object', "npm install not-an-object@latest"],
  },
  "wrong-version": {
    zen: { manifestVersion: "one" },
    finding: ["bad_manifest_version", '"zen.manifestVersion" is "one" and should be 1', "npm install wrong-version@latest"],
  },
  "newer-version": {
    zen: { manifestVersion: 9 },
    finding: [
      "newer_manifest",
      "its manifest has version 9, and this zen knows 1: install a newer zen",
      "npm install @zen/core@latest @zen/cli@latest",
    ],
  },
  "unknown-type": {
    flavor: { type: "artefact_store" },
    finding: [
      "unknown_type",
      '"zen.flavors[0].type" is "artefact_store" and should be one of the component types. Did you mean "artifact_store"?',
      "npm install unknown-type@latest",
    ],
  },
  "flavors-no-list": {
    zen: { flavors: { x: FLAVOR } },
    finding: ["not_a_list", '"zen.flavors" is an object and should be a list', "npm install flavors-no-list@latest"],
  },
  "odd-name": {
    flavor: { flavor: "a\u001b[31m b" },
    finding: [
      "bad_flavor_name",
      '"zen.flavors[0].flavor" is "a\\u001b[31m b" and should be a name of letters, digits, -, _ and .',
      "npm install odd-name@latest",
    ],
  },
  "proto-name": {
    flavor: { flavor: "__proto__" },
    finding: [
      "bad_flavor_name",
      '"zen.flavors[0].flavor" is "__proto__" and should be a name of letters, digits, -, _ and .',
      "npm install proto-name@latest",
    ],
  },
  twice: {
    zen: {
      flavors: [
        { ...FLAVOR, flavor: "twice" },
        { ...FLAVOR, flavor: "twice", export: "Other" },
      ],
    },
    finding: ["named_twice", '"zen.flavors[1]" names the artifact store flavor "twice" a second time', "npm install twice@latest"],
  },
  "no-contract": {
    flavor: { contract: undefined },
    finding: ["no_contract", '"contract" is missing from its manifest', "npm install no-contract@latest"],
  },
  "older-contract": {
    flavor: { contract: 0 },
    finding: [
      "older_contract",
      "it was built on contract 0 of artifact stores, and this zen has contract 1: install a newer older-contract (npm install older-contract@latest)",
      "npm install older-contract@latest",
    ],
  },
  "newer-contract": {
    flavor: { contract: 2 },
    finding: [
      "newer_contract",
      "it was built on contract 2 of artifact stores, and this zen has contract 1: install a newer zen (npm install @zen/core@latest @zen/cli@latest)",
      "npm install @zen/core@latest @zen/cli@latest",
    ],
  },
  "bad-export": {
    flavor: { export: "a b" },
    finding: [
      "bad_export",
      '"export" in its manifest is "a b" and should be the name of the class that the module exports',
      "npm install bad-export@latest",
    ],
  },
  "escaping-module": {
    flavor: { module: "./../../outside.js" },
    finding: [
      "escaping_module",
      /^"module" in its manifest is "\.\/\.\.\/\.\.\/outside\.js" and should be "\." or a subpath/,
      "npm uninstall escaping-module",
    ],
  },
  "escaping-schema": {
    flavor: { configSchema: "/etc/passwd" },
    finding: [
      "escaping_config_schema",
      '"configSchema" in its manifest is "/etc/passwd" and should be a path within the package such as "./schemas/config.json"',
      "npm uninstall escaping-schema",
    ],
  },
  "module-not-exported": {
    flavor: { module: "./store" },
    finding: [
      "module_not_exported",
      'its package doesn\'t export "./store" under the condition "default"',
      "npm install module-not-exported@latest",
    ],
  },
  "missing-module": {
    more: { exports: { ".": "./dist/gone.js" } },
    finding: ["missing_module", 'the file of its module "." is not there', "npm uninstall missing-module && npm install missing-module"],
  },
  "bad-exports": {
    more: { exports: { ".": "../outside.js" } },
    finding: [
      "bad_exports",
      /^its module "\." can't be found: Invalid "exports" main target "\.\.\/outside\.js"/,
      "npm install bad-exports@latest",
    ],
  },
  "linked-module": {
    more: { exports: { ".": "./linked.js" } },
    prepare: (folder) => {
      write(path.join(folder, "../../outside.js"), "throw 1;");
      symlinkSync("../../outside.js", path.join(folder, "linked.js"));
    },
    finding: ["escaping_module", /^"\." leads out of the package, to .*\/project\/outside\.js$/, "npm uninstall linked-module"],
  },
  "looping-module": {
    more: { exports: { ".": "./loop.js" } },
    prepare: (folder) => symlinkSync("loop.js", path.join(folder, "loop.js")),
    finding: ["missing_module", 'the file of its module "." is not there', "npm uninstall looping-module && npm install looping-module"],
  },
  "missing-schema": {
    flavor: { configSchema: "./schemas/gone.json" },
    finding: [
      "no_config_schema_file",
      /^its configuration schema can't be used: zen can't read .*\/schemas\/gone\.json: it does not exist$/,
      "npm uninstall missing-schema && npm install missing-schema",
    ],
  },
  "schema-not-json": {
    flavor: { configSchema: "./schema.json" },
    prepare: (folder) => write(path.join(folder, "schema.json"), "{"),
    finding: [
      "config_schema_not_json",
      /^its configuration schema can't be used: .*\/schema\.json is not JSON$/,
      "npm install schema-not-json@latest",
    ],
  },
  "schema-no-object": {
    flavor: { configSchema: "./schema.json" },
    prepare: (folder) => write(path.join(folder, "schema.json"), '{ "properties": [] }'),
    finding: [
      "not_a_config_schema",
      /^its configuration schema can't be used: .*\/schema\.json is not the JSON Schema of an object$/,
      "npm install schema-no-object@latest",
    ],
  },
  "linked-schema": {
    flavor: { configSchema: "./schema.json" },
    prepare: (folder) => symlinkSync("/etc/hostname", path.join(folder, "schema.json")),
    finding: [
      "escaping_config_schema",
      /^its configuration schema can't be used: .*\/schema\.json leads out of the package$/,
      "npm uninstall linked-schema",
    ],
  },
  "piped-schema": {
    flavor: { configSchema: "./schema.json" },
    prepare: (folder) => execFileSync("mkfifo", [path.join(folder, "schema.json")]),
    finding: [
      "no_config_schema_file",
      /^its configuration schema can't be used: .*\/schema\.json is not a file$/,
      "npm uninstall piped-schema && npm install piped-schema",
    ],
  },
  "huge-schema": {
    flavor: { configSchema: "./schema.json" },
    prepare: (folder) => write(path.join(folder, "schema.json"), JSON.stringify({ description: "x".repeat(2_000_000) })),
    finding: [
      "large_config_schema",
      /^its configuration schema can't be used: .*\/schema\.json has 2000018 bytes, and zen reads 1 MiB at most$/,
      "npm install huge-schema@latest",
    ],
  },
  "huge-manifest": {
    more: { padding: "x".repeat(2_000_000) },
    finding: [
      "too_large",
      /^its package\.json has \d+ bytes, and zen reads 1 MiB of one at most$/,
      "npm uninstall huge-manifest && npm install huge-manifest",
    ],
  },
  "folder-manifest": {
    prepare: (folder) => mkdirSync(path.join(folder, "package.json"), { recursive: true }),
    json: "",
    finding: ["not_a_file", "its package.json is a folder and not a file", "npm uninstall folder-manifest && npm install folder-manifest"],
  },
  "piped-manifest": {
    prepare: (folder) => execFileSync("mkfifo", [path.join(folder, "package.json")]),
    json: "",
    finding: [
      "not_a_file",
      "its package.json is a pipe or a device and not a file",
      "npm uninstall piped-manifest && npm install piped-manifest",
    ],
  },
  "looping-manifest": {
    prepare: (folder) => symlinkSync("package.json", path.join(folder, "package.json")),
    json: "",
    finding: [
      "unreadable",
      /^zen can't read .*\/looping-manifest\/package\.json: ELOOP: too many symbolic links encountered/,
      "npm uninstall looping-manifest && npm install looping-manifest",
    ],
  },
  "wrong-own-name": {
    json: { name: "../up", version: "1.0.0", zen: { manifestVersion: 1, flavors: [FLAVOR] } },
    finding: ["bad_name", `its package.json has a "zen" manifest and no valid "name"`, "npm uninstall wrong-own-name"],
  },
  "includes-a-path": {
    zen: { includes: ["../../evil"] },
    finding: ["bad_include", '"zen.includes" has "../../evil", which is no package name', "npm install includes-a-path@latest"],
  },
  "includes-missing": {
    zen: { includes: ["nowhere"] },
    finding: ["missing_include", "it includes nowhere, which is not installed", "npm install nowhere@latest"],
  },
  "includes-plain": {
    zen: { includes: ["plain"] },
    beside: { plain: { name: "plain", version: "1.0.0" } },
    finding: [
      "include_without_manifest",
      'it includes plain, which is installed and has no "zen" in its package.json',
      "npm install plain@latest",
    ],
  },
  "includes-many": {
    zen: { includes: Array.from({ length: 101 }, () => "includes-many") },
    finding: ["too_many_includes", '"zen.includes" has 101 packages, and zen looks at 100', "npm install includes-many@latest"],
  },
  "too-many": {
    zen: { flavors: Array.from({ length: 1001 }, (_, at) => ({ ...FLAVOR, type: "feature_store", contract: 9, flavor: `f${at}` })) },
    finding: ["too_many_flavors", '"zen.flavors" has 1001 flavors, and zen looks at 1000', "npm install too-many@latest"],
  },
  "@zen/integration-nowhere": {
    json: "",
    finding: ["not_installed", /^it is a dependency of .*\/project\/package\.json, and is not installed$/, "npm install"],
  },
  "includes-itself": {
    zen: { includes: ["includes-itself"] },
    severity: "warning",
    finding: ["includes_itself", "it includes itself", "npm install includes-itself@latest"],
  },
  "circle-a": {
    zen: { includes: ["circle-b"] },
    beside: { "circle-b": { name: "circle-b", version: "1.0.0", zen: { manifestVersion: 1, includes: ["circle-a"] } } },
    severity: "warning",
    finding: ["circular_includes", "it includes circle-b, which includes it", "npm install circle-a@latest"],
  },
  "odd-keys": {
    json: `{ "name": "odd-keys", "version": "1.0.0", "zen": { "manifestVersion": 1, "__proto__": { "includes": ["x"] }, "flavors": [{ "constructor": { "prototype": {} }, "type": "alerter", "flavor": "odd", "contract": 0, "module": ".", "export": "Store" }] } }`,
    severity: "warning",
    finding: [
      "odd_keys",
      'its manifest has the key "__proto__" and "constructor" and "prototype", which zen ignores and nobody needs',
      "npm uninstall odd-keys",
    ],
  },
  "newer-core": {
    more: { peerDependencies: { "@zen/core": ">=7 <8" } },
    severity: "warning",
    finding: [
      "core_range",
      "it was made for @zen/core >=7 <8, and 0.1.0 would be used: it may work, as their contracts agree",
      "npm install newer-core@latest",
    ],
  },
  "no-core-range": {
    more: { peerDependencies: { "@zen/core": "$(rm)" } },
    severity: "warning",
    finding: [
      "core_range",
      '"@zen/core" in its peerDependencies is "$(rm)", which is no range of versions',
      "npm install no-core-range@latest",
    ],
  },
  "same-flavor-a": {
    flavor: { flavor: "shared" },
    beside: {
      "same-flavor-b": { name: "same-flavor-b", version: "1.0.0", zen: { manifestVersion: 1, flavors: [{ ...FLAVOR, flavor: "shared" }] } },
    },
    severity: "warning",
    finding: [
      "flavor_conflict",
      'same-flavor-b has the artifact store flavor "shared" as well: the short name picks neither',
      "zen artifact-store register NAME --flavor=same-flavor-a:shared",
    ],
  },
  "alias-a": {
    flavor: { flavor: "alias-a", aliases: ["both"] },
    beside: { "alias-b": { name: "alias-b", version: "1.0.0", zen: { manifestVersion: 1, flavors: [{ ...FLAVOR, flavor: "both" }] } } },
    severity: "warning",
    finding: [
      "alias_conflict",
      'alias-b has a name of it "both" as well: the short name picks neither',
      "zen artifact-store register NAME --flavor=alias-a:both",
    ],
  },
};

let project: TestProject;
const removals: (() => void)[] = [];
afterAll(() => removals.forEach((remove) => remove()));

beforeAll(() => {
  project = new TestProject({}, (remove) => removals.push(remove));
  const modules = path.join(project.folder, "node_modules");
  const dependencies: Record<string, string> = { "@zen/core": "*" };
  const trap = (folder: string): void =>
    write(
      path.join(folder, "index.js"),
      `require("node:fs").appendFileSync(${JSON.stringify(path.join(project.root, "ran"))}, __filename + "\\n"); throw new Error("imported");`,
    );
  for (const [name, { json, flavor, zen, more, prepare, beside = {} }] of Object.entries(KINDS)) {
    dependencies[name] = "1";
    const folder = path.join(modules, name);
    if (name !== "@zen/integration-nowhere") mkdirSync(folder, { recursive: true });
    const whole = {
      name,
      version: "1.0.0",
      main: "index.js",
      exports: { ".": "./index.js" },
      zen: { manifestVersion: 1, flavors: zen ? [] : [{ ...FLAVOR, flavor: name.replaceAll("/", "-"), ...flavor }], ...zen },
      ...more,
    };
    if (json !== "") write(path.join(folder, "package.json"), typeof json === "string" ? json : JSON.stringify(json ?? whole));
    if (json !== "") trap(folder);
    prepare?.(folder);
    for (const [other, its] of Object.entries(beside)) {
      if (other !== "plain") dependencies[other] = "1";
      write(path.join(modules, other, "package.json"), JSON.stringify(its));
      trap(path.join(modules, other));
    }
  }
  project.write({
    "package.json": JSON.stringify({ name: "project", type: "module", dependencies }),
    "p.ts": `import { pipeline, step } from "@zen/core";\nexport const p = pipeline("p", () => step("a", () => 42)());\n`,
  });
  const cli = path.resolve(import.meta.dirname, "..");
  symlinkSync(realpathSync(path.join(cli, "node_modules/@zen/integration-local")), path.join(modules, "@zen/integration-local"));
});

interface Report {
  readonly errors: number;
  readonly findings: readonly { severity: string; code: string; package: string; problem: string; mend: string }[];
}

describe("a project with every kind of broken package", () => {
  let report: Report;
  beforeAll(() => {
    const { stdout, stderr, code } = project.zen(["integration", "doctor", "--output", "json"]);
    if (code !== 1 || stderr !== "") throw new Error(`doctor: exit code ${code}, ${stderr}`);
    report = JSON.parse(stdout) as Report;
  });

  it.each(Object.entries(KINDS))(
    "doctor says what is wrong with %s, and what mends it",
    (name, { finding: [code, problem, mend], severity }) => {
      const own = report.findings.filter((one) => one.package === name || (name === "wrong-own-name" && one.package === "../up"));
      const pattern = typeof problem === "string" ? new RegExp(`^${RegExp.escape(problem)}$`) : problem;
      expect(own.filter((one) => one.code === code)).toEqual([
        expect.objectContaining({ severity: severity ?? "error", problem: expect.stringMatching(pattern), mend }),
      ]);
    },
  );

  it("there are many kinds, each with words of its own", () => {
    const problems = Object.values(KINDS).map(({ finding: [code, problem] }) => `${code} ${problem}`);
    expect(new Set(Object.values(KINDS).map(({ finding: [code] }) => code)).size).toBeGreaterThanOrEqual(25);
    expect(new Set(problems).size).toBeGreaterThanOrEqual(40);
    expect(report.errors).toBe(report.findings.filter(({ severity }) => severity === "error").length);
  });

  it.each([
    ["artifact-store", "flavor", "list"],
    ["stack", "list"],
    ["stack", "describe"],
    ["status"],
    ["integration", "list"],
    ["integration", "describe", "newer-core"],
    ["artifact-store", "register", "--flavor=newer-core", "--help"],
    ["__complete", "--", "artifact-store", "register", "n", "--flavor", ""],
    ["pipeline", "run", "p.ts"],
  ])("zen %s %s … is none the worse for it", (...words) => {
    const start = performance.now();
    const { stdout, code } = project.zen(words);
    expect([code, stdout === ""]).toEqual([0, false]);
    expect(performance.now() - start).toBeLessThan(10_000);
    // What others wrote steers no terminal.
    expect(stdout).not.toContain("\u001b");
  });

  it("a schema that can't be read is said where its settings would be", () => {
    const { stderr, code } = project.zen(["artifact-store", "register", "--flavor=piped-schema", "--help"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Error: The configuration schema of the flavor "piped-schema" of piped-schema 1\.0\.0 can't be read: .* is not a file\.$/m,
    );
  });

  it("no code of any package was run", () => {
    expect(existsSync(path.join(project.root, "ran"))).toBe(false);
  });
});
