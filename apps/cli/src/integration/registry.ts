import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { homedir } from "node:os";
import path from "node:path";
import tls from "node:tls";

/** A registry that npm uses in a folder, and what it asks for. */
export interface Registry {
  /** Ends with `/`. */
  readonly url: string;
  /** The scope whose packages come from it, such as `@acme`; undefined for the one that all others come from. */
  readonly scope: string | undefined;
  /** For the header `authorization`. */
  readonly token: string | undefined;
}

/** What npm's configuration says of a folder: the environment, then the `.npmrc` of the project, then that of the user. */
export class NpmSettings {
  readonly #settings: Readonly<Record<string, string>>;

  constructor(folder: string, env: NodeJS.ProcessEnv = process.env) {
    this.#settings = {
      ...readNpmrc(env["npm_config_userconfig"] ?? path.join(homedir(), ".npmrc"), env),
      ...readNpmrc(projectNpmrc(folder), env),
      ...fromEnvironment(env),
    };
  }

  /** The registry of most packages, then those that have a scope's. */
  get registries(): readonly Registry[] {
    const scoped = Object.entries(this.#settings).flatMap(([key, url]) => {
      const [, scope] = /^(@[^:/]+):registry$/.exec(key) ?? [];
      return scope === undefined ? [] : [this.#registry(url, scope)];
    });
    return [this.#registry(this.#settings["registry"] ?? "https://registry.npmjs.org/", undefined), ...scoped];
  }

  #registry(given: string, scope: string | undefined): Registry {
    const url = given.endsWith("/") ? given : `${given}/`;
    return { url, scope, token: this.#settings[`${url.replace(/^https?:/, "")}:_authToken`] };
  }

  /** Lets this process reach registries as npm does: through its proxies, and with its certificates. */
  applyToFetch(): void {
    const { proxy, "https-proxy": httpsProxy = proxy, noproxy, cafile } = this.#settings;
    const proxies = { http_proxy: proxy, https_proxy: httpsProxy, no_proxy: noproxy };
    if (proxy !== undefined || httpsProxy !== undefined)
      http.setGlobalProxyFromEnv(Object.fromEntries(Object.entries(proxies).filter(([, value]) => value !== undefined)));
    const own = cafile === undefined ? undefined : textOf(cafile);
    if (own !== undefined) tls.setDefaultCACertificates([...tls.getCACertificates("default"), own]);
  }
}

/** `npm_config_…`, and the variables for proxies that npm takes from anybody. */
function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const settings: Record<string, string> = {};
  const set = (key: string, ...names: readonly string[]): void => {
    const value = names.flatMap((name) => [env[name], env[name.toUpperCase()]]).find((one) => one !== undefined && one !== "");
    if (value !== undefined) settings[key] = value;
  };
  set("registry", "npm_config_registry");
  set("cafile", "npm_config_cafile");
  set("proxy", "npm_config_proxy", "http_proxy");
  set("https-proxy", "npm_config_https_proxy", "https_proxy", "npm_config_proxy", "http_proxy");
  set("noproxy", "npm_config_noproxy", "no_proxy");
  return settings;
}

/** npm reads the one beside the nearest package.json. */
function projectNpmrc(folder: string): string {
  let at = folder;
  while (!existsSync(path.join(at, "package.json")) && path.dirname(at) !== at) at = path.dirname(at);
  return path.join(at, ".npmrc");
}

/** An ini file of `key = value`; `${NAME}` is a variable of the environment. */
function readNpmrc(file: string, env: NodeJS.ProcessEnv): Record<string, string> {
  // Most people have none.
  const pairs = (textOf(file) ?? "").split("\n").flatMap((line) => {
    const [, key, value] = /^\s*([^#;\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, unquoted(value!).replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
