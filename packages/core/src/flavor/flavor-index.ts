import { readdirSync, readFileSync, rmSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { COMPONENT_TYPES } from "../component/component-type.ts";
import { replaceFile } from "../store/replace-file.ts";
import { looksTheSame, noting, type Sights } from "./disk-view.ts";
import { discoverFlavors, type DiscoveryOptions } from "./discovery.ts";
import type { FlavorListing } from "./flavor-entry.ts";

/** Raise the number when what is listed, or how it is found, changes. What a manifest may say depends on the contracts as well. */
const FORMAT = `4 ${COMPONENT_TYPES.map(({ oldestContract, contract }) => `${oldestContract}-${contract}`).join(" ")}`;
/** How many projects' indexes are kept. */
const MOST = 50;

/** The first line of an index file. The next ones have the listing's flavors and broken packages, and its packages. */
interface IndexHead {
  readonly format: string;
  readonly options: DiscoveryOptions;
  readonly sights: Sights;
}

/**
 * {@link discoverFlavors}, from an index in the folder of caches as long as none of the files that the discovery looked at
 * has changed: it takes a fifth of the time, of six packages as of a thousand. An index that can't be read or written is done without.
 *
 * @throws what `discoverFlavors` throws
 */
export function indexedFlavors(options: DiscoveryOptions, cacheFolder: string | undefined): FlavorListing {
  // What stands in Plug'n'Play's archives has no stamps of its own.
  if (process.versions["pnp"] || cacheFolder === undefined) return discoverFlavors(options);
  const folder = join(cacheFolder, "flavor_index");
  const file = join(folder, `${hashOf(JSON.stringify(options))}.json`);
  const indexed = readIndex(file, options);
  if (indexed) return indexed;
  const { result: listing, sights } = noting(() => discoverFlavors(options));
  if (sights) writeIndex(folder, file, { format: FORMAT, options, sights }, listing);
  return listing;
}

function readIndex(file: string, options: DiscoveryOptions): FlavorListing | undefined {
  try {
    if (!isOwn(statSync(file))) return undefined;
    const [head = "", flavors = "", packages = ""] = readFileSync(file, "utf8").split("\n");
    const { format, options: of, sights } = JSON.parse(head) as IndexHead;
    if (format !== FORMAT || JSON.stringify(of) !== JSON.stringify(options) || !looksTheSame(sights)) return undefined;
    const known = JSON.parse(flavors) as Omit<FlavorListing, "packages">;
    if (!known.flavors.every(isEntry) || !known.broken.every(isEntry)) return undefined;
    let read: FlavorListing["packages"] | undefined;
    return {
      flavors: known.flavors,
      broken: known.broken,
      // Read when they are asked for: few commands do.
      get packages() {
        return (read ??= packagesOf(packages) ?? renewed(file, options).packages);
      },
    };
  } catch {
    return undefined;
  }
}

/** Code is loaded from where an index says: it is of use only if nobody else can have written it. */
function isOwn({ uid, mode }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Undefined for a damaged line. */
function packagesOf(line: string): FlavorListing["packages"] | undefined {
  try {
    const packages = JSON.parse(line) as FlavorListing["packages"];
    return packages.every(isEntry) ? packages : undefined;
  } catch {
    return undefined;
  }
}

/** All of an index's entries name a package. Nothing of zen's writes others, but disks do. */
function isEntry(entry: { readonly package: string; readonly folder: string } | null): boolean {
  return typeof entry?.package === "string" && typeof entry.folder === "string";
}

function renewed(file: string, options: DiscoveryOptions): FlavorListing {
  rmSync(file, { force: true });
  return discoverFlavors(options);
}

function writeIndex(folder: string, file: string, head: IndexHead, { flavors, broken, packages }: FlavorListing): void {
  try {
    replaceFile(file, [head, { flavors, broken }, packages].map((line) => JSON.stringify(line)).join("\n"));
    const files = readdirSync(folder).map((name) => join(folder, name));
    const byAge = files.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
    for (const { path } of byAge.slice(MOST)) rmSync(path, { force: true });
  } catch {
    // A folder that can only be read, a full disk: it is only slower.
  }
}

/** FNV-1a: to tell projects apart, which the options in the file make sure of. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
