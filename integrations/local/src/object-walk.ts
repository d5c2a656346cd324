import { readdir } from "node:fs/promises";
import path from "node:path";
import { folderPath, type KeyBytes, readEntry, toKeyBytes } from "./object-path.ts";

/** An object that a walk came by. */
export interface FoundObject {
  readonly key: KeyBytes;
  /** Its file. */
  readonly file: string;
}

/** What a walk looks for: keys that begin with `prefix` and come after `after`. */
interface Bounds {
  readonly prefix: KeyBytes;
  readonly after: KeyBytes;
}

/**
 * The first `limit` objects in the order of their keys' bytes. Memory is that of the folders on the way, not of the tree.
 *
 * @param root the store's folder
 */
export async function findObjects(
  root: string,
  prefix: string,
  after: string,
  limit: number,
  signal?: AbortSignal,
): Promise<FoundObject[]> {
  // Whole segments of the prefix name a folder: the walk begins there.
  const segments = prefix.split("/").slice(0, -1);
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..") || Buffer.byteLength(prefix) > 900) return [];
  const found: FoundObject[] = [];
  const bounds: Bounds = { prefix: toKeyBytes(prefix), after: toKeyBytes(after) };
  const base = segments.map((segment) => `${segment}/`).join("");
  await walk(path.join(root, folderPath(segments)), segments.length, toKeyBytes(base));
  return found;

  async function walk(folder: string, depth: number, above: KeyBytes): Promise<void> {
    signal?.throwIfAborted();
    for (const { kind, key, name } of await entriesOf(folder, depth, above, bounds)) {
      if (found.length >= limit) return;
      const below = path.join(folder, name);
      if (kind === "object") found.push({ key, file: below });
      else await walk(below, kind === "folder" ? depth + 1 : depth, key);
    }
  }
}

/** The entries of a folder in which there may be something to find, sorted. A folder's key ends in `/`. */
async function entriesOf(
  folder: string,
  depth: number,
  above: KeyBytes,
  { prefix, after }: Bounds,
): Promise<{ kind: "object" | "folder" | "rest"; key: KeyBytes; name: string }[]> {
  const entries = [];
  for (const entry of await readFolder(folder)) {
    const read = entry.isFile() || entry.isDirectory() ? readEntry(entry.name, entry.isDirectory(), depth) : undefined;
    if (read === undefined) continue;
    const { kind, bytes } = read;
    const key = above + bytes + (kind === "folder" ? "/" : "");
    const wanted =
      kind === "object"
        ? key.startsWith(prefix) && key > after
        : (key.startsWith(prefix) || prefix.startsWith(key)) && (key > after || after.startsWith(key));
    if (wanted) entries.push({ kind, key, name: entry.name });
  }
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
