import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const fromRoot = (file) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const { catalog } = parse(readFileSync(fromRoot("pnpm-workspace.yaml"), "utf8"));
const versionOf = (folder) => JSON.parse(readFileSync(fromRoot(`${folder}/package.json`), "utf8")).version;
const OURS = { "@zen/core": "packages/core", "@zen/conformance": "packages/conformance", "@zen/cli": "apps/cli" };

/**
 * How what `npm create` downloads is bundled: with nothing to be installed beside it.
 *
 * @param input the entries, by name
 * @param libraries what a new package depends on: in the versions of this workspace, which are written nowhere else
 */
export function bundle(input, libraries) {
  const VERSIONS = {
    ...Object.fromEntries(Object.entries(OURS).map(([name, folder]) => [name, versionOf(folder)])),
    ...Object.fromEntries(libraries.map((name) => [name, catalog[name]])),
  };
  return {
    input,
    platform: "node",
    external: [/^node:/],
    resolve: {
      alias: {
        "@zen/core/light": fromRoot("packages/core/src/light.ts"),
        "@zen/create-integration/scaffold": fromRoot("packages/create-integration/src/scaffold/index.ts"),
      },
    },
    treeshake: { moduleSideEffects: false },
    transform: { define: { VERSIONS: JSON.stringify(VERSIONS) } },
    output: { dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name].js", cleanDir: true },
  };
}
