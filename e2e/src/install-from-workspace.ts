import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { workspace } from "./project.ts";

/** Where the workspace has what a new package may depend on, where not in its own node_modules. */
const PLACES: Readonly<Record<string, string>> = {
  "@zen/cli": "apps/cli",
  "@zen/conformance": "packages/conformance",
  "@zen/core": "packages/core",
  zod: "packages/core/node_modules/zod",
};
const BINS: Readonly<Record<string, string>> = {
  changeset: "@changesets/cli/bin.js",
  oxlint: "oxlint/bin/oxlint",
  tsc: "typescript/bin/tsc",
  tsgolint: "oxlint-tsgolint/bin/tsgolint.js",
  vitest: "vitest/vitest.mjs",
  zen: "@zen/cli/bin/zen.js",
};

/** Links what a package that was just made depends on, as an install would put it there. */
export function installFromWorkspace(folder: string): void {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const place = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(workspace, PLACES[name] ?? `node_modules/${name}`), place, "dir");
  }
  const bin = path.join(folder, "node_modules/.bin");
  mkdirSync(bin);
  for (const [name, file] of Object.entries(BINS))
    writeFileSync(path.join(bin, name), `#!/bin/sh\nexec node "${path.join(folder, "node_modules", file)}" "$@"\n`, { mode: 0o755 });
}
