import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { workspacePackages } from "../../scripts/workspace.ts";
import { madeOnce } from "./cache.ts";
import { workspace } from "./project.ts";

/** A package as a registry has it. */
export interface Tarball {
  readonly manifest: { readonly name: string; readonly version: string; readonly dependencies?: Readonly<Record<string, string>> };
  readonly bytes: Buffer;
}

/** What `pnpm pack` makes of each package that is published: made once for each state of their files. */
export async function workspaceTarballs(): Promise<readonly Tarball[]> {
  const packages = workspacePackages().filter(({ published }) => published);
  const folder = await madeOnce(`tarballs-${contentOf(packages.map((one) => path.join(workspace, one.folder)))}`, async (draft) => {
    const filters = packages.map(({ name }) => `--filter=${name}`);
    const pnpm = path.join(workspace, "node_modules/.bin/pnpm");
    execFileSync(pnpm, [...filters, "--recursive", "pack", "--pack-destination", draft], { cwd: workspace, stdio: "pipe" });
  });
  return readdirSync(folder).map((name) => read(readFileSync(path.join(folder, name))));
}

/** A package made of texts, `package.json` among them. */
export function tarballOf(files: Readonly<Record<string, string>>): Tarball {
  return inFolder((folder) => {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, "package", name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return pack(folder);
  });
}

/** The same packages as another release: with another version, and each depending on the others of that release. */
export function asRelease(tarballs: readonly Tarball[], version: string): readonly Tarball[] {
  const names = new Set(tarballs.map(({ manifest }) => manifest.name));
  return tarballs.map(({ bytes }) =>
    inFolder((folder) => {
      execFileSync("tar", ["-xz", "-C", folder], { input: bytes });
      const file = path.join(folder, "package/package.json");
      const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      for (const kind of ["dependencies", "peerDependencies"]) {
        const wanted = (manifest[kind] ?? {}) as Record<string, string>;
        for (const name of Object.keys(wanted)) if (names.has(name)) wanted[name] = version;
      }
      writeFileSync(file, JSON.stringify({ ...manifest, version }));
      return pack(folder);
    }),
  );
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-e2e-pack-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(folder: string): Tarball {
  return read(execFileSync("tar", ["-cz", "-C", folder, "package"], { maxBuffer: 2 ** 28 }));
}

function read(bytes: Buffer): Tarball {
  const text = execFileSync("tar", ["-xzO", "package/package.json"], { input: bytes, encoding: "utf8" });
  return { manifest: JSON.parse(text) as Tarball["manifest"], bytes };
}

/** A digest of everything in the folders that could be packed. */
function contentOf(folders: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(folder, entry.name);
      if (["node_modules", ".turbo", "src", "tests"].includes(entry.name)) continue;
      if (entry.isDirectory()) add(file);
      else if (entry.isFile()) hash.update(`${path.relative(workspace, file)}\0`).update(readFileSync(file));
    }
  };
  for (const folder of folders) add(folder);
  return hash.digest("hex").slice(0, 16);
}
