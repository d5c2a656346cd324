import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder for what zen can make anew: where the system has caches. Undefined for a user without a home folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const home = env["HOME"] || homeOfUser();
  if (process.platform === "win32") return env["LOCALAPPDATA"] ? join(env["LOCALAPPDATA"], "zen", "cache") : undefined;
  if (process.platform === "darwin") return home && join(home, "Library", "Caches", "zen");
  const base = env["XDG_CACHE_HOME"];
  return base && isAbsolute(base) ? join(base, "zen") : home && join(home, ".cache", "zen");
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
