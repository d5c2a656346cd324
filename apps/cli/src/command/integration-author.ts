import type { ZenCommand } from "../program.ts";

/** `zen integration build`, and the others for who writes a package of flavors. */
export function addAuthorCommands(integration: ZenCommand): void {
  integration
    .sub("build", "For authors: write the manifest and the schemas of the package here from its classes")
    .option("--check", "change nothing, and fail if something would change")
    .examples("zen integration build", "zen integration build --check")
    .action(async (flags: { check?: boolean }) => (await import("../author/build.ts")).buildIntegration(flags));

  integration
    .sub("check", "For authors: say whether the package here can be published, and what users will see of it")
    .option("--no-test", "don't run its tests")
    .examples("zen integration check", "zen integration check --no-test --output json")
    .action(async (flags: { test: boolean }) => (await import("../author/check.ts")).checkIntegration(flags));
}
