import type { GraphNode, MapItem, Outcome, PipelineDeployment } from "../component/deployment.ts";
import { ZenError } from "../error/zen-error.ts";
import type { FailureRecord, ResolvedBinding, RunRecord, StepRecord } from "../metadata/record.ts";
import { toGraph } from "../pipeline/graph.ts";
import type { RecordedPipeline } from "../pipeline/recorded.ts";
import type { Binding, Node } from "../pipeline/spec.ts";
import type { Stack } from "../stack/stack.ts";
import type { Committer } from "./committer.ts";
import type { RunEvent } from "./event.ts";
import { executeStep } from "./execute-step.ts";
import { failureOf } from "./failure.ts";
import { encodeItemKey, instanceId, placesOf, type NodePlace } from "./node-path.ts";
import type { PreviousRun } from "./previous-run.ts";
import { describe, reference, RunValues } from "./run-values.ts";
import { isoTime } from "./time.ts";

/** An event without what every event has. */
export type EventBody<E = RunEvent> = E extends RunEvent ? Omit<E, "time" | "runId"> : never;

/** What a run is made of, once its stack is open and its record is stored. */
export interface RunParts {
  readonly recorded: RecordedPipeline;
  readonly record: RunRecord;
  readonly stack: Stack;
  readonly committer: Committer;
  /** False: nothing is read from the cache. */
  readonly cache: boolean;
  readonly concurrency: number | undefined;
  readonly signal: AbortSignal;
  readonly previous: PreviousRun;
  readonly emit: (event: EventBody) => void;
  /** Says that a step has shown a sign of life. */
  readonly alive: () => void;
  /** Whether what steps print also goes to the terminal. */
  readonly passThrough: boolean;
}

/** Where and why a node failed, and after how many attempts. */
export interface NodeFailure {
  readonly node: string;
  readonly items: readonly MapItem[];
  readonly failure: FailureRecord;
  readonly attempts: number;
  /** Inside a map with `onError: "settle"`: the run goes on. */
  readonly contained: boolean;
  /** What was thrown. */
  readonly error: unknown;
}

/** A run under way: what an orchestrator is handed, and the state behind it. */
export class RunningPipeline implements PipelineDeployment {
  readonly parts: RunParts;
  readonly values: RunValues;
  readonly places: ReadonlyMap<string, NodePlace>;
  readonly graph: readonly GraphNode[];
  readonly failures: NodeFailure[] = [];
  /** The first failure in each item of a map that settles, by map and item: what became of that item. */
  readonly #settled = new Map<string, NodeFailure>();
  readonly #unpin = new Map<string, () => void>();

  constructor(parts: RunParts) {
    this.parts = parts;
    this.places = placesOf(parts.recorded.spec.nodes);
    this.values = new RunValues(parts.stack.artifactStore, this.places);
    this.graph = toGraph(parts.recorded.spec.nodes);
  }

  get run(): PipelineDeployment["run"] {
    const { id, name, pipeline } = this.parts.record;
    return { id, name, pipeline };
  }

  get spec(): PipelineDeployment["spec"] {
    return this.parts.recorded.spec;
  }

  get concurrency(): number | undefined {
    return this.parts.concurrency;
  }

  get signal(): AbortSignal {
    return this.parts.signal;
  }

