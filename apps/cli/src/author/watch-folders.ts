import { readdirSync, statSync, watch, type FSWatcher } from "node:fs";
import path from "node:path";

/** What is watched, and who is told. Paths are relative to the folder. */
export interface Watching {
  /** Whether nothing at a path, or below it, matters. */
  readonly skip: (name: string) => boolean;
  readonly changed: (name: string) => void;
  /** Gets what ends the watching. */
  readonly failed: (error: Error) => void;
}

/**
 * Calls back for each change of a file or folder below a folder. Each folder has a watcher of its own: Node's recursive one, on Linux,
 * sees no more of a file once an editor has put another in its place.
 *
 * @returns what ends it
 */
export function watchFolders(root: string, { skip, changed, failed }: Watching): () => void {
  /** By path relative to the root. A folder that is made anew is another one. */
  const watched = new Map<string, { readonly inode: number; readonly watcher: FSWatcher }>();

  const look = (): void => {
    const found = new Map(foldersBelow(root, "", skip));
    for (const [name, { inode, watcher }] of watched) {
      if (found.get(name) === inode) continue;
      watcher.close();
      watched.delete(name);
    }
    for (const [name, inode] of found) {
      if (watched.has(name)) continue;
      const watcher = watch(path.join(root, name), (event, entry) => {
        const changedName = path.join(name, entry ?? "");
        if (skip(changedName)) return;
        if (event === "rename") look();
        changed(changedName);
      });
      watcher.on("error", failed);
      watched.set(name, { inode, watcher });
    }
  };

  look();
  return () => {
    for (const { watcher } of watched.values()) watcher.close();
  };
}

/** A folder and those in it, with their inodes. One that goes meanwhile isn't there. */
function* foldersBelow(root: string, name: string, skip: (name: string) => boolean): Generator<[name: string, inode: number]> {
  const folder = path.join(root, name);
  const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
  if (inode === undefined) return;
  yield [name, inode];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(name, entry.name);
    if (entry.isDirectory() && !skip(inside)) yield* foldersBelow(root, inside, skip);
  }
}
