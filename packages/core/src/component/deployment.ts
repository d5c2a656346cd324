import type { PipelineSpec } from "../pipeline/spec.ts";

/** One item of one map. A step within nested maps has one entry per map, the outermost first. */
export interface MapItem {
  /** The map's node id. */
  readonly map: string;
  readonly index: number;
  /** Names the item in the graph; unique within its map. */
  readonly key: string;
}

/** A node as an orchestrator sees it: what it waits for, and what it contains. */
export type GraphNode =
  | { readonly kind: "step"; readonly id: string; readonly dependsOn: readonly string[] }
  | {
      readonly kind: "map";
      readonly id: string;
      readonly dependsOn: readonly string[];
      readonly body: readonly GraphNode[];
      readonly concurrency?: number;
      readonly onError: "fail" | "settle";
    }
  | {
      readonly kind: "when";
      readonly id: string;
      readonly dependsOn: readonly string[];
      readonly then: readonly GraphNode[];
      readonly otherwise: readonly GraphNode[];
    };

/** How a node ended. Its error, if any, is kept by the engine. */
export type Outcome = "completed" | "failed" | "cancelled";

/**
 * A run, as the engine hands it to an orchestrator. The orchestrator decides when and where; the engine, through these
 * functions, does the work: reading inputs, caching, retries, time-outs, storing outputs, committing.
 */
export interface PipelineDeployment {
  readonly run: { readonly id: string; readonly name: string; readonly pipeline: string };
  /** The recorded graph, with all options merged. */
  readonly spec: PipelineSpec;
  /** The same graph with its dependencies worked out. `dependsOn` names nodes of the same list. */
  readonly graph: readonly GraphNode[];
  /** How many steps may run at a time, if whoever started the run said so. */
  readonly concurrency: number | undefined;
  /** Aborted when the run is cancelled: start nothing more, and wait for what runs. */
  readonly signal: AbortSignal;
  /**
   * Runs one step to its end: from the cache, or with all its attempts. All of `dependsOn` must have completed. Never
   * rejects because the step failed; rejects only if the run can't go on (its store is gone, its lease was taken).
   */
  execute(node: string, items?: readonly MapItem[]): Promise<Outcome>;
  /** The items of a map, or undefined if its list can't be read (the engine has recorded why; the map has failed). */
  expand(map: string, items?: readonly MapItem[]): Promise<readonly MapItem[] | undefined>;
  /** Ends a map, given the outcome of each item in the order of `expand`. */
  collect(map: string, outcomes: readonly Outcome[], items?: readonly MapItem[]): Promise<Outcome>;
  /** Which branch of a `when` is taken, or undefined if its condition can't be read (the `when` has failed). */
  decide(when: string, items?: readonly MapItem[]): Promise<"then" | "otherwise" | undefined>;
  /** Ends a `when`, given how the branch that was taken ended. Marks the other branch's steps as skipped. */
  join(when: string, outcome: Outcome, items?: readonly MapItem[]): Promise<Outcome>;
}
