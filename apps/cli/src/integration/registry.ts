import http from "node:http";
import tls from "node:tls";
import { ZenError } from "@zen/core/light";
import { textNow } from "../text-now.ts";
import { readRegistrySettings, type RegistrySettings } from "./registry-settings.ts";

/** A registry that a project's packages come from, and what it asks for. */
export interface Registry {
  /** Ends with `/`. */
  readonly url: string;
  /** The scope whose packages come from it, such as `@acme`; undefined for the one that all others come from. */
  readonly scope: string | undefined;
  /** The header of that name. */
  readonly authorization: string | undefined;
}

/** The registries of a project, and the way to them, as its package manager has it. */
export class Registries {
  readonly #settings: RegistrySettings;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(settings: RegistrySettings, env: NodeJS.ProcessEnv) {
    this.#settings = settings;
    this.#env = env;
  }

  /** @throws ZenError `broken_file` */
  static async of(folder: string, env: NodeJS.ProcessEnv = process.env): Promise<Registries> {
    return new Registries(await readRegistrySettings(folder, env), env);
  }

  /** The registry of most packages, then those that have a scope's. */
  get all(): readonly Registry[] {
    const scoped = Object.entries(this.#settings).flatMap(([key, url]) => {
      const [, scope] = /^(@[^:/]+):registry$/.exec(key) ?? [];
      return scope === undefined ? [] : [this.#registry(url, scope)];
    });
    return [this.#registry(this.#settings["registry"] ?? "https://registry.npmjs.org/", undefined), ...scoped];
  }

  #registry(given: string, scope: string | undefined): Registry {
    const [, scheme = "", account, rest = given] = /^(https?:\/\/)(?:([^/@]*)@)?(.*)$/.exec(given) ?? [];
    const url = `${scheme}${rest.replace(/\/$/, "")}/`;
    // One within the URL is refused by fetch, and would be printed with it.
    const basic = account === undefined ? undefined : `Basic ${Buffer.from(decodeURIComponent(account)).toString("base64")}`;
    return { url, scope, authorization: basic ?? this.#authorization(url) };
  }

  /** What is said of the registry's folder, or of the nearest above it. */
  #authorization(url: string): string | undefined {
    for (let at = url.replace(/^https?:/, ""); at.length > 2; at = at.replace(/([^/]+|\/)$/, "")) {
      const [token, basic, username, password] = ["_authToken", "_auth", "username", "_password"].map(
        (key) => this.#settings[`${at}:${key}`],
      );
      if (token !== undefined) return `Bearer ${token}`;
      if (basic !== undefined) return `Basic ${basic}`;
      if (username !== undefined && password !== undefined)
        return `Basic ${Buffer.from(`${username}:${Buffer.from(password, "base64").toString()}`).toString("base64")}`;
    }
    return undefined;
  }

  /**
   * Lets this process reach registries as npm does: through its proxies, and with its certificates.
   *
   * @throws ZenError `bad_proxy`
   */
  applyToFetch(): void {
    const plain = this.#setting("proxy");
    const proxies = {
      http_proxy: plain ?? this.#variable("https_proxy", "http_proxy"),
      https_proxy: this.#setting("https-proxy") ?? plain ?? this.#variable("https_proxy", "http_proxy"),
      no_proxy: this.#setting("noproxy") ?? this.#variable("no_proxy"),
    };
    for (const proxy of [proxies.http_proxy, proxies.https_proxy]) if (proxy !== undefined) assertProxy(proxy);
    http.setGlobalProxyFromEnv(Object.fromEntries(Object.entries(proxies).filter(([, value]) => value !== undefined)));
    const cafile = this.#setting("cafile");
    const own = cafile === undefined ? undefined : textNow(cafile);
    if (own !== undefined) tls.setDefaultCACertificates([...tls.getCACertificates("default"), own]);
  }

  /** `npm config set proxy null` is how people take a proxy away. */
  #setting(key: string): string | undefined {
    const value = this.#settings[key];
    return value === undefined || ["", "null", "false"].includes(value) ? undefined : value;
  }

  #variable(...names: readonly string[]): string | undefined {
    return names.flatMap((name) => [this.#env[name], this.#env[name.toUpperCase()]]).find((value) => value !== undefined && value !== "");
  }
}

function assertProxy(proxy: string): void {
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return;
  // It may have a password.
  throw new ZenError("bad_proxy", `The registry can't be reached through the proxy "${proxy.replace(/[^/]*@/, "***@")}".`, {
    exitCode: 2,
    hint: "A proxy is the URL of one for HTTP, such as http://127.0.0.1:3128. Where npm gets it from: npm config list",
  });
}
