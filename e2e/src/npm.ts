import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { madeOnce } from "./cache.ts";
import { commandEnv, ended, type Ended } from "./project.ts";
import { startRegistry } from "./registry.ts";
import { workspaceTarballs, type Tarball } from "./tarball.ts";

const SCOPES = ["@zen", "@acme"];

/**
 * A folder in which these commands of npm were run, one after the other: made once, to be copied by {@link copyOf}.
 * The registry has this workspace's packages, as they would be published, and `others`.
 *
 * @param commands such as `["init -y", "install @zen/core"]`
 */
export async function npmFolder(commands: readonly string[], others: readonly Tarball[] = []): Promise<string> {
  const tarballs = [...(await workspaceTarballs()), ...others];
  const hash = createHash("sha256").update(JSON.stringify(commands));
  for (const { manifest, bytes } of tarballs) hash.update(`${manifest.name}@${manifest.version} ${bytes.length}`).update(bytes);
  const made = await madeOnce(`npm-${hash.digest("hex").slice(0, 16)}`, async (draft) => {
    const folder = path.join(draft, "project");
    mkdirSync(folder);
    const registry = await startRegistry(tarballs);
    try {
      for (const command of commands) {
        const { code, stdout, stderr } = await npm(folder, [
          ...command.split(" "),
          ...SCOPES.map((scope) => `--${scope}:registry=${registry.url}`),
        ]);
        if (code !== 0) throw new Error(`npm ${command} exited with ${code}:\n${stdout}${stderr}`);
      }
    } finally {
      registry.close();
    }
  });
  return path.join(made, "project");
}

/** For {@link ProjectOptions.install}: fills the project with what npm has installed elsewhere. */
export function copyOf(folder: string): (project: string) => void {
  return (project) => cpSync(folder, project, { recursive: true, verbatimSymlinks: true });
}

function npm(cwd: string, args: readonly string[]): Promise<Ended> {
  const child = spawn("npm", [...args, "--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier"], {
    cwd,
    // A registry or proxy that this machine needs is kept.
    env: {
      ...commandEnv(process.env, /^npm_config_(registry|cafile|(https?|no)?_?proxy)$/i),
      npm_config_cache: path.join(tmpdir(), "zen-e2e-npm"),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return ended(child);
}
