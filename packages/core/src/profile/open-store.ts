import { maskPassword } from "../component/secret-text.ts";
import { ZenError } from "../error/zen-error.ts";
import { FileStackStore } from "../store/file-stack-store.ts";
import type { BaseStackStore } from "../store/stack-store.ts";
import { storeFolder, type ProfileRecord } from "./global-config.ts";

/**
 * The store of a profile.
 *
 * @throws ZenError `store_type_unknown` for what this zen can't open yet
 */
export function openStore(profile: ProfileRecord, configFolder: string): BaseStackStore {
  if (profile.storeType === "local")
    return new FileStackStore({ profile: profile.name, folder: storeFolder(profile.storeUrl), configFolder });
  throw new ZenError(
    "store_type_unknown",
    `The profile "${profile.name}" keeps its stacks in a store of type ${profile.storeType} (${maskPassword(profile.storeUrl)}), which this version of zen can't open.`,
    {
      hint: "Work with a profile of type local: --profile NAME, or export ZENML_ACTIVATED_PROFILE=NAME",
    },
  );
}
