// npm run release: publishes every package whose version the registry doesn't have yet, and tags what was published.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { ROOT, workspacePackages } from "./workspace.ts";

// pnpm, which packs and publishes for changesets, reads .npmrc but not npm's variables.
for (const setting of ["registry", "provenance"]) {
  const given = Object.keys(process.env).find((name) => name.toLowerCase() === `npm_config_${setting}`);
  if (given !== undefined) process.env[`pnpm_config_${setting}`] ??= process.env[given];
}
const files = workspacePackages().flatMap(({ published, folder }) => (published ? [path.join(ROOT, folder, "package.json")] : []));
const before = files.map((file) => [file, readFileSync(file, "utf8")] as const);
// A Ctrl-C reaches the child as well, which ends by it; the files are put back then.
process.on("SIGINT", () => {});
try {
  nameRepository(files, process.env);
  const changeset = path.join(ROOT, "node_modules/@changesets/cli/bin.js");
  process.exitCode =
    spawnSync(process.execPath, [changeset, "publish", ...process.argv.slice(2)], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} finally {
  for (const [file, text] of before) writeFileSync(file, text);
}

/**
 * Writes into each package.json the repository that a CI job runs in, which provenance compares with it: where this one is kept
 * is for its owner to say.
 */
function nameRepository(manifests: readonly string[], env: NodeJS.ProcessEnv): void {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, CI_PROJECT_URL: gitlab } = env;
  const url = server !== undefined && repository !== undefined ? `${server}/${repository}` : gitlab;
  if (url === undefined) return;
  for (const file of manifests) {
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { repository?: unknown };
    const directory = path.relative(ROOT, path.dirname(file)).replaceAll(path.sep, "/");
    manifest.repository ??= { type: "git", url: `git+${url}.git`, directory };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}
