import type { Context } from "../repository/context.ts";
import type { HostOptions } from "./types.ts";

/** Passes on the first context that is opened: every method opens one of its own, and they are alike. */
export function tellOnce(onContext: HostOptions["onContext"]): ((context: Context) => void) | undefined {
  if (!onContext) return undefined;
  let told = false;
  return ({ folder, repositoryRoot = null, profile }) => {
    if (told) return;
    told = true;
    onContext({ folder, repositoryRoot, profile });
  };
}
