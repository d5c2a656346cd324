import type { ValueOf } from "./handle.ts";
import type { StepContext } from "./step-context.ts";
import type { CallOptions } from "./step-options.ts";
import type { Wired } from "./wire.ts";

type Args<I> = {} extends I ? [inputs?: Wired<I>] : [inputs: Wired<I>];

/** What `step(…)` makes. Called inside a pipeline it records a node and gives its handles. */
export interface Step<I extends object, R> {
  (...inputs: Args<I>): R;
  /** What `step(…)` was given. */
  readonly stepName: string;
  /** The function itself, for a unit test: no pipeline, no store. What the context lacks is filled in. */
  readonly fn: (inputs: I, context?: Partial<StepContext>) => Promise<ValueOf<R>>;
  /** The same step with other options. */
  with(options: CallOptions): Step<I, R>;
}
