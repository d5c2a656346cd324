import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** The registry that npm uses in a folder, and what it asks for. */
export interface Registry {
  /** Ends with `/`. */
  readonly url: string;
  /** For the header `authorization`. */
  readonly token: string | undefined;
}

/** Reads npm's configuration: the environment, then the `.npmrc` of the project, then that of the user. */
export function configuredRegistry(folder: string, env: NodeJS.ProcessEnv = process.env): Registry {
  const settings = {
    ...readNpmrc(env["npm_config_userconfig"] ?? path.join(homedir(), ".npmrc"), env),
    ...readNpmrc(projectNpmrc(folder), env),
  };
  const given = env["npm_config_registry"] ?? env["NPM_CONFIG_REGISTRY"] ?? settings["registry"] ?? "https://registry.npmjs.org/";
  const url = given.endsWith("/") ? given : `${given}/`;
  return { url, token: settings[`${url.replace(/^https?:/, "")}:_authToken`] };
}

/** npm reads the one beside the nearest package.json. */
function projectNpmrc(folder: string): string {
  let at = folder;
  while (!existsSync(path.join(at, "package.json")) && path.dirname(at) !== at) at = path.dirname(at);
  return path.join(at, ".npmrc");
}

/** An ini file of `key = value`; `${NAME}` is a variable of the environment. */
function readNpmrc(file: string, env: NodeJS.ProcessEnv): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // Most people have none.
    return {};
  }
  const pairs = text.split("\n").flatMap((line) => {
    const [, key, value] = /^\s*([^#;\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, unquoted(value!).replace(/\$\{(\w+)\}/g, (whole, name: string) => env[name] ?? whole)]];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
