import { existsSync } from "node:fs";
import path from "node:path";

/** `FILE#export`. A file whose own name has a `#` is found as well. */
export function pipelineFile(target: string): { file: string; exportName: string | undefined } {
  const hash = existsSync(target) ? -1 : target.lastIndexOf("#");
  if (hash === -1) return { file: path.resolve(target), exportName: undefined };
  return { file: path.resolve(target.slice(0, hash)), exportName: target.slice(hash + 1) || undefined };
}
