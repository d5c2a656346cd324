// A process of its own (see read-classes.ts): imports an author's modules with the copy of core, and of zod, that their
// package has, and says what classes of flavors they export.
import type { FlavorModules } from "@zen/core/host";
import { loadHost } from "../host.ts";
import type { ClassAnswer } from "./read-classes.ts";

async function answer(request: FlavorModules): Promise<ClassAnswer> {
  try {
    const host = await loadHost(request.folder);
    return { modules: await host.describeFlavorModules(request) };
  } catch (error) {
    const { code = "bug", message, hint } = error as { code?: string; message: string; hint?: string };
    return { error: { code, message, hint } };
  }
}

process.once("message", (request: FlavorModules) => {
  // A module that leaves something open must not keep this process.
  void answer(request).then((result) => process.send!(result, () => process.exit(0)));
});
