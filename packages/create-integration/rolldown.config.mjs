import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "rolldown";
import { parse } from "yaml";

const fromRoot = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const { catalog } = parse(readFileSync(fromRoot("pnpm-workspace.yaml"), "utf8"));
const versionOf = (folder) => JSON.parse(readFileSync(fromRoot(`${folder}/package.json`), "utf8")).version;

/** What a new package depends on, as this workspace has it: written nowhere else. */
const VERSIONS = {
  "@zen/core": versionOf("packages/core"),
  "@zen/conformance": versionOf("packages/conformance"),
  "@zen/cli": versionOf("apps/cli"),
  ...Object.fromEntries(["@changesets/cli", "@types/node", "typescript", "vitest", "zod"].map((name) => [name, catalog[name]])),
};

// Nothing is installed beside it: `npm create` has one package to download.
export default defineConfig({
  input: { index: "src/index.ts", bin: "src/bin.ts" },
  platform: "node",
  external: [/^node:/],
  resolve: { alias: { "@zen/core/light": fromRoot("packages/core/src/light.ts") } },
  treeshake: { moduleSideEffects: false },
  transform: { define: { VERSIONS: JSON.stringify(VERSIONS) } },
  output: { dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name].js", cleanDir: true },
});