  execute(node: string, items: readonly MapItem[] = []): Promise<Outcome> {
    return executeStep(this, this.#node(node, "step"), items);
  }

  async expand(map: string, items: readonly MapItem[] = []): Promise<readonly MapItem[] | undefined> {
    return this.#attempt(map, items, async () => {
      const node = this.#node(map, "map");
      const list = await this.values.resolve(node.items, items);
      const resolved = await this.values.listItems(list, map);
      const keyOf = this.parts.recorded.keys.get(map);
      // Pinned first: a key function looks at every item.
      this.#unpin.set(instanceId(map, items), await this.values.pin(list));
      const seen = new Set<string>();
      const expanded: MapItem[] = [];
      for (const [index, item] of resolved.entries()) {
        const given: unknown = keyOf ? keyOf(await this.values.read(item), index) : String(index);
        if (typeof given !== "string")
          throw new ZenError("bad_item_key", `The key of item ${index} of map "${map}" is ${describe(given)}, not text.`, {
            hint: "Return text from key: it names the item in the graph.",
          });
        const key = encodeItemKey(given);
        if (key === "" || key.length > 200)
          throw new ZenError(
            "bad_item_key",
            `The key of item ${index} of map "${map}" is ${key === "" ? "empty" : `${key.length} characters long; the limit is 200`}.`,
            { hint: "Return a short text from key: it names the item in the graph." },
          );
        if (seen.has(key))
          throw new ZenError("duplicate_item_key", `Two items of map "${map}" have the key "${key}".`, {
            hint: "Return a different key for each item, or leave key out: then the index names them.",
          });
        seen.add(key);
        expanded.push({ map, index, key });
      }
      this.values.setItems(map, items, resolved);
      return expanded;
    });
  }

  async collect(map: string, outcomes: readonly Outcome[], items: readonly MapItem[] = []): Promise<Outcome> {
    const instance = instanceId(map, items);
    this.#unpin.get(instance)?.();
    this.#unpin.delete(instance);
    const node = this.#node(map, "map");
    if (node.onError === "fail" && outcomes.includes("failed")) return "failed";
    if (outcomes.includes("cancelled")) return "cancelled";
    const collected = await this.#attempt(map, items, async () => {
      const expanded = this.#expanded(map, items, outcomes.length);
      const leaves = expanded.map((item, index) => this.#leafOf(node, [...items, item], outcomes[index]!));
      this.values.setTree(map, items, await this.values.collect(node, leaves));
      return true;
    });
    this.#items.delete(instance);
    return collected ? "completed" : "failed";
  }

  async decide(when: string, items: readonly MapItem[] = []): Promise<"then" | "otherwise" | undefined> {
    return this.#attempt(when, items, async () => {
      const condition = await this.values.read(await this.values.resolve(this.#node(when, "when").condition, items));
      if (typeof condition !== "boolean")
        throw new ZenError("not_a_boolean", `When "${when}" was given ${describe(condition)} where it needs true or false.`, {
          hint: "Use atLeast, atMost or equals, or let a step return a boolean.",
        });
      const branch = condition ? "then" : "otherwise";
      this.#branches.set(instanceId(when, items), branch);
      return branch;
    });
  }

  async join(when: string, outcome: Outcome, items: readonly MapItem[] = []): Promise<Outcome> {
    const instance = instanceId(when, items);
    const branch = this.#branches.get(instance)!;
    this.#branches.delete(instance);
    const node = this.#node(when, "when");
    await this.#skip(branch === "then" ? node.otherwise : node.then, items);
    if (outcome !== "completed") return outcome;
    const joined = await this.#attempt(when, items, async () => {
      this.values.setTree(when, items, await this.values.resolve(node.results[branch === "then" ? 0 : 1], items));
      return true;
    });
    return joined ? "completed" : "failed";
  }

  /** Notes that a node failed, for the run's own end and for maps that settle. */
  fail(node: string, items: readonly MapItem[], error: unknown, attempts: number): NodeFailure {
    const { maps, contained } = this.places.get(node)!;
    const failure: NodeFailure = { node, items, failure: failureOf(error), attempts, contained, error };
    this.failures.push(failure);
    // The innermost one: those around it never hear of it.
    const depth = maps.findLastIndex((map) => this.#node(map, "map").onError === "settle");
    const item = depth === -1 ? undefined : instanceId(maps[depth]!, items.slice(0, depth + 1));
    if (item !== undefined && !this.#settled.has(item)) this.#settled.set(item, failure);
    return failure;
  }

  readonly #items = new Map<string, readonly MapItem[]>();
  readonly #branches = new Map<string, "then" | "otherwise">();

  /** Runs what may fail because of a user's value, and records the failure as the node's. */
  async #attempt<T>(node: string, items: readonly MapItem[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      if (this.places.get(node)!.node.kind === "map" && Array.isArray(result))
        this.#items.set(instanceId(node, items), result as readonly MapItem[]);
      return result;
    } catch (error) {
      const { failure } = this.fail(node, items, error, 1);
      this.parts.emit({ type: "step.failed", node: instanceId(node, items), step: node, message: failure.message, attempts: 1 });
      return undefined;
    }
  }

  #expanded(map: string, items: readonly MapItem[], count: number): readonly MapItem[] {
    const expanded = this.#items.get(instanceId(map, items)) ?? [];
    if (expanded.length !== count)
      throw new Error(`The orchestrator gave ${count} outcomes for the ${expanded.length} items of map ${map}.`);
    return expanded;
  }

  /** What one item gives for one leaf of the map's result. */
  #leafOf(node: Extract<Node, { kind: "map" }>, items: readonly MapItem[], outcome: Outcome): (leaf: Binding) => Promise<ResolvedBinding> {
    if (node.onError === "fail") return (leaf) => this.values.resolve(leaf, items);
    if (outcome === "completed") {
      return async (leaf) => ({
        kind: "object",
        fields: { ok: { kind: "value", json: true }, value: await this.values.resolve(leaf, items) },
      });
    }
    const { failure, attempts } = this.#settled.get(instanceId(node.id, items))!;
    const settled = reference({
      materializer: "json",
      text: JSON.stringify({ ok: false, error: { name: failure.name, message: failure.message, attempts } }),
    });
    return async () => settled;
  }

  async #skip(nodes: readonly Node[], items: readonly MapItem[]): Promise<void> {
    const skipped: StepRecord[] = [];
    const walk = (list: readonly Node[]): void => {
      for (const node of list) {
        if (node.kind === "map") walk(node.body);
        else if (node.kind === "when") [node.then, node.otherwise].forEach(walk);
        else skipped.push(skippedStep(this.run.id, instanceId(node.id, items), node.step));
      }
    };
    walk(nodes);
    if (skipped.length === 0) return;
    await this.parts.committer.commit(skipped.map((record) => ({ kind: "step", record })));
    for (const { node, step } of skipped) this.parts.emit({ type: "step.skipped", node, step });
  }

  #node<K extends Node["kind"]>(id: string, kind: K): Extract<Node, { kind: K }> {
    const node = this.places.get(id)?.node;
    if (node?.kind !== kind) throw new Error(`The orchestrator asked for the ${kind} "${id}", which the graph doesn't have.`);
    return node as Extract<Node, { kind: K }>;
  }
}

function skippedStep(runId: string, node: string, step: string): StepRecord {
  const now = isoTime();
  return {
    runId,
    node,
    step,
    status: "skipped",
    cached: false,
    reason: "its branch was not taken",
    cacheKey: null,
    cachedFrom: null,
    inputs: null,
    outputs: {},
    attempts: 0,
    metadata: {},
    startedAt: now,
    finishedAt: now,
    failure: null,
  };
}
