import { expect, onTestFinished, test } from "vitest";
import { componentType } from "../component/component-type.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { parsePackage } from "./package-json.ts";

const S3 = { type: "artifact_store", flavor: "s3", contract: 1, module: "./artifact-store", export: "S3ArtifactStore" };

function manifest(zen: unknown, name: unknown = "@acme/s3"): Manifest {
  return readManifest(parsePackage(JSON.stringify({ name, version: "1.2.3", zen }))!, "/m/s3", { found: "direct" });
}
const flavors = (...list: unknown[]): Manifest => manifest({ manifestVersion: 1, flavors: list });

test("a manifest becomes entries", () => {
  const {
    flavors: entries,
    includes,
    broken,
  } = manifest({
    manifestVersion: 1,
    flavors: [
      { ...S3, aliases: ["aws"], description: "Artifacts in S3", configSchema: "./schemas/s3.json", docs: "https://acme.example/s3" },
    ],
    includes: ["@acme/base"],
  });
  expect(entries).toEqual([
    {
      origin: "package",
      type: "artifact_store",
      flavor: "s3",
      aliases: ["aws"],
      contract: 1,
      description: "Artifacts in S3",
      package: "@acme/s3",
      version: "1.2.3",
      folder: "/m/s3",
      module: "./artifact-store",
      export: "S3ArtifactStore",
      configSchema: "/m/s3/schemas/s3.json",
      docs: "https://acme.example/s3",
      through: undefined,
      problem: undefined,
      problems: [],
    },
  ]);
  expect(includes).toEqual(["@acme/base"]);
  expect(broken).toEqual([]);
});

test.each<[unknown, string]>([
  [true, '"zen" in its package.json is true and should be an object'],
  [[], '"zen" in its package.json is a list and should be an object'],
  [{}, '"zen.manifestVersion" is missing and should be 1'],
  [{ manifestVersion: "1" }, '"zen.manifestVersion" is "1" and should be 1'],
  [{ manifestVersion: 2 }, "its manifest has version 2, and this zen knows 1: install a newer zen"],
  [{ manifestVersion: 1, flavors: {} }, '"zen.flavors" is an object and should be a list'],
  [{ manifestVersion: 1, flavors: [null] }, '"zen.flavors[0]" is null and should be an object'],
  [
    { manifestVersion: 1, flavors: [{ ...S3, type: "artefact_store" }] },
    '"zen.flavors[0].type" is "artefact_store" and should be one of the component types. Did you mean "artifact_store"?',
  ],
  [
    { manifestVersion: 1, flavors: [{ ...S3, flavor: "a:b" }] },
    '"zen.flavors[0].flavor" is "a:b" and should be a name of letters, digits, -, _ and .',
  ],
  [
    { manifestVersion: 1, flavors: [{ ...S3, flavor: "__proto__" }] },
    '"zen.flavors[0].flavor" is "__proto__" and should be a name of letters, digits, -, _ and .',
  ],
  [
    { manifestVersion: 1, flavors: [S3, { ...S3, flavor: "aws", aliases: ["s3"] }] },
    '"zen.flavors[1]" names the artifact store flavor "aws" a second time',
  ],
  [{ manifestVersion: 1, includes: ["../evil"] }, '"zen.includes" has "../evil", which is no package name'],
])("the manifest %j is broken: %s", (zen, problem) => {
  expect(manifest(zen).broken).toMatchObject([{ package: "@acme/s3", folder: "/m/s3", problem }]);
});

test("a manifest in a package without a usable name can't be imported", () => {
  expect(manifest({ manifestVersion: 1, flavors: [S3] }, "../x").broken).toMatchObject([
    { package: "../x", folder: "/m/s3", problem: 'its package.json has a "zen" manifest and no valid "name"' },
  ]);
});

