import { realpathSync } from "node:fs";
import path from "node:path";

const own = path.dirname(__dirname);

/**
 * This package: what is installed beside a global `zen`, such as a flavor, counts. By the path that it was started by, if that
 * leads here: from pnpm's store no path leads back to the folder that a person installed it into.
 */
export const HOST_FOLDERS: readonly string[] = [startedBy() ?? own];

function startedBy(): string | undefined {
  const folder = path.resolve(process.argv[1] ?? "", "../..");
  try {
    return realpathSync(folder) === own ? folder : undefined;
  } catch {
    return undefined;
  }
}
