import { expect, test } from "vitest";
import { readManifest, type Manifest } from "./manifest.ts";
import { parsePackage } from "./package-json.ts";

const S3 = { type: "artifact_store", flavor: "s3", contract: 1, module: "./artifact-store", export: "S3ArtifactStore" };

function manifest(zen: unknown, name: unknown = "@acme/s3"): Manifest {
  return readManifest(parsePackage(JSON.stringify({ name, version: "1.2.3", zen }))!, "/m/s3");
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
  expect(manifest(zen).broken).toEqual([{ package: "@acme/s3", folder: "/m/s3", problem }]);
});

test("a manifest in a package without a usable name can't be imported", () => {
  expect(manifest({ manifestVersion: 1, flavors: [S3] }, "../x").broken).toEqual([
    { package: "../x", folder: "/m/s3", problem: 'its package.json has a "zen" manifest and no valid "name"' },
  ]);
});

test.each<[object, string]>([
  [{ contract: undefined }, '"contract" is missing from its manifest'],
  [{ contract: "1" }, '"contract" in its manifest is "1" and should be a whole number'],
  [{ contract: 2 }, "it was built on contract 2 of artifact stores, and this zen has contract 1: install a newer zen"],
  [{ contract: 0 }, "it was built on contract 0 of artifact stores, and this zen has contract 1: install a newer @acme/s3"],
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
  const { flavors: entries, broken } = readManifest(json, "/m/p");
  expect(entries).toEqual([]);
  expect(broken.map((one) => one.problem)).toEqual(['"zen.flavors[0].type" is missing and should be one of the component types']);
  expect(({} as { flavors?: unknown }).flavors).toBeUndefined();
});
