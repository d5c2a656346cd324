import type { Answers } from "./answers.ts";

/** Set by the build, from the workspace: see rolldown.config.mjs. */
declare const VERSIONS: Readonly<Record<string, string>>;

/** The package.json of a new package. Its manifest is completed by the first build. */
export function packageJson({ package: name, description, license, type, flavor }: Answers, className: string): object {
  const caret = (dependency: string): string => `^${VERSIONS[dependency]}`;
  const tools = ["@changesets/cli", "@types/node", "@zen/cli", "@zen/conformance", "@zen/core", "typescript", "vitest", "zod"];
  return {
    name,
    version: "0.1.0",
    description,
    keywords: ["zen-integration"],
    license,
    files: ["dist", "schemas"],
    type: "module",
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" }, "./package.json": "./package.json" },
    scripts: {
      build: "tsc && zen integration build",
      dev: "zen integration dev",
      test: "vitest run",
      check: "tsc -p tsconfig.test.json && zen integration check",
      // By npm and pnpm alike. What is in `dist` may be of yesterday; a manifest that is gets written by a person, not on the way out.
      prepublishOnly: "tsc && node --run check",
    },
    devDependencies: Object.fromEntries(tools.map((tool) => [tool, caret(tool)])),
    peerDependencies: { "@zen/core": caret("@zen/core"), zod: `^${VERSIONS["zod"]!.split(".")[0]}.0.0` },
    engines: { node: ">=24.15" },
    zen: {
      manifestVersion: 1,
      integration: flavor,
      description,
      flavors: [
        { type, flavor, contract: 1, description, module: ".", export: className, configSchema: `./schemas/${type}.${flavor}.json` },
      ],
    },
  };
}
