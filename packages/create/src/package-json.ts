/** Set by the build, from the workspace: see create-integration/bundle.mjs. */
declare const VERSIONS: Readonly<Record<string, string>>;

/** The package.json of a new project. */
export function packageJson(name: string): object {
  const versions = (...names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((dependency) => [dependency, `^${VERSIONS[dependency]}`]));
  return {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    scripts: {
      start: "zen pipeline run src/pipeline.ts && zen artifact read report.output",
      // A package of flavors that is made within the project has tests of its own.
      test: "vitest run --dir tests",
      lint: "oxlint",
      typecheck: "tsc",
    },
    dependencies: versions("@zen/cli", "@zen/core", "zod"),
    devDependencies: versions("@types/node", "oxlint", "oxlint-tsgolint", "typescript", "vitest"),
    engines: { node: ">=24.15" },
  };
}
