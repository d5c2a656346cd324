import { lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { locatePackage, packagesIn, parsePackage, projectPackages, type FlavorListing } from "@zen/core/light";
import type { Finding } from "./finding.ts";

/** Packages of flavors that were linked into a project and are no dependency of it, as `npm link NAME` leaves them: nothing counts them. */
export function linkedOnly(folder: string, { packages, broken }: FlavorListing): Finding[] {
  const [project] = projectPackages({ folder });
  if (project === undefined) return [];
  const known = new Set([...packages, ...broken].map((one) => one.package));
  return linksIn(path.join(project.folder, "node_modules")).flatMap((name) => {
    const located = known.has(name) || project.json.dependencies.includes(name) ? undefined : locatePackage(name, project.folder);
    if (typeof located?.text !== "string" || parsePackage(located.text)?.zen === undefined) return [];
    const problem = `it is linked into node_modules, and is not a dependency of ${path.join(project.folder, "package.json")}: only these count`;
    const mend = `npm link ${name} --save`;
    return [{ severity: "warning", code: "linked_only", package: name, folder: realpathSync(located.folder), flavor: null, problem, mend }];
  });
}

/** Names of packages that are links out of a `node_modules`: a package manager's own lead to somewhere within. */
function linksIn(modules: string): string[] {
  return packagesIn(modules).filter((name) => {
    const link = path.join(modules, name);
    try {
      return lstatSync(link).isSymbolicLink() && !realpathSync(link).split(path.sep).includes("node_modules");
    } catch {
      return false;
    }
  });
}
