import { readdirSync, statSync, watch, type FSWatcher } from "node:fs";
import path from "node:path";
import { ZenError } from "@zen/core/light";

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
 * @throws ZenError `folder_gone`, which `failed` gets later on
 */
export function watchFolders(root: string, { skip, changed, failed }: Watching): () => void {
  /** By path relative to the root. */
  const watched = new Map<string, { readonly identity: string; readonly watcher: FSWatcher }>();

  const look = (): void => {
    const found = new Map(foldersBelow(root, "", skip));
    if (!found.has(""))
      throw new ZenError("folder_gone", `The folder ${root}, which was watched, has gone.`, {
        hint: "Start again in a folder that is there.",
      });
    for (const [name, { identity, watcher }] of watched) {
      if (found.get(name) === identity) continue;
      watcher.close();
      watched.delete(name);
    }
    for (const [name, identity] of found) {
      if (watched.has(name)) continue;
      const watcher = unlessGone(() => watch(path.join(root, name)));
      if (watcher === undefined) continue;
      watcher.on("change", (event, entry) => {
        const changedName = path.join(name, String(entry ?? ""));
        if (skip(changedName)) return;
        try {
          if (event === "rename") look();
        } catch (error) {
          return failed(error as Error);
        }
        changed(changedName);
      });
      watcher.on("error", failed);
      watched.set(name, { identity, watcher });
    }
  };

  look();
  return () => {
    for (const { watcher } of watched.values()) watcher.close();
  };
}

/** A folder and those in it, with what tells each from another one of the same path. One that goes meanwhile isn't there. */
function* foldersBelow(root: string, name: string, skip: (name: string) => boolean): Generator<[name: string, identity: string]> {
  const folder = path.join(root, name);
  const stats = unlessGone(() => statSync(folder, { bigint: true }));
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true }));
  if (stats === undefined || entries === undefined) return;
  // A folder that is made in the place of another one often gets its inode.
  yield [name, `${stats.ino} ${stats.birthtimeNs}`];
  for (const entry of entries) {
    const inside = path.join(name, entry.name);
    if (entry.isDirectory() && !skip(inside)) yield* foldersBelow(root, inside, skip);
  }
}

/** What a look at a folder gives; undefined where it has gone since its name was read, or may not be looked into. */
function unlessGone<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code!)) return undefined;
    throw error;
  }
}
