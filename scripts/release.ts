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
const undo = nameRepository(process.env);
try {
  const changeset = path.join(ROOT, "node_modules/@changesets/cli/bin.js");
  process.exitCode =
    spawnSync(process.execPath, [changeset, "publish", ...process.argv.slice(2)], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} finally {
  undo();
}

/**
 * Writes into each package.json the repository that a CI job runs in, which provenance compares with it: where this one is kept
 * is for its owner to say. @returns what puts the files back
 */
function nameRepository(env: NodeJS.ProcessEnv): () => void {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, CI_PROJECT_URL: gitlab } = env;
  const url = server !== undefined && repository !== undefined ? `${server}/${repository}` : gitlab;
  if (url === undefined) return () => {};
  const files = workspacePackages().filter(({ published }) => published);
  const before = files.map(({ folder }) => {
    const file = path.join(ROOT, folder, "package.json");
    const text = readFileSync(file, "utf8");
    const manifest = JSON.parse(text) as { repository?: unknown };
    manifest.repository ??= { type: "git", url: `git+${url}.git`, directory: folder };
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    return { file, text };
  });
  return () => {
    for (const { file, text } of before) writeFileSync(file, text);
  };
}
