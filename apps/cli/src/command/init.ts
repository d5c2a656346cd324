import path from "node:path";
import { initRepository, isZenError } from "@zen/core/light";
import { openQuietly } from "../light.ts";
import { notice, printDone } from "../output/answer.ts";
import { printJson } from "../output/json.ts";
import { ZenCommand } from "../program.ts";
import { session } from "../session.ts";

/** `zen init` */
export function initCommand(): ZenCommand {
  return new ZenCommand("init")
    .description("Make a folder a repository, with an active profile and stack of its own")
    .optionOf("--path <folder>", "the folder (default: the working directory)", { kind: "path", what: "folder" })
    .option("--if-missing", "succeed quietly if it is a repository already")
    .profileOption()
    .examples("zen init", "zen init --path ../other-project")
    .action(async ({ path: given = ".", ifMissing = false, profile }: { path?: string; ifMissing?: boolean; profile?: string }) => {
      const folder = path.resolve(given);
      try {
        const { root, profile: activeProfile, stack } = await initRepository({ folder, profile, notice });
        printDone(
          [
            `ZenML repository initialized at ${root}.`,
            `The local active profile was initialized to '${activeProfile}' and the local active stack to '${stack}'. This local configuration will only ` +
              "take effect when you're running ZenML from the initialized repository root, or from a subdirectory. For more information on profile and " +
              "stack configuration, please visit https://docs.zenml.io.",
          ],
          { root, activeProfile, activeStack: stack, created: true },
        );
      } catch (error) {
        if (!ifMissing || !isZenError(error) || error.code !== "repository_exists") throw error;
        if (!session.json) return;
        const context = await openQuietly({ folder }, notice);
        printJson({ root: folder, activeProfile: context.profile.value, activeStack: (await context.activeStack()).value, created: false });
      }
    });
}
