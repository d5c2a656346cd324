import type { ZenCommand } from "../program.ts";

/** `zen integration build`, and the others for who writes a package of flavors. */
export function addAuthorCommands(integration: ZenCommand): void {
  integration
    .sub("build", "For authors: write the manifest and the schemas of the package here from its classes")
    .option("--check", "change nothing, and fail if something would change")
    .examples("zen integration build", "zen integration build --check")
    .action(async (flags: { check?: boolean }) => (await import("../author/build.ts")).buildIntegration(flags));
}
