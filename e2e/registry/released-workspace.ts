import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
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
      // As a job of CI has it.
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "ada/zen",
      PATH: `${path.join(workspace, "node_modules/.bin")}:${machine.env["PATH"]}`,
    };
    const run = async (folder: string, ...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await machine.run(path.join(copy, folder), [process.execPath, ...args], tools);
      if (code !== 0) throw new Error(`${args.join(" ")} exited with ${code}:\n${stdout}${stderr}`);
      return stdout + stderr;
    };
    await run(".", "node_modules/@changesets/cli/bin.js", "version");
    // The packages whose builds have versions of others in them.
    for (const folder of ["packages/create-integration", "packages/create"])
      await run(folder, "node_modules/rolldown/bin/cli.mjs", "-c", "rolldown.config.mjs");
    const output = await run(".", "scripts/release.ts");
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
  // The folder of all packages must not be shared: pnpm would install anew for the other root, into that of this workspace. So what
  // is installed is linked one by one, and only the links from package to package, from which pnpm takes versions, stay within.
  linkInstalled(path.join(workspace, "node_modules"), path.join(copy, "node_modules"), ["@changesets"]);
  for (const { folder } of workspacePackages().filter(({ published }) => published)) {
    linkInstalled(path.join(workspace, folder, "node_modules"), path.join(copy, folder, "node_modules"));
    const dist = path.join(workspace, folder, "dist");
    if (existsSync(dist)) cpSync(dist, path.join(copy, folder, "dist"), { recursive: true });
  }
}

function linkInstalled(from: string, to: string, names = readdirSync(from).filter((name) => !name.startsWith("."))): void {
  mkdirSync(to, { recursive: true });
  for (const name of names) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    if (name.startsWith("@") && !lstatSync(source).isSymbolicLink()) linkInstalled(source, target);
    else if (path.basename(from) === "@zen") symlinkSync(readlinkSync(source), target, "dir");
    else symlinkSync(realpathSync(source), target, "dir");
  }
}
