import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { npmrcOf, startVerdaccio } from "./verdaccio.ts";

test("packages are published, and installed with those of the configured registry; what is published survives a kill", async () => {
  const server = await startVerdaccio();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const root = mkdtempSync(path.join(tmpdir(), "zen-verdaccio-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const npm = async (folder: string, ...args: string[]): Promise<string> => {
    const env = { PATH: [path.dirname(process.execPath), process.env["PATH"]].join(":"), HOME: root, npm_config_cache: `${root}/cache` };
    return (await promisify(execFile)("npm", args, { cwd: path.join(root, folder), env, encoding: "utf8" })).stdout.trim();
  };
  const write = (folder: string, manifest: object): void => {
    mkdirSync(path.join(root, folder));
    writeFileSync(path.join(root, folder, "package.json"), JSON.stringify(manifest));
  };
  writeFileSync(path.join(root, ".npmrc"), npmrcOf(server));
  write("ours", { name: "@acme/ours", version: "1.0.0", dependencies: { devalue: "6.0.3" } });
  write("theirs", { name: "devalue", version: "99.0.0" });
  write("project", { name: "project", private: true });

  await npm("ours", "publish");
  await server.kill();
  await server.start();
  await npm("project", "install", "@acme/ours");
  expect(existsSync(path.join(root, "project/node_modules/devalue/package.json"))).toBe(true);
  // Which would stay in the cache, for every test after this one.
  await expect(npm("theirs", "publish")).rejects.toThrow("E401");
  // Its own packages are nobody else's.
  await expect(npm("project", "view", "@zen/core", "name")).rejects.toThrow("E404");
});