test.each<[object, string]>([
  [{ contract: undefined }, '"contract" is missing from its manifest'],
  [{ contract: "1" }, '"contract" in its manifest is "1" and should be a whole number'],
  [
    { contract: 2 },
    "it was built on contract 2 of artifact stores, and this zen has contract 1: install a newer zen (npm install @zen/core@latest @zen/cli@latest)",
  ],
  [
    { contract: 0 },
    "it was built on contract 0 of artifact stores, and this zen has contract 1: install a newer @acme/s3 (npm install @acme/s3@latest)",
  ],
  [{ module: undefined }, '"module" is missing from its manifest'],
  [{ module: "../x" }, '"module" in its manifest is "../x" and should be "." or a subpath of the package\'s exports such as "./s3"'],
  [
    { module: "./a/../../x" },
    '"module" in its manifest is "./a/../../x" and should be "." or a subpath of the package\'s exports such as "./s3"',
  ],
  [
    { module: "./node_modules/x" },
    '"module" in its manifest is "./node_modules/x" and should be "." or a subpath of the package\'s exports such as "./s3"',
  ],
  [
    { module: "file:///etc/x" },
    '"module" in its manifest is "file:///etc/x" and should be "." or a subpath of the package\'s exports such as "./s3"',
  ],
  [{ export: "__proto__" }, '"export" in its manifest is "__proto__" and should be the name of the class that the module exports'],
  [{ export: "a b" }, '"export" in its manifest is "a b" and should be the name of the class that the module exports'],
  [
    { configSchema: "/etc/passwd" },
    '"configSchema" in its manifest is "/etc/passwd" and should be a path within the package such as "./schemas/config.json"',
  ],
  [
    { configSchema: "./%2e%2e/x" },
    '"configSchema" in its manifest is "./%2e%2e/x" and should be a path within the package such as "./schemas/config.json"',
  ],
  [{ aliases: "aws" }, '"aliases" in its manifest is "aws" and should be a list of names'],
  [
    { description: 1, docs: "javascript:alert(1)" },
    '"description" in its manifest is 1 and should be text; "docs" in its manifest is "javascript:alert(1)" and should be a web address',
  ],
])("a flavor with %j is listed with the reason", (change, problem) => {
  const { flavors: entries, broken } = flavors({ ...S3, ...change });
  expect(entries.map((entry) => [entry.flavor, entry.problem])).toEqual([["s3", problem]]);
  expect(broken).toEqual([]);
});

test("keys of every object's prototype are not taken for entries", () => {
  const json = parsePackage(
    '{"name": "p", "zen": {"manifestVersion": 1, "__proto__": {"flavors": [{}]}, "flavors": [{"__proto__": {"type": "alerter"}}]}}',
  )!;
  const { flavors: entries, broken } = readManifest(json, "/m/p", { found: "direct" });
  expect(entries).toEqual([]);
  expect(broken.map((one) => one.problem)).toEqual(['"zen.flavors[0].type" is missing and should be one of the component types']);
  expect(({} as { flavors?: unknown }).flavors).toBeUndefined();
});

test("a flavor that was built on an older contract works as long as zen speaks that one", () => {
  const info = componentType("artifact_store");
  const { contract, oldestContract } = info;
  onTestFinished(() => void Object.assign(info, { contract, oldestContract }));
  // As when the promises of artifact stores have changed twice.
  Object.assign(info, { contract: 3, oldestContract: 2 });
  const problems = [1, 2, 3, 4].map((built) => flavors({ ...S3, contract: built }).flavors[0]!.problems);
  expect(problems).toEqual([
    [
      {
        code: "older_contract",
        problem:
          "it was built on contract 1 of artifact stores, and this zen speaks those from 2: install a newer @acme/s3 (npm install @acme/s3@latest)",
        mend: "npm install @acme/s3@latest",
      },
    ],
    [],
    [],
    [
      {
        code: "newer_contract",
        problem:
          "it was built on contract 4 of artifact stores, and this zen has contract 3: install a newer zen (npm install @zen/core@latest @zen/cli@latest)",
        mend: "npm install @zen/core@latest @zen/cli@latest",
      },
    ],
  ]);
});

test("nothing in a manifest steers a terminal, or fills it", () => {
  const json = parsePackage(
    JSON.stringify({
      name: "p\u001b[2J",
      version: `1.0.0\u009b2J${"0".repeat(10_000)}`,
      zen: { manifestVersion: 1, flavors: [{ ...S3, description: `\u001b]0;title\u0007\nnext\u202e${"x".repeat(100_000)}` }] },
    }),
  )!;
  const evil = readManifest(json, "/m/p", { found: "direct" });
  expect(evil.package).toMatchObject({ package: "p\\u001b[2J" });
  const { package: about, flavors: entries } = readManifest({ ...json, name: "p" }, "/m/p", { found: "direct" });
  for (const text of [about.version, entries[0]!.version, entries[0]!.description]) {
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(text.length).toBeLessThan(600);
  }
});

test("what is too much is not looked at", () => {
  const {
    includes,
    flavors: entries,
    broken,
  } = manifest({
    manifestVersion: 1,
    includes: Array.from({ length: 200 }, (_, at) => `p${at}`),
    flavors: Array.from({ length: 2000 }, (_, at) => ({ ...S3, flavor: `f${at}` })),
  });
  expect([includes.length, entries.length]).toEqual([100, 1000]);
  expect(broken.map(({ problem }) => problem)).toEqual([
    '"zen.includes" has 200 packages, and zen looks at 100',
    '"zen.flavors" has 2000 flavors, and zen looks at 1000',
  ]);
});
