import type { GraphNode, MapItem, Outcome, PipelineDeployment } from "@zen/core";
import { planOf, type GraphPlan } from "./graph-plan.ts";

type StepNode = Extract<GraphNode, { kind: "step" }>;
type MapNode = Extract<GraphNode, { kind: "map" }>;
type WhenNode = Extract<GraphNode, { kind: "when" }>;

/** A list of nodes under way: the whole graph, a map's body for one item, or a branch. */
interface Scope {
  readonly plan: GraphPlan;
  readonly items: readonly MapItem[] | undefined;
  /** How many nodes each one still waits for. */
  readonly waitsFor: number[];
  /** Nodes that were started, or wait for their turn, and haven't ended. */
  active: number;
  completed: number;
  failed: boolean;
  readonly parent: Scope | undefined;
  /** An item of a map with `onError: "settle"`: a failure stops at it. */
  readonly contains: boolean;
  readonly ended: (outcome: Outcome) => void;
}

/**
 * Runs a graph: counters instead of searches, so that a step's cost doesn't grow with the graph; one queue of steps whose
 * turn it is, so that a wide graph or a map of many items makes no promise before it can start.
 *
 * Whatever was expanded is collected and whatever was decided is joined, also after a failure: items that never ran count as
 * cancelled.
 */
export class GraphRun {
  readonly #deployment: PipelineDeployment;
  readonly #concurrency: number;
  readonly #plans = new Map<readonly GraphNode[], GraphPlan>();
  #queue: { readonly scope: Scope; readonly node: StepNode; readonly index: number }[] = [];
  #next = 0;
  #running = 0;
  /** What the deployment rejected with: the run can't go on. */
  #broken: { readonly reason: unknown } | undefined;

  /** @param concurrency how many steps may run at a time */
  constructor(deployment: PipelineDeployment, concurrency: number) {
    this.#deployment = deployment;
    this.#concurrency = concurrency;
  }

  async run(): Promise<Outcome> {
    const drain = (): void => this.#startSteps();
    this.#deployment.signal.addEventListener("abort", drain);
    try {
      const outcome = await new Promise<Outcome>((ended) => this.#open(this.#deployment.graph, undefined, undefined, false, ended));
      if (this.#broken) throw this.#broken.reason;
      return outcome;
    } finally {
      this.#deployment.signal.removeEventListener("abort", drain);
    }
  }

  #open(
    nodes: readonly GraphNode[],
    items: readonly MapItem[] | undefined,
    parent: Scope | undefined,
    contains: boolean,
    ended: (outcome: Outcome) => void,
  ): void {
    let plan = this.#plans.get(nodes);
    if (!plan) this.#plans.set(nodes, (plan = planOf(nodes)));
    // One more active than there are nodes started, until all that can start has been.
    const scope: Scope = { plan, items, waitsFor: [...plan.waitsFor], active: 1, completed: 0, failed: false, parent, contains, ended };
    plan.waitsFor.forEach((count, index) => {
      if (count === 0) this.#ready(scope, index);
    });
    this.#leave(scope);
    this.#startSteps();
  }

  /** A node waits for nothing any more. Steps queue up; what is only bookkeeping begins at once. */
  #ready(scope: Scope, index: number): void {
    const node = scope.plan.nodes[index]!;
    if (!this.#mayStart(scope)) return;
    scope.active++;
    if (node.kind === "step") this.#queue.push({ scope, node, index });
    else this.#settle(node.kind === "map" ? this.#runMap(scope, node) : this.#runWhen(scope, node), scope, index);
  }

  #mayStart(scope: Scope): boolean {
    if (this.#broken || this.#deployment.signal.aborted) return false;
    for (let above: Scope | undefined = scope; above; above = above.parent) if (above.failed) return false;
    return true;
  }

  #startSteps(): void {
    while (this.#next < this.#queue.length) {
      const { scope, node, index } = this.#queue[this.#next]!;
      const may = this.#mayStart(scope);
      if (may && this.#running >= this.#concurrency) break;
      this.#next++;
      if (!may) {
        this.#leave(scope);
        continue;
      }
      this.#running++;
      const ended = call(() => this.#deployment.execute(node.id, scope.items)).finally(() => this.#running--);
      this.#settle(ended, scope, index);
    }
    // What has been taken goes now and then, so that the queue costs nothing per step.
    if (this.#next > 1000 && this.#next * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#next);
      this.#next = 0;
    }
  }

  #settle(ended: Promise<Outcome>, scope: Scope, index: number): void {
    ended.then(
      (outcome) => this.#ended(scope, index, outcome),
      (reason: unknown) => {
        this.#broken ??= { reason };
        this.#ended(scope, index, "cancelled");
      },
    );
  }

  #ended(scope: Scope, index: number, outcome: Outcome): void {
    if (outcome === "completed") {
      scope.completed++;
      for (const dependant of scope.plan.dependants[index]!) if (--scope.waitsFor[dependant]! === 0) this.#ready(scope, dependant);
    } else if (outcome === "failed") fail(scope);
    this.#leave(scope);
    this.#startSteps();
  }

  /** One of the scope's nodes has ended, or never starts. */
  #leave(scope: Scope): void {
    if (--scope.active > 0) return;
    scope.ended(scope.failed ? "failed" : scope.completed === scope.plan.nodes.length ? "completed" : "cancelled");
  }

  async #runMap(scope: Scope, { id, body, concurrency = Infinity, onError }: MapNode): Promise<Outcome> {
    const expanded = await call(() => this.#deployment.expand(id, scope.items));
    if (!expanded) return "failed";
    const outcomes: Outcome[] = expanded.map(() => "cancelled");
    // An open item has a step that runs or waits for its turn, so more of them than steps may run would gain nothing.
    const lanes = Math.min(concurrency, this.#concurrency, expanded.length);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < expanded.length && this.#mayStart(scope)) {
        const index = next++;
        const items = [...(scope.items ?? []), expanded[index]!];
        outcomes[index] = await new Promise((ended) => this.#open(body, items, scope, onError === "settle", ended));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    if (this.#broken) return "cancelled";
    const outcome = await call(() => this.#deployment.collect(id, outcomes, scope.items));
    // An item that failed has failed the map, whatever became of those after it.
    return onError === "fail" && outcomes.includes("failed") ? "failed" : outcome;
  }

  async #runWhen(scope: Scope, { id, then, otherwise }: WhenNode): Promise<Outcome> {
    const branch = await call(() => this.#deployment.decide(id, scope.items));
    if (!branch) return "failed";
    const outcome = await new Promise<Outcome>((ended) =>
      this.#open(branch === "then" ? then : otherwise, scope.items, scope, false, ended),
    );
    if (this.#broken) return "cancelled";
    const joined = await call(() => this.#deployment.join(id, outcome, scope.items));
    return outcome === "failed" ? "failed" : joined;
  }
}

/** Marks a scope, and those around it up to the item that contains failures, so that nothing new starts in them. */
function fail(scope: Scope): void {
  for (let above: Scope | undefined = scope; above; above = above.parent) {
    above.failed = true;
    if (above.contains) return;
  }
}

/** So that what throws instead of rejecting is treated alike. */
async function call<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
