import type { NodeNames } from "./names.ts";
import type { Node } from "./spec.ts";
import type { StepOptions } from "./types.ts";

/**
 * A pipeline, or a body of map() or when(), that is being recorded. A handle belongs to the scope in which it was made and
 * may be used there and in the scopes inside.
 */
export interface Scope {
  readonly parent: Scope | undefined;
  /** Where its nodes go: of a pipeline within a pipeline, the list of the scope around it. */
  readonly nodes: Node[];
  readonly names: NodeNames;
  /** What the pipelines around say of their steps. */
  readonly defaults: StepOptions;
}
