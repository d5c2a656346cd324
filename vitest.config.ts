import { defineConfig } from "vitest/config";
import { workspacePackages } from "./scripts/workspace.ts";

// A stack or profile that the developer has chosen is none of the tests' business.
for (const name of Object.keys(process.env)) if (name.startsWith("ZENML_")) delete process.env[name];

// One project for each package, and one for the scripts. Type tests (*.test-d.ts) belong to the type check of `npm run check`.
export default defineConfig({
  test: {
    projects: [{ folder: "scripts", name: "scripts" }, ...workspacePackages()].map(({ folder, name }) => ({
      extends: true,
      test: {
        name,
        setupFiles: process.env["CI"] ? ["scripts/property-seed.ts"] : [],
        // Relative to the root, as a filter on the command line is.
        include: [`${folder}/**/*.test.ts`],
        // Those of templates are run in what is made of them: e2e/tests/create*.test.ts.
        exclude: ["**/node_modules/**", "**/dist/**", "**/fixtures/**", "packages/*/template{,s}/**"],
        // Whole-product tests install packages and start servers: one file at a time, with time for a slow disk.
        ...(folder === "e2e" ? { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } : { testTimeout: 30_000 }),
      },
    })),
  },
});
