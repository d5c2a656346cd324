import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The repository's root folder, absolute. */
export const ROOT = path.dirname(import.meta.dirname);

export interface WorkspacePackage {
  /** Its folder, relative to the root, with `/`. */
  readonly folder: string;
  readonly name: string;
  /** Packages that npm gets are the ones that aren't private. */
  readonly published: boolean;
}

/** Every package of the workspace, in the order of the folders. */
export function workspacePackages(): WorkspacePackage[] {
  const groups = ["packages", "integrations", "apps", "examples"].filter((group) => existsSync(path.join(ROOT, group)));
  const folders = groups.flatMap((group) =>
    readdirSync(path.join(ROOT, group))
      .sort()
      .map((name) => `${group}/${name}`),
  );
  return [...folders, "benchmarks", "e2e"].flatMap((folder) => {
    const manifest = path.join(ROOT, folder, "package.json");
    if (!existsSync(manifest)) return [];
    const { name, private: hidden } = JSON.parse(readFileSync(manifest, "utf8")) as { name: string; private?: boolean };
    return [{ folder, name, published: hidden !== true }];
  });
}
