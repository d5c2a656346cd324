import { printDone } from "../output/answer.ts";
import { ZenCommand } from "../program.ts";
import { VERSION } from "../version.ts";

/** `zen version` */
export function versionCommand(): ZenCommand {
  return new ZenCommand("version")
    .description("Show the version of zen")
    .examples("zen version", "zen version --output json")
    .action(() => printDone([`zen ${VERSION}`], { version: VERSION, node: process.versions.node }));
}
