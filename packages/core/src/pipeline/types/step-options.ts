import type { Json } from "./json.ts";
import type { Built } from "./pipeline.ts";
import type { Secret } from "./wire.ts";

/** A length of time, such as `"500ms"`, `"1.5s"`, `"10m"`, `"2h"` or `"7d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** An amount of memory, such as `"512MiB"` or `"4GiB"`. */
export type Size = `${number}${"KiB" | "MiB" | "GiB" | "TiB"}`;

/** How often, and when, a step is tried again after a failure. */
export interface RetryPolicy {
  /** Further attempts after the first: a whole number, 0 or more. */
  limit: number;
  /** Before the second attempt. @default "1s" */
  delay?: Duration;
  /** What the delay is multiplied by after each further attempt: 1 or more. @default 2 */
  factor?: number;
  /** The delay never grows beyond it. @default "5m" */
  maxDelay?: Duration;
  /** Vary each delay at random, to between half and all of it, so that many clients don't come back at once. @default true */
  jitter?: boolean;
  /** Return false to give up at once. `attempt` is the one that failed, from 1. */
  when?: (error: Error, attempt: number) => boolean;
}

/** When an earlier result may be reused. @experimental Refused by this version: `cache` takes true or false. */
export interface CachePolicy {
  /** How old a result may be. */
  ttl?: Duration;
  /** What a result depends on besides the step's code and inputs. */
  key?: Json;
  /** Names of inputs that a result doesn't depend on. */
  ignore?: readonly string[];
}

/** Flavors add their own keys: `declare module "@zen/core" { interface FlavorSettings { "orchestrator.kubernetes"?: { … } } }` */
export interface FlavorSettings {}

/** Settings for components of the stack, by `<type>.<flavor>`: `{ "orchestrator.kubernetes": { … } }`. */
export type Settings = FlavorSettings & { readonly [K in `${string}.${string}`]?: object };

/** What may be said of a step at its definition, at its call, as a pipeline's default, and when a run starts. */
export interface StepOptions {
  /** For people: stored with each run's graph. */
  description?: string;
  /** false: never read from or written to the cache. @default true */
  cache?: boolean | CachePolicy;
  /** A number is the limit of further attempts after the first. @default 0 */
  retries?: number | RetryPolicy;
  /** Per attempt: the signal is aborted, and the attempt has failed. @default no limit */
  timeout?: Duration;
  /** What the step needs: CPUs, memory, GPUs. @experimental Refused by this version. */
  resources?: { cpu?: number; memory?: Size; gpu?: number };
  /** A component of the stack by name; true: the stack's own. @experimental Refused by this version. */
  stepOperator?: boolean | string;
  /** Opens a tracking run around the step (so that autologging works). @experimental Refused by this version. */
  experimentTracker?: boolean | string;
  /** For the components of the stack. */
  settings?: Settings;
  /** Environment variables of the step. @experimental Refused by this version. */
  env?: Record<string, string | Secret>;
  /** For people: stored with each run's graph. */
  tags?: readonly string[];
}

/** The options of one call: `fit.with({ as: "final" })({ … })`. */
export interface CallOptions extends StepOptions {
  /** The node's name in this pipeline; otherwise the step's, then name-2, name-3 … */
  as?: string;
  /** Run after these, although nothing flows. A pipeline's call stands for all of its nodes. */
  after?: readonly Built[];
}
