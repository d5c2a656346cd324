import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ROOT = path.join(tmpdir(), "zen-e2e-cache");
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * A folder that is made once for each key, and used by every later run of the tests. Two processes that make it at once
 * both do the work, and one of them is thrown away: a rename is all that publishes a folder.
 */
export async function madeOnce(key: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(ROOT, key);
  if (existsSync(folder)) {
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  mkdirSync(ROOT, { recursive: true });
  removeUnused();
  const draft = mkdtempSync(path.join(ROOT, ".draft-"));
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  return folder;
}

/** What another state of the sources had made. */
function removeUnused(): void {
  for (const name of readdirSync(ROOT)) {
    const folder = path.join(ROOT, name);
    const usedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - usedAt > DAY_MILLISECONDS) rmSync(folder, { recursive: true, force: true });
  }
}
