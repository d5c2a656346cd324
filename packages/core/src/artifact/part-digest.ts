import { sha256 } from "./digest.ts";
import { encodeValue } from "./encode.ts";
import { selectPath } from "./select-path.ts";

/**
 * Identifies the content of the part of a value at a path, for cache keys: how the part would be stored by itself, and the
 * digest of that (`json:sha256:<hex>`). An empty path is the whole value.
 *
 * @throws ZenError `bad_path`, `not_storable`
 */
export function partDigest(value: unknown, path: readonly (string | number)[]): string {
  const { materializer, text } = encodeValue(selectPath(value, path));
  return `${materializer}:${sha256(text)}`;
}
