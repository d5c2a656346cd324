import * as z from "zod";
import type { PipelineDeployment } from "./deployment.ts";
import { StackComponent } from "./stack-component.ts";

/**
 * Decides when and where the steps of a run are executed.
 *
 * A flavor implements {@link BaseOrchestrator.run}. What it promises, and `orchestratorConformance` checks:
 * - a step starts only when all nodes in its `dependsOn` have completed; independent steps may run at the same time;
 * - every step of the graph is executed exactly once, unless something failed, was skipped, or the run was cancelled;
 * - `deployment.concurrency` and a map's own `concurrency` are never exceeded;
 * - after a failure nothing new starts, except the other items of a map with `onError: "settle"`; what runs, finishes;
 * - when `deployment.signal` is aborted nothing new starts, and `run` resolves once what runs has ended;
 * - the cost of a step doesn't grow with the length of the pipeline.
 */
export abstract class BaseOrchestrator<Schema extends z.ZodObject = z.ZodObject> extends StackComponent<Schema> {
  static override readonly TYPE = "orchestrator";
  static override readonly CONTRACT: number = 1;
  static override readonly configSchema = z.object({});

  /**
   * Runs the graph to its end.
   *
   * @returns `failed` if a node failed (and wasn't contained by a map with `onError: "settle"`), `cancelled` if the
   * signal ended it, otherwise `completed`. Rejects only with what `deployment` rejected with.
   */
  abstract run(deployment: PipelineDeployment): Promise<"completed" | "failed" | "cancelled">;
}
