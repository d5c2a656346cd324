// npm run release: publishes every package whose version the registry doesn't have yet, and tags what was published.
import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { ROOT } from "./workspace.ts";

// pnpm, which packs and publishes for changesets, reads .npmrc but not npm's variables.
for (const setting of ["registry", "provenance"]) {
  const given = Object.keys(process.env).find((name) => name.toLowerCase() === `npm_config_${setting}`);
  if (given !== undefined) process.env[`pnpm_config_${setting}`] ??= process.env[given];
}
const changeset = path.join(ROOT, "node_modules/@changesets/cli/bin.js");
process.exitCode =
  spawnSync(process.execPath, [changeset, "publish", ...process.argv.slice(2)], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
