import assert from "node:assert/strict";
import type { BaseOrchestrator, GraphNode, MapItem, Outcome, PipelineDeployment } from "@zen/core";

type Map = Extract<GraphNode, { kind: "map" }>;
type When = Extract<GraphNode, { kind: "when" }>;

export const step = (id: string, ...dependsOn: string[]): GraphNode => ({ kind: "step", id, dependsOn });
export const map = (
  id: string,
  body: readonly GraphNode[],
  rest: { dependsOn?: readonly string[]; concurrency?: number; onError?: "fail" | "settle" } = {},
): Map => ({ kind: "map", id, dependsOn: [], onError: "fail", body, ...rest });
export const when = (id: string, then: readonly GraphNode[], otherwise: readonly GraphNode[], ...dependsOn: string[]): When => ({
  kind: "when",
  id,
  dependsOn,
  then,
  otherwise,
});

/** How the nodes of a deployment behave. Instances are named `map/step[key]`, keys of nested maps one after the other. */
export interface Behaviour {
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  /** How many items each map has. @default 3 */
  readonly items?: Readonly<Record<string, number>>;
  /** Maps whose list, and whens whose condition, can't be read. */
  readonly unreadable?: readonly string[];
  /** Which whens take the second branch. */
  readonly otherwise?: readonly string[];
  /** What a step does, given the name of its instance. @default waits for a moment and completes */
  readonly execute?: (instance: string) => Promise<Outcome> | Outcome;
}

/** A deployment whose steps do nothing but note that they ran, and that sees when they shouldn't have. */
export class RecordedDeployment implements PipelineDeployment {
  readonly run = { id: "0198a000-0000-7000-8000-000000000001", name: "conformance", pipeline: "conformance" };
  readonly spec: PipelineDeployment["spec"] = {
    version: 1,
    pipeline: "conformance",
    module: null,
    export: null,
    parameters: {},
    nodes: [],
    outputs: { kind: "object", fields: {} },
    digest: "sha256:0",
  };
  readonly graph: readonly GraphNode[];
  readonly concurrency: number | undefined;
  readonly signal: AbortSignal;
  /** Instances of steps in the order they were started. */
  readonly executed: string[] = [];
  /** Calls of `expand`, `collect`, `decide` and `join`, with what was given. */
  readonly calls: string[] = [];
  /** What went wrong while it ran. */
  readonly violations: string[] = [];
  /** Instances of steps that run. */
  readonly running = new Set<string>();
  /** The most steps that ran at a time. */
  peak = 0;
  readonly #behaviour: Behaviour;
  readonly #parents = new globalThis.Map<string, { readonly node: GraphNode; readonly siblings: readonly GraphNode[] }>();
  readonly #completed = new Set<string>();
  readonly #peaks = new globalThis.Map<string, number>();

  constructor(graph: readonly GraphNode[], behaviour: Behaviour = {}) {
    this.graph = graph;
    this.#behaviour = behaviour;
    this.concurrency = behaviour.concurrency;
    this.signal = behaviour.signal ?? new AbortController().signal;
    const learn = (nodes: readonly GraphNode[]): void => {
      for (const node of nodes) {
        this.#parents.set(node.id, { node, siblings: nodes });
        if (node.kind === "map") learn(node.body);
        if (node.kind === "when") [node.then, node.otherwise].forEach(learn);
      }
    };
    learn(graph);
  }

  /** Runs it, and asserts that nothing went wrong on the way. */
  async runOn(orchestrator: BaseOrchestrator): Promise<Outcome> {
    const outcome = await orchestrator.run(this);
    assert.deepEqual(this.violations, []);
    assert.deepEqual([...this.running], [], "run resolved while steps were still running");
    assert.equal(new Set(this.executed).size, this.executed.length, "a step was executed twice");
    return outcome;
  }

  /** The most items of a map that had a running step at a time. */
  itemsAtATime(mapId: string): number {
    return this.#peaks.get(mapId) ?? 0;
  }

  async execute(id: string, items: readonly MapItem[] = []): Promise<Outcome> {
    const instance = instanceOf(id, items);
    this.#begin(id, items, "step");
    this.executed.push(instance);
    this.running.add(instance);
    this.peak = Math.max(this.peak, this.running.size);
    for (const { map: mapId } of items) {
      const busy = new Set([...this.running].filter((other) => other.startsWith(mapId)).map((other) => other.slice(other.indexOf("["))));
      this.#peaks.set(mapId, Math.max(this.#peaks.get(mapId) ?? 0, busy.size));
    }
    try {
      const outcome = await (this.#behaviour.execute ?? moment)(instance);
      if (outcome === "completed") this.#completed.add(instance);
      return outcome;
    } finally {
      this.running.delete(instance);
    }
  }

  async expand(id: string, items: readonly MapItem[] = []): Promise<readonly MapItem[] | undefined> {
    this.#begin(id, items, "map");
    this.calls.push(`expand ${instanceOf(id, items)}`);
    await moment();
    if (this.#behaviour.unreadable?.includes(id)) return undefined;
    return Array.from({ length: this.#behaviour.items?.[id] ?? 3 }, (_, index) => ({ map: id, index, key: `k${index}` }));
  }

  async collect(id: string, outcomes: readonly Outcome[], items: readonly MapItem[] = []): Promise<Outcome> {
    const instance = instanceOf(id, items);
    this.calls.push(`collect ${instance} ${outcomes.join(" ")}`.trim());
    await moment();
    const { onError } = this.#parents.get(id)!.node as Map;
    const outcome = outcomes.includes("cancelled")
      ? "cancelled"
      : outcomes.includes("failed") && onError === "fail"
        ? "failed"
        : "completed";
    if (outcome === "completed") this.#completed.add(instance);
    return outcome;
  }

  async decide(id: string, items: readonly MapItem[] = []): Promise<"then" | "otherwise" | undefined> {
    this.#begin(id, items, "when");
    this.calls.push(`decide ${instanceOf(id, items)}`);
    await moment();
    if (this.#behaviour.unreadable?.includes(id)) return undefined;
    return this.#behaviour.otherwise?.includes(id) ? "otherwise" : "then";
  }

  async join(id: string, outcome: Outcome, items: readonly MapItem[] = []): Promise<Outcome> {
    const instance = instanceOf(id, items);
    this.calls.push(`join ${instance} ${outcome}`);
    await moment();
    if (outcome === "completed") this.#completed.add(instance);
    return outcome;
  }

  #begin(id: string, items: readonly MapItem[], kind: GraphNode["kind"]): void {
    const instance = instanceOf(id, items);
    const known = this.#parents.get(id);
    if (known?.node.kind !== kind) {
      this.violations.push(`"${id}" is no ${kind} of the graph`);
      return;
    }
    for (const dependency of known.node.dependsOn) {
      if (!this.#completed.has(instanceOf(dependency, items)))
        this.violations.push(`${instance} was started before ${dependency} had completed`);
    }
  }
}

function instanceOf(id: string, items: readonly MapItem[]): string {
  return id + items.map(({ key }) => `[${key}]`).join("");
}

/** Long enough for whatever else is ready to be started. */
export async function moment(): Promise<Outcome> {
  await new Promise((resolve) => setImmediate(resolve));
  return "completed";
}
