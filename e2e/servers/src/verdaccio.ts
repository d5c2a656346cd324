import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { npmProgram, npmSetting } from "./npm-program.ts";
import { startServer, type RunningServer } from "./running-server.ts";

/** What is published to it, and never looked for elsewhere. */
const OWN = ["@zen/*", "@acme/*", "acme-*", "zen-integration-*"];
/** Packages of others change little enough for tests, and looking for news costs a request for each package. */
const FRESH = "1d";

/** What a registry is for. */
export interface VerdaccioOptions {
  /**
   * Patterns of the packages that can be published to it; all others come from the registry that npm is configured to, and stay in
   * the cache of the tests.
   *
   * @default ["@zen/*", "@acme/*", "acme-*", "zen-integration-*"]
   */
  readonly own?: readonly string[];
  /** Shows these only to those who have signed up. By default to anybody. */
  readonly members?: boolean;
  /** Has what is published to it and nothing else: each search is passed on otherwise, which takes a second. */
  readonly alone?: boolean;
}

/** Starts Verdaccio, a registry for npm, in which nothing is published. Anybody may publish: {@link npmrcOf} has a token. */
export async function startVerdaccio({ own = OWN, members = false, alone = false }: VerdaccioOptions = {}): Promise<RunningServer> {
  const program = await npmProgram({
    name: "verdaccio",
    version: "6.10.4",
    file: "bin/verdaccio",
    // Not every registry has the version that it asks for.
    overrides: { "node-fetch": "2.7.0" },
  });
  const [registry = "", cafile] = [await npmSetting("registry"), await npmSetting("cafile")];
  // What it keeps of a package says where it came from.
  const cached = path.join(cacheFolder(), `npm-packages-${createHash("sha256").update(registry).digest("hex").slice(0, 8)}`);
  mkdirSync(cached, { recursive: true });
  return startServer({
    program: process.execPath,
    args: (port, folder) => {
      const file = path.join(folder, "config.yaml");
      mkdirSync(path.join(folder, "storage"), { recursive: true });
      // Where the configuration has nothing of it, a search ends at it: no name behind it in the alphabet is found.
      if (!alone) symlinkIfNone(cached, path.join(folder, "storage", "cached"));
      // JSON is YAML.
      writeFileSync(
        file,
        JSON.stringify(configuration({ own, access: members ? "$authenticated" : "$all", registry: alone ? undefined : registry, folder })),
      );
      return [program, "--config", file, "--listen", `127.0.0.1:${port}`];
    },
    env: { ...(cafile === undefined ? {} : { NODE_EXTRA_CA_CERTS: cafile }), NODE_OPTIONS: "" },
    isReady: async (url) => (await fetch(`${url}/-/ping`)).ok,
  });
}

/** The `.npmrc` of somebody who uses this registry, and may publish to it. */
export function npmrcOf({ url, port }: RunningServer): string {
  return `registry=${url}/\n//127.0.0.1:${port}/:_authToken=anybody\n`;
}

interface Configuration {
  readonly own: readonly string[];
  readonly access: string;
  readonly registry: string | undefined;
  readonly folder: string;
}

function configuration({ own, access, registry, folder }: Configuration): object {
  const published = own.map((pattern) => [pattern, { access, publish: "$all", unpublish: "$all" }]);
  return {
    storage: path.join(folder, "storage"),
    ...(registry === undefined
      ? { packages: Object.fromEntries(published) }
      : {
          uplinks: { configured: { url: registry, maxage: FRESH, timeout: "60s", max_fails: 100, fail_timeout: "1s", cache: true } },
          packages: { ...Object.fromEntries(published), "**": { access: "$all", proxy: "configured", storage: "cached" } },
        }),
    auth: { htpasswd: { file: path.join(folder, "members") } },
    web: { enable: false },
    max_body_size: "100mb",
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
}

function symlinkIfNone(target: string, file: string): void {
  try {
    symlinkSync(target, file, "dir");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
