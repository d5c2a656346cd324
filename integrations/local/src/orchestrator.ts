import { availableParallelism } from "node:os";
import { BaseOrchestrator, type PipelineDeployment } from "@zen/core";
import * as z from "zod";
import { GraphRun } from "./graph-run.ts";

/**
 * Runs every step in the process that runs the pipeline, as soon as what it depends on has completed.
 *
 * Steps that wait (for files, servers, child processes) run at the same time; a step that computes has the process for
 * itself meanwhile. How many may be under way: what the run says, else `concurrency`, else one per core of the machine and
 * at least four.
 */
export class LocalOrchestrator extends BaseOrchestrator<typeof LocalOrchestrator.configSchema> {
  static override readonly FLAVOR: string = "local";
  static override readonly configSchema = BaseOrchestrator.configSchema.extend({
    concurrency: z
      .int()
      .min(1)
      .optional()
      .meta({ description: "How many steps may run at a time; by default one per core, and at least 4" }),
  });

  override async run(deployment: PipelineDeployment): Promise<"completed" | "failed" | "cancelled"> {
    const concurrency = deployment.concurrency ?? this.config.concurrency ?? Math.max(4, availableParallelism());
    return new GraphRun(deployment, concurrency).run();
  }
}
