import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { ZenError } from "../error/zen-error.ts";

/** The folder of zen's own files: `ZENML_CONFIG_PATH`, else the place that the system has for such folders. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["ZENML_CONFIG_PATH"]) return resolve(env["ZENML_CONFIG_PATH"]);
  if (process.platform === "win32" && env["APPDATA"]) return join(env["APPDATA"], "zen");
  if (process.platform === "win32") return join(home(), "AppData", "Roaming", "zen");
  if (process.platform === "darwin") return join(home(), "Library", "Application Support", "zen");
  const base = env["XDG_CONFIG_HOME"];
  return join(base && isAbsolute(base) ? base : join(env["HOME"] || home(), ".config"), "zen");
}

function home(): string {
  try {
    return homedir();
  } catch (error) {
    // A container that runs under a user id without an entry in /etc/passwd, and without HOME.
    throw new ZenError("no_home_folder", "zen can't find your home folder, where its configuration would be.", {
      hint: "Say where it should be: export ZENML_CONFIG_PATH=/some/folder",
      cause: error,
    });
  }
}
