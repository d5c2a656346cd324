import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../store/replace-file.ts";
import { looksTheSame, noting, type Sights } from "./disk-view.ts";
import { discoverFlavors, type DiscoveryOptions } from "./discovery.ts";
import type { FlavorListing } from "./flavor-entry.ts";

/** Raise it when what is listed, or how it is found, changes. */
const FORMAT = 3;
/** How many projects' indexes are kept. */
const MOST = 50;

/** The first line of an index file. The next ones have the listing's flavors and broken packages, and its packages. */
interface IndexHead {
  readonly format: number;
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
    const [head = "", flavors = "", packages = ""] = readFileSync(file, "utf8").split("\n");
    const { format, options: of, sights } = JSON.parse(head) as IndexHead;
    if (format !== FORMAT || JSON.stringify(of) !== JSON.stringify(options) || !looksTheSame(sights)) return undefined;
    let known: FlavorListing["packages"] | undefined;
    return {
      ...(JSON.parse(flavors) as Omit<FlavorListing, "packages">),
      // Read when they are asked for: few commands do.
      get packages() {
        return (known ??= parsed(packages) ?? discoverFlavors(options).packages);
      },
    };
  } catch {
    return undefined;
  }
}

/** Undefined for a damaged line. */
function parsed(line: string): FlavorListing["packages"] | undefined {
  try {
    return JSON.parse(line) as FlavorListing["packages"];
  } catch {
    return undefined;
  }
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
