import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { npmrcOf, type RunningServer } from "@zen-tests/servers";
import { commandEnv, ended, type Ended } from "../src/project.ts";

/** Packages, by name: the files of each, `package.json` among them. */
export type Packages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The machine of somebody who uses a registry: a home with the settings and caches of all package managers, and folders. */
export class Machine {
  readonly registry: RunningServer;
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-registry-")));
  readonly home = path.join(this.root, "home");

  constructor(registry: RunningServer) {
    this.registry = registry;
    this.write("home", { ".npmrc": npmrcOf(registry) });
  }

  /** Makes a folder, or adds files to it. */
  write(name: string, files: Readonly<Record<string, string | object>>): string {
    const folder = path.join(this.root, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
    return folder;
  }

  /** Nothing of the tests' own surroundings; in CI some package managers refuse to write their lockfile. */
  get env(): NodeJS.ProcessEnv {
    const inherited = Object.entries(commandEnv(process.env)).filter(
      ([name]) => !/^(ZEN|NODE_|VITEST|XDG_|YARN_|PNPM_|BUN_|GITHUB_|GITLAB_|FORCE_COLOR$|CI$|INIT_CWD$)/i.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      HOME: this.home,
      NO_COLOR: "1",
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
    };
  }

  /** Runs a command in a folder. */
  run(folder: string, [program, ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return ended(spawn(program!, args, { cwd: folder, env: { ...this.env, ...env }, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Publishes packages with npm. */
  async publish(packages: Packages): Promise<void> {
    for (const [name, files] of Object.entries(packages)) {
      const { code, stderr } = await this.run(this.write(`sources/${name}`, files), ["npm", "publish"]);
      if (code !== 0) throw new Error(`${name} was not published:\n${stderr}`);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
