import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../store/replace-file.ts";
import { looksTheSame, noting, type Stamp } from "./disk-view.ts";
import { discoverFlavors, type DiscoveryOptions } from "./discovery.ts";
import type { FlavorListing } from "./flavor-entry.ts";

/** Raise it when what is listed, or how it is found, changes. */
const FORMAT = 1;
/** With fewer packages, reading them takes no longer than an index. */
const WORTHWHILE = 100;
/** How many projects' indexes are kept. */
const MOST = 20;

/** What an index file has. */
interface FlavorIndex {
  readonly format: number;
  readonly options: DiscoveryOptions;
  readonly sights: readonly (readonly [path: string, stamp: Stamp])[];
  readonly listing: FlavorListing;
}

/**
 * {@link discoverFlavors}, from an index in the configuration folder where many packages are installed: as long as none of
 * the files that the discovery looked at has changed. An index that can't be read or written is done without.
 *
 * @throws what `discoverFlavors` throws
 */
export function indexedFlavors(options: DiscoveryOptions, configFolder: string): FlavorListing {
  // What stands in Plug'n'Play's archives has no stamps of its own.
  if (process.versions["pnp"]) return discoverFlavors(options);
  const folder = join(configFolder, "flavor_index");
  const file = join(folder, `${hashOf(JSON.stringify(options))}.json`);
  const index = readIndex(file, options);
  if (index && looksTheSame(index.sights)) return index.listing;
  const { result: listing, sights } = noting(() => discoverFlavors(options));
  if (sights && sights.size >= WORTHWHILE) writeIndex(folder, file, { format: FORMAT, options, sights: [...sights], listing });
  return listing;
}

function readIndex(file: string, options: DiscoveryOptions): FlavorIndex | undefined {
  try {
    const index = JSON.parse(readFileSync(file, "utf8")) as FlavorIndex;
    return index.format === FORMAT && JSON.stringify(index.options) === JSON.stringify(options) ? index : undefined;
  } catch {
    return undefined;
  }
}

function writeIndex(folder: string, file: string, index: FlavorIndex): void {
  try {
    replaceFile(file, JSON.stringify(index));
    const files = readdirSync(folder).map((name) => join(folder, name));
    const byAge = files.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
    for (const { path } of byAge.slice(MOST)) rmSync(path, { force: true });
  } catch {
    // A configuration folder that can only be read, a full disk: it is only slower.
  }
}

/** FNV-1a: to tell projects apart, which the options in the file make sure of. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
