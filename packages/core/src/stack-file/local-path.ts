import { join, posix, win32 } from "node:path";
import { isObject } from "../flavor/package-json.ts";
import type { Json } from "../pipeline/types.ts";
import { withoutPassword } from "../component/secret-text.ts";
import { mapText } from "../flavor/map-text.ts";

/** Stands for the folder that a profile has in `local_stores` of the configuration folder, whichever profile a file is used with. */
const PLACEHOLDER = "{{local_stores}}";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLACED = /^(file:\/\/)?\{\{\s*local_stores\s*\}\}(?:\/(.*))?$/s;

/** An absolute path on this machine, as a setting has it. */
interface LocalPath {
  /** What stands before it. */
  readonly scheme: "" | "file://";
  /** Normalised, `/` between segments, none at the end. */
  readonly path: string;
}

/** A setting that is an absolute path: POSIX, with a Windows drive, or a `file://` URL of one. Undefined for any other text. */
function localPath(text: string): LocalPath | undefined {
  const scheme = /^file:\/\//i.test(text) ? "file://" : "";
  const path = scheme === "" ? text : text.slice(scheme.length).replace(/^\/(?=[A-Za-z]:[\\/])/, "");
  if (/^[A-Za-z]:[\\/]/.test(path)) return { scheme, path: trimmed(win32.normalize(path).replaceAll("\\", "/")) };
  return path.startsWith("/") ? { scheme, path: trimmed(posix.normalize(path)) } : undefined;
}

function trimmed(path: string): string {
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

/** What of `path` comes after `folder`: `""` for the folder itself, undefined for a path that isn't in it. */
export function within(path: string, folder: string): string | undefined {
  if (path === folder) return "";
  const start = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(start) ? path.slice(start.length) : undefined;
}

/** A component, as far as its paths are concerned. */
export interface WithPaths {
  readonly name: string;
  readonly config: Readonly<Record<string, Json>>;
}

/** The path itself and the folders that it is in, innermost first; without the root of the file system. */
function upwards(path: string): string[] {
  const found: string[] = [];
  for (let at = path; at !== ""; at = at.slice(0, Math.max(at.lastIndexOf("/"), 0))) found.push(at);
  return found;
}

/**
 * Makes a function that replaces absolute paths by what another machine can use:
 * - below the profile's folder in `local_stores`: `{{local_stores}}/…`;
 * - any other: `{{local_stores}}/<component>/<last segment>`, and a path within another one keeps its place in it.
 *
 * @param components all of a profile, so that each component is written in the same way in whichever stack it is
 * @param folders.filled what the placeholder stands for here: see {@link filledFolder}
 * @param folders.own the configuration folder's `local_stores`
 * @param options.keepOthers leaves paths outside of `local_stores` as they are
 */
export function portablePaths(
  components: readonly WithPaths[],
  { filled, own }: { readonly filled: string; readonly own: string },
  { keepOthers }: { readonly keepOthers: boolean },
): (text: string) => string {
  const stores = localPath(filled)!.path;
  const zens = localPath(own)!.path;
  /** What follows the placeholder in a path that can stand as it is; undefined for one that needs another place. */
  const kept = (path: string): string | undefined => {
    const rest = within(path, stores);
    return rest !== undefined && !UUID.test(rest.split("/")[0]!) ? rest : undefined;
  };
  const moved = new Map<string, string>();
  const places = new Set<string>();
  const folders = new Set<string>();
  const take = (place: string): void => {
    places.add(place);
    for (const folder of upwards(place)) folders.add(folder);
  };
  for (const { name, config } of components) {
    mapText(config, (text) => {
      const path = localPath(text)?.path;
      if (path === undefined) return text;
      const rest = kept(path);
      if (rest !== undefined) take(rest);
      else if (keepOthers && within(path, zens) === undefined) return text;
      else if (!moved.has(path)) moved.set(path, name);
      return text;
    });
  }
  const roots = new Map<string, string>();
  for (const [path, name] of moved) {
    if (upwards(path).some((folder) => folder !== path && moved.has(folder))) continue;
    const last = path.slice(path.lastIndexOf("/") + 1).replace(":", "") || "root";
    const placeIn = (folder: string): string => (UUID.test(last) ? folder : `${folder}/${last}`);
    let place = placeIn(name);
    for (let n = 2; folders.has(place) || upwards(place).some((folder) => places.has(folder)); n++) place = placeIn(`${name}-${n}`);
    take(place);
    roots.set(path, place);
  }
  return (text) => {
    const local = localPath(text);
    if (!local) return text;
    const root = upwards(local.path).find((folder) => roots.has(folder));
    const rest =
      root === undefined ? kept(local.path) : [roots.get(root)!, within(local.path, root)!].filter((part) => part !== "").join("/");
    return rest === undefined ? text : `${local.scheme}${PLACEHOLDER}${rest === "" ? "" : `/${rest}`}`;
  };
}

/** What the placeholder stands for in a profile: a folder of its own, so that two profiles never share one by accident. */
export function filledFolder(configFolder: string, profile: string): string {
  return join(configFolder, "local_stores", profile);
}

/** Whether a placeholder in a file leads out of the folder that it stands for. */
export function leadsOut(text: string): boolean {
  const rest = PLACED.exec(text)?.[2];
  return rest !== undefined && rest.split(/[/\\]/).includes("..");
}

/**
 * A setting of a file as a profile would have it. Where the profile's own component has an absolute path in the place of a
 * placeholder, or the same address with a password in it, it keeps what it has.
 *
 * @param there the profile's own value in this place, if it has one
 */
export function filledIn(value: Json, there: Json | undefined, localStores: string): Json {
  if (typeof value === "string") {
    const placed = PLACED.exec(value);
    if (typeof there === "string") {
      if (placed && localPath(there)?.scheme === (placed[1] ?? "")) return there;
      if (!placed && withoutPassword(there) === value) return there;
    }
    return placed ? `${placed[1] ?? ""}${join(localStores, ...(placed[2] ?? "").split("/"))}` : value;
  }
  if (Array.isArray(value)) {
    const items = Array.isArray(there) ? there : [];
    return value.map((item, index) => filledIn(item, items[index], localStores));
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = isObject(there) ? there : {};
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, filledIn(field, Object.hasOwn(fields, key) ? fields[key] : undefined, localStores)]),
  );
}
