import type { CreateFlags } from "../author/create.ts";
import type { ZenCommand } from "../program.ts";

/** `zen integration build`, and the others for who writes a package of flavors. */
export function addAuthorCommands(integration: ZenCommand): void {
  integration
    .sub("build", "For authors: write the manifest and the schemas of the package here from its classes")
    .option("--check", "change nothing; exit code 3 if something would change")
    .examples("zen integration build", "zen integration build --check")
    .action(async (flags: { check?: boolean }) => (await import("../author/build.ts")).buildIntegration(flags));

  integration
    .sub("check", "For authors: say whether the package here can be published, and what users will see of it")
    .option("--no-test", "don't run its tests")
    .examples("zen integration check", "zen integration check --no-test --output json")
    .action(async (flags: { test: boolean }) => (await import("../author/check.ts")).checkIntegration(flags));

  integration
    .sub("dev", "For authors: on each save build the package here, and show what users will see of it")
    .examples("zen integration dev", "zen integration dev --output json")
    .action(async () => (await import("../author/dev.ts")).developIntegration());

  integration
    .sub("create", "For authors: make a package with a flavor of your own")
    .argument("[name]", "the package's name, such as my-store or @acme/my-store")
    .option("--type <type>", "what it implements: artifact_store, metadata_store or orchestrator (default: asked, or artifact_store)")
    .option("--flavor <name>", "the flavor's name (default: the package's)")
    .option("--description <text>", "what it is, in a line")
    .option("--license <name>", "Apache-2.0 or MIT")
    .option("-y, --yes", "don't ask")
    .examples("zen integration create my-store", "zen integration create @acme/calm --type orchestrator --license MIT --yes")
    .action(async (name: string | undefined, flags: CreateFlags) => (await import("../author/create.ts")).createPackage(name, flags));
}
