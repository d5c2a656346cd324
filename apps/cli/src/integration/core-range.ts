import satisfies from "semver/functions/satisfies.js";
import validRange from "semver/ranges/valid.js";

/** Why a package's range of @zen/core doesn't hold for the one that would be used; undefined if it does. It only warns. */
export function coreRangeProblem(range: string, core: string): string | undefined {
  // What workspaces write, which becomes a version when the package is published.
  if (range.startsWith("workspace:")) return undefined;
  if (validRange(range) === null)
    return `"@zen/core" in its peerDependencies is ${JSON.stringify(range.slice(0, 80))}, which is no range of versions`;
  if (satisfies(core, range, { includePrerelease: true })) return undefined;
  return `it was made for @zen/core ${range}, and ${core} would be used: it may work, as their contracts agree`;
}
