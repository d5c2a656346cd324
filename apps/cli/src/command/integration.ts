import type { YesFlags } from "../confirm.ts";
import { positiveInteger, seconds, ZenCommand } from "../program.ts";
import { addAuthorCommands } from "./integration-author.ts";

/** `zen integration …`: packages that bring flavors. */
export function integrationCommand(): ZenCommand {
  const integration = new ZenCommand("integration")
    .description("Packages that bring flavors: which are installed, what is wrong with them, where there are more; and to write your own")
    .examples("zen integration list", "zen integration install s3", "zen integration doctor");
  addReading(integration);
  addDoctor(integration);
  addInstalling(integration);
  addAuthorCommands(integration);
  return integration;
}

function addReading(integration: ZenCommand): void {
  integration
    .sub("list", "List the packages with flavors that are installed here")
    .limitOption("first")
    .profileOption()
    .examples("zen integration list", "zen integration list --output json")
    .action(async (flags: { limit?: number; profile?: string }) => (await import("../integration/list.ts")).listIntegrations(flags));
  integration
    .sub("describe", "Describe a package, with its flavors")
    .argumentOf("<name>", "the package, or its short name: s3 for @zen/integration-s3", { kind: "integration" })
    .profileOption()
    .examples("zen integration describe local", "zen integration describe @zen/integration-local --output json")
    .action(async (name: string, flags: { profile?: string }) =>
      (await import("../integration/describe.ts")).describeIntegration(name, flags),
    );
  integration
    .sub("search", "Search the registry for packages with flavors")
    .argument("[word]", "what to search for (default: all)")
    .option("--limit <n>", "show the first n only", positiveInteger, 20)
    .option("--timeout <seconds>", "how long to wait for the registry", seconds, 10)
    .examples("zen integration search s3", "zen integration search s3 --output json")
    .action(async (word: string | undefined, flags: { limit: number; timeout: number }) =>
      (await import("../integration/search.ts")).searchIntegrations(word, flags),
    );
}

function addDoctor(integration: ZenCommand): void {
  integration
    .sub("doctor", "Say what makes packages or flavors unusable, and what mends it")
    .option("--load", "import each class as well, in a process of its own: this runs the packages' code")
    .option("--timeout <seconds>", "with --load: how long an import may take", seconds, 10)
    .profileOption()
    .examples("zen integration doctor", "zen integration doctor --load", "zen integration doctor --output json")
    .action(async (flags: { load?: boolean; timeout: number; profile?: string }) =>
      (await import("../integration/doctor.ts")).examineIntegrations(flags),
    );
}

function addInstalling(integration: ZenCommand): void {
  integration
    .sub("install", "Install packages with flavors, by the project's own package manager")
    .argument("<names...>", "s3 for @zen/integration-s3; anything else by its full name; name@version for a version")
    .option("--dry-run", "show what would be run, and run nothing")
    .examples("zen integration install s3", "zen integration install @acme/zen-integration-x@2 --dry-run")
    .action(async (names: string[], flags: { dryRun?: boolean }) =>
      (await import("../integration/install.ts")).installIntegrations(names, flags),
    );
  integration
    .sub("uninstall", "Take packages with flavors out of the project")
    .argumentOf("<names...>", "the packages, or their short names", { kind: "integration" })
    .option("--dry-run", "show what would be run, and run nothing")
    .yesOption()
    .examples("zen integration uninstall s3", "zen integration uninstall s3 --yes")
    .action(async (names: string[], flags: YesFlags & { dryRun?: boolean }) =>
      (await import("../integration/install.ts")).uninstallIntegrations(names, flags),
    );
}
