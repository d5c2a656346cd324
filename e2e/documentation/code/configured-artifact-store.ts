import { appendFileSync } from "node:fs";
import type { PipelineDeployment, Stack } from "@zen/core";
import { MyCustomArtifactStore } from "./my-custom-artifact-store.ts";

/** An artifact store that writes down which runtime configuration it was given. */
export class ConfiguredArtifactStore extends MyCustomArtifactStore {
  static override readonly FLAVOR = "configured";

  override async preparePipelineDeployment(
    deployment: PipelineDeployment,
    stack: Stack,
    runtimeConfiguration: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    appendFileSync("given.txt", `${deployment.run.pipeline} on ${stack.name}: ${JSON.stringify(runtimeConfiguration)}\n`);
  }
}
