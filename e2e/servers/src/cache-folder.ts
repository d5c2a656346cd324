import { homedir } from "node:os";
import path from "node:path";

/** Where what takes minutes to build is kept: outside of the repository, so that every clone of it shares it. */
export function cacheFolder(): string {
  return path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "zen-tests");
}
