/**
 * Where an object's file is, and back.
 *
 * A segment of plain letters is its own file name; every other byte of its UTF-8 is written `%xx`, as in URLs. Capitals are
 * not plain, because on many disks `A` and `a` are one file; nor is what some system reads specially (a dot at either end,
 * `con`, `nul`). A segment is cut every 80 bytes, for names are limited to 255, and goes on in a folder whose name ends in
 * `%+`.
 *
 * `a` and `a/b` may both be objects, so a folder must never have the name of an object's file. With `<run>/<artifact>`, the
 * keys that zen makes, in mind: the first segment of several is a folder by its own name, the last one a file by its own
 * name; a file beside the former and a folder beside the latter have a `%` at the end. So is a file at the top that isn't
 * ours (`zen.db`, in the default stack) never taken for an object.
 */

/** A key, or a part of one, as one character per byte of its UTF-8: so that comparing strings compares bytes. */
export type KeyBytes = string;

const PIECE = 80;
const PLAIN_SEGMENT = /^[a-z0-9_-](?:[a-z0-9._-]{0,77}[a-z0-9_-])?$/;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/;
const EMPTY = "%-";

/** The path of an object's file below the store's, its names joined by `/`. */
export function objectPath(key: string): string {
  const segments = key.split("/");
  const last = segments.pop()!;
  if (segments.length === 0) return `${segmentPath(last)}%`;
  return `${folderPath(segments)}/${segmentPath(last)}`;
}

/** The path of the folder for all keys that begin with these segments. */
export function folderPath(segments: readonly string[]): string {
  return segments.map((segment, depth) => (depth === 0 ? segmentPath(segment) : `${segmentPath(segment)}%`)).join("/");
}

export function toKeyBytes(text: string): KeyBytes {
  return Buffer.from(text).toString("latin1");
}

export function fromKeyBytes(bytes: KeyBytes): string {
  return Buffer.from(bytes, "latin1").toString();
}

/** What one entry of a folder is; undefined if it isn't the store's. */
export type FolderEntry = { readonly kind: "object" | "folder" | "rest"; readonly bytes: KeyBytes };

/** @param depth how many segments stand above the folder's entries */
export function readEntry(name: string, isFolder: boolean, depth: number): FolderEntry | undefined {
  const isRest = name.endsWith("%+");
  const marked = name.endsWith("%");
  if (isRest ? !isFolder : marked !== (isFolder ? depth > 0 : depth === 0)) return undefined;
  const piece = isRest ? name.slice(0, -2) : marked ? name.slice(0, -1) : name;
  const bytes = piece === EMPTY ? "" : piece.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // Written otherwise than zen writes it, or cut elsewhere: somebody else's file.
  if (encodePiece(bytes) !== piece || (bytes.length === PIECE) !== isRest) return undefined;
  return { kind: isRest ? "rest" : isFolder ? "folder" : "object", bytes };
}

function segmentPath(segment: string): string {
  if (PLAIN_SEGMENT.test(segment) && !RESERVED.test(segment)) return segment;
  const bytes = toKeyBytes(segment);
  let path = "";
  let cut = 0;
  for (; bytes.length - cut >= PIECE; cut += PIECE) path += `${encodePiece(bytes.slice(cut, cut + PIECE))}%+/`;
  return path + encodePiece(bytes.slice(cut));
}

function encodePiece(bytes: KeyBytes): string {
  if (bytes === "") return EMPTY;
  const encoded = bytes.replace(/^\.|\.$|[^a-z0-9._-]/g, escaped);
  return RESERVED.test(encoded) ? escaped(encoded[0]!) + encoded.slice(1) : encoded;
}

function escaped(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
