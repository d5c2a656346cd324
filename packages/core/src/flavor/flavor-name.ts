import { componentType } from "../component/component-type.ts";
import type { FlavorEntry } from "./flavor-entry.ts";

/** A flavor in a message: `The artifact store flavor "s3" of @zen/integration-s3 0.1.0`. */
export function flavorName({ type, flavor, origin, package: from, version, folder, export: name }: FlavorEntry): string {
  const where = {
    package: ` of ${from} ${version}`,
    custom: ` (${from}#${name} in ${folder})`,
    python: from === "" ? "" : ` (${from})`,
  }[origin];
  return `The ${componentType(type).label} flavor "${flavor}"${where}`;
}
