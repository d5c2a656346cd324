import type { Packages } from "./machine.ts";

/** A package with one flavor: a folder on this machine by another name. */
function storePackage(name: string, flavor: string): Readonly<Record<string, string>> {
  const manifest = {
    name,
    version: "1.2.0",
    type: "module",
    // Hides package.json, and the schema.
    exports: { "./store": { default: "./store.js" } },
    dependencies: { "@zen/integration-local": "*" },
    peerDependencies: { "@zen/core": "*", zod: "^4.0.0" },
    zen: {
      manifestVersion: 1,
      integration: flavor,
      description: `The flavor ${flavor}`,
      flavors: [
        {
          type: "artifact_store",
          flavor,
          contract: 1,
          description: `Artifacts in a folder that is called ${flavor}`,
          module: "./store",
          export: "Store",
          configSchema: "./schemas/store.json",
        },
      ],
    },
  };
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    properties: { path: { type: "string", description: `The folder of ${flavor}` } },
    required: ["path"],
  };
  return {
    "package.json": JSON.stringify(manifest),
    "schemas/store.json": JSON.stringify(schema),
    "store.js": `import { LocalArtifactStore } from "@zen/integration-local";
export class Store extends LocalArtifactStore {
  static FLAVOR = ${JSON.stringify(flavor)};
}
`,
  };
}

/** A package without flavors, which brings those of others. */
function presetPackage(name: string, includes: readonly string[]): Readonly<Record<string, string>> {
  const manifest = {
    name,
    version: "3.0.0",
    type: "module",
    exports: "./index.js",
    dependencies: Object.fromEntries(includes.map((included) => [included, "^1.0.0"])),
    peerDependencies: { "@zen/core": "*", zod: "^4.0.0" },
    zen: { manifestVersion: 1, includes },
  };
  return { "package.json": JSON.stringify(manifest), "index.js": `throw new Error("nothing imports it");\n` };
}

/** The flavors of other people: of a company with a scope, of a person without one, and those that a company's presets bring. */
export const THIRD_PARTY: Packages = {
  "@acme/zen-integration-vault": storePackage("@acme/zen-integration-vault", "vault"),
  "acme-shelf": storePackage("acme-shelf", "shelf"),
  "@acme/zen-integration-drawer": storePackage("@acme/zen-integration-drawer", "drawer"),
  "@acme/zen-platform": presetPackage("@acme/zen-platform", ["@acme/zen-integration-drawer"]),
  "@acme/zen-everything": presetPackage("@acme/zen-everything", [
    "@acme/zen-integration-vault",
    "acme-shelf",
    "@acme/zen-integration-drawer",
  ]),
};

/** What a project asks for to have all of them, in different ways. */
export const WANTED = {
  dependencies: { "@zen/core": "latest", "@acme/zen-integration-vault": "^1.0.0", "@acme/zen-platform": "^3.0.0", zod: "^4.0.0" },
  devDependencies: { "@zen/cli": "latest" },
  optionalDependencies: { "acme-shelf": "^1.0.0" },
};

/** A pipeline that says how much it has added. */
export const PIPELINE = `import { pipeline, step } from "@zen/core";
const load = step("load", ({ n }: { n: number }) => Array.from({ length: n }, (_, i) => i));
const sum = step("sum", ({ numbers }: { numbers: number[] }) => numbers.reduce((a, b) => a + b, 0));
export const adding = pipeline("adding", ({ n = 4 }: { n?: number }) => ({ total: sum({ numbers: load({ n }) }) }));
`;
