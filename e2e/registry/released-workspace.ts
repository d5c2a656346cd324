import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { npmrcOf, startVerdaccio, type RunningServer } from "@zen-tests/servers";
import { workspacePackages } from "../../scripts/workspace.ts";
import { workspace } from "../src/project.ts";
import { Machine } from "./machine.ts";

/** A registry that has this workspace's packages as the next release will be. */
export interface ReleasedWorkspace {
  readonly registry: RunningServer;
  /** What the release has said. */
  readonly output: string;
  /** The tags that it made, such as `@zen/core@0.2.0`. */
  readonly tags: readonly string[];
}

/** Makes the next release: `changeset version` in a copy of the workspace, then the script of `npm run release`, to Verdaccio. */
export async function releaseWorkspace(): Promise<ReleasedWorkspace> {
  console.error("Releasing the workspace to Verdaccio …");
  const registry = await startVerdaccio();
  const machine = new Machine(registry);
  const copy = mkdtempSync(path.join(tmpdir(), "zen-release-"));
  try {
    copyWorkspace(copy);
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-c", "user.name=zen", "-c", "user.email=zen@localhost", ...args], { cwd: copy, encoding: "utf8" });
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("commit", "-q", "-m", "Everything");
    // A tag has a message, and so somebody who wrote it.
    git("config", "user.name", "zen");
    git("config", "user.email", "zen@localhost");
    // The registry is told as npm itself is told it; where that isn't passed on, nothing is published anywhere.
    machine.write("home", { ".npmrc": npmrcOf(registry).replace(registry.url, "http://127.0.0.1:9") });
    const tools = {
      npm_config_registry: registry.url,
      pnpm_config_verify_deps_before_run: "false",
      PATH: `${path.join(workspace, "node_modules/.bin")}:${machine.env["PATH"]}`,
    };
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await machine.run(copy, [process.execPath, ...args], tools);
      if (code !== 0) throw new Error(`${args.join(" ")} exited with ${code}:\n${stdout}${stderr}`);
      return stdout + stderr;
    };
    await run("node_modules/@changesets/cli/bin.js", "version");
    const output = await run("scripts/release.ts");
    return { registry, output, tags: git("tag").trim().split("\n") };
  } catch (error) {
    await registry[Symbol.asyncDispose]();
    throw error;
  } finally {
    machine.remove();
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What git has, what was built of it, and what is installed. */
function copyWorkspace(copy: string): void {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: workspace,
    encoding: "utf8",
  });
  for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(path.join(workspace, name)))) {
    mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
    cpSync(path.join(workspace, file), path.join(copy, file));
  }
  // Of what is installed only what a release runs, and the links from package to package, from which pnpm takes their versions. The
  // whole folder must not be shared: pnpm would install anew for the other root, into the node_modules of this workspace.
  mkdirSync(path.join(copy, "node_modules/@changesets"), { recursive: true });
  symlinkSync(realpathSync(path.join(workspace, "node_modules/@changesets/cli")), path.join(copy, "node_modules/@changesets/cli"), "dir");
  for (const { folder } of workspacePackages().filter(({ published }) => published)) {
    for (const made of ["node_modules/@zen", "dist"]) {
      const from = path.join(workspace, folder, made);
      if (existsSync(from)) cpSync(from, path.join(copy, folder, made), { recursive: true, verbatimSymlinks: true });
    }
  }
}
