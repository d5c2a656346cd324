import { homedir } from "node:os";
import path from "node:path";
import { isObject, readYamlFile } from "@zen/core/light";
import { textNow } from "../text-now.ts";
import { packageManager } from "./package-manager.ts";

/** In npm's words, whoever said it: `registry`, `@acme:registry`, `//host/:_authToken`, `proxy`, `https-proxy`, `noproxy`, `cafile`. */
export type RegistrySettings = Readonly<Record<string, string>>;

/**
 * What the package manager of a project has configured of registries.
 *
 * @throws ZenError `broken_file`
 */
export async function readRegistrySettings(folder: string, env: NodeJS.ProcessEnv): Promise<RegistrySettings> {
  const { name, version, root } = packageManager(folder) ?? { name: "npm", version: "", root: folder };
  const npm = npmSettings(root, env);
  if (name === "pnpm") return { ...npm, ...(await pnpmSettings(root)) };
  if (name !== "yarn" || version === "1") return npm;
  // Yarn takes nothing from npm. How npm reaches registries is a help where Yarn doesn't say.
  const { proxy, "https-proxy": httpsProxy, noproxy, cafile } = npm;
  const way = Object.entries({ proxy, "https-proxy": httpsProxy, noproxy, cafile }).filter(([, value]) => value !== undefined);
  return { registry: "https://registry.yarnpkg.com/", ...Object.fromEntries(way), ...(await yarnSettings(folder, env)) };
}

/** The environment, then the `.npmrc` of the project (in a workspace its root's alone), of the user, and of all users. */
function npmSettings(root: string, env: NodeJS.ProcessEnv): RegistrySettings {
  const user = readNpmrc(env["npm_config_userconfig"] ?? path.join(homedir(), ".npmrc"), env);
  const prefix = env["npm_config_prefix"] ?? user["prefix"] ?? path.dirname(path.dirname(process.execPath));
  return {
    ...readNpmrc(env["npm_config_globalconfig"] ?? path.join(prefix, "etc/npmrc"), env),
    ...user,
    ...readNpmrc(path.join(root, ".npmrc"), env),
    ...npmVariables(env),
  };
}

function npmVariables(env: NodeJS.ProcessEnv): RegistrySettings {
  const settings = ["registry", "cafile", "proxy", "https-proxy", "noproxy"].map((key) => {
    const name = `npm_config_${key.replace("-", "_")}`;
    return [key, env[name] ?? env[name.toUpperCase()]];
  });
  return Object.fromEntries(settings.filter(([, value]) => value !== undefined && value !== "")) as RegistrySettings;
}

/** An ini file of `key = value`. */
function readNpmrc(file: string, env: NodeJS.ProcessEnv): Record<string, string> {
  // Most people have none.
  const pairs = (textNow(file) ?? "").split("\n").flatMap((line) => {
    const [, key, value] = /^\s*([^#;\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, withVariables(unquoted(value!), env)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** `${NAME}`, and Yarn's `${NAME-what counts without it}`. */
function withVariables(text: string, env: NodeJS.ProcessEnv): string {
  return text.replace(/\$\{(\w+)(?::?-([^}]*))?\}/g, (whole, name: string, otherwise?: string) => env[name] ?? otherwise ?? whole);
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

/** What `pnpm-workspace.yaml` says, which counts more than an `.npmrc`. Its registries may be keyed by their scope or by their URL. */
async function pnpmSettings(root: string): Promise<RegistrySettings> {
  const yaml = (await readYamlFile(path.join(root, "pnpm-workspace.yaml"))) ?? {};
  const settings: Record<string, string> = {};
  const set = (key: string, value: unknown): void => {
    // pnpm has no variables there: the file is committed, and could send what they have to anybody.
    if (typeof value === "string" && !value.includes("${")) settings[key] = value;
  };
  for (const [key, value] of Object.entries(objectOf(yaml["registries"]))) {
    if (typeof value === "string") set(key === "default" ? "registry" : `${key}:registry`, value);
    else for (const scope of listOf(objectOf(value)["scopes"])) set(scope === "@" ? "registry" : `${String(scope)}:registry`, key);
  }
  for (const [key, name] of [
    ["registry", "registry"],
    ["httpProxy", "proxy"],
    ["httpsProxy", "https-proxy"],
    ["noProxy", "noproxy"],
  ] as const)
    set(name, yaml[key]);
  return settings;
}

/** What the `.yarnrc.yml` of the folder, of those above it, and of the user say. The nearest counts. */
async function yarnSettings(folder: string, env: NodeJS.ProcessEnv): Promise<RegistrySettings> {
  const settings: Record<string, string> = {};
  const set = (key: string, value: unknown): void => {
    if (typeof value === "string") settings[key] ??= withVariables(value, env);
  };
  const files = [...foldersUp(folder), homedir()].map((at) => path.join(at, ".yarnrc.yml"));
  const read = await Promise.all(files.map(async (file) => ({ file, yaml: (await readYamlFile(file)) ?? {} })));
  for (const { file, yaml } of read) {
    set("registry", yaml["npmRegistryServer"]);
    set("proxy", yaml["httpProxy"]);
    set("https-proxy", yaml["httpsProxy"]);
    if (typeof yaml["httpsCaFilePath"] === "string") set("cafile", path.resolve(path.dirname(file), yaml["httpsCaFilePath"]));
    for (const [name, scope] of Object.entries(objectOf(yaml["npmScopes"]))) set(`@${name}:registry`, objectOf(scope)["npmRegistryServer"]);
  }
  // Whose they are may stand in another file.
  const registry = settings["registry"] ?? "https://registry.yarnpkg.com/";
  for (const { yaml } of read) {
    const tell = (url: string, value: unknown): void => {
      const { npmAuthToken: token, npmAuthIdent: ident } = objectOf(value);
      const at = url.replace(/^https?:/, "").replace(/\/*$/, "/");
      set(`${at}:_authToken`, token);
      if (typeof ident === "string")
        set(`${at}:_auth`, ident.includes(":") ? Buffer.from(withVariables(ident, env)).toString("base64") : ident);
    };
    for (const [name, scope] of Object.entries(objectOf(yaml["npmScopes"]))) tell(settings[`@${name}:registry`] ?? registry, scope);
    for (const [url, value] of Object.entries(objectOf(yaml["npmRegistries"]))) tell(url, value);
    tell(registry, yaml);
  }
  return settings;
}

function foldersUp(folder: string): string[] {
  const above = path.dirname(folder);
  return above === folder ? [folder] : [folder, ...foldersUp(above)];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
