import { BaseOrchestrator, type GraphNode, type MapItem, type Outcome, type PipelineDeployment } from "@zen/core";

/** A failure stops whatever is in its domain: the run, or an item of a map that settles. */
export interface Domain {
  failed: boolean;
  readonly outer: Domain | undefined;
}

/** An orchestrator that keeps every promise, written the plain way: wrong ones differ from it by one method. */
export class PlainOrchestrator extends BaseOrchestrator {
  static override readonly FLAVOR: string = "plain";

  override async run(deployment: PipelineDeployment): Promise<Outcome> {
    const run = { deployment, slots: new Slots(deployment.concurrency ?? 4), broken: [] as unknown[] };
    const outcome = await this.nodes(run, deployment.graph, undefined, { failed: false, outer: undefined });
    if (run.broken.length > 0) throw run.broken[0];
    return outcome;
  }

  async nodes(run: Running, nodes: readonly GraphNode[], items: readonly MapItem[] | undefined, domain: Domain): Promise<Outcome> {
    const ended = new Map<string, Promise<Outcome>>();
    const start = new Map<string, () => void>();
    for (const { id } of nodes) ended.set(id, new Promise((resolve) => start.set(id, resolve as () => void)));
    const outcomes = await Promise.all(
      nodes.map(async (node) => {
        const outcome = await this.after(node, ended).then((ready) =>
          ready && this.mayStart(run, domain) ? this.node(run, node, items, domain) : "cancelled",
        );
        if (outcome === "failed") this.fail(domain);
        (start.get(node.id) as unknown as (outcome: Outcome) => void)(outcome);
        return outcome;
      }),
    );
    return worst(outcomes);
  }

  async after(node: GraphNode, ended: ReadonlyMap<string, Promise<Outcome>>): Promise<boolean> {
    return (await Promise.all(node.dependsOn.map((id) => ended.get(id)!))).every((outcome) => outcome === "completed");
  }

  async node(run: Running, node: GraphNode, items: readonly MapItem[] | undefined, domain: Domain): Promise<Outcome> {
    try {
      if (node.kind === "step") return await this.step(run, node.id, items, domain);
      if (node.kind === "map") return await this.map(run, node, items, domain);
      const branch = await run.deployment.decide(node.id, items);
      if (!branch) return "failed";
      const outcome = await this.nodes(run, node[branch], items, domain);
      return run.broken.length > 0 ? "cancelled" : worst([outcome, await run.deployment.join(node.id, outcome, items)]);
    } catch (reason) {
      run.broken.push(reason);
      return "cancelled";
    }
  }

  async step(run: Running, id: string, items: readonly MapItem[] | undefined, domain: Domain): Promise<Outcome> {
    await run.slots.take();
    try {
      const outcome = this.mayStart(run, domain) ? await run.deployment.execute(id, items) : "cancelled";
      // Before the next one gets the slot.
      if (outcome === "failed") this.fail(domain);
      return outcome;
    } finally {
      run.slots.give();
    }
  }

  async map(
    run: Running,
    node: Extract<GraphNode, { kind: "map" }>,
    items: readonly MapItem[] | undefined,
    domain: Domain,
  ): Promise<Outcome> {
    const expanded = await run.deployment.expand(node.id, items);
    if (!expanded) return "failed";
    const lanes = new Slots(node.concurrency ?? Infinity);
    const outcomes = await Promise.all(
      expanded.map(async (item): Promise<Outcome> => {
        await lanes.take();
        const inner = this.domainOf(node, domain);
        const outcome = this.mayStart(run, inner) ? await this.nodes(run, node.body, [...(items ?? []), item], inner) : "cancelled";
        lanes.give();
        return outcome;
      }),
    );
    if (run.broken.length > 0) return "cancelled";
    const collected = await run.deployment.collect(node.id, outcomes, items);
    return node.onError === "fail" ? worst([...outcomes, collected]) : collected;
  }

  domainOf(node: Extract<GraphNode, { kind: "map" }>, domain: Domain): Domain {
    return node.onError === "settle" ? { failed: false, outer: domain } : domain;
  }

  fail(domain: Domain): void {
    domain.failed = true;
  }

  mayStart({ deployment, broken }: Running, domain: Domain): boolean {
    for (let outer: Domain | undefined = domain; outer; outer = outer.outer) if (outer.failed) return false;
    return !deployment.signal.aborted && broken.length === 0;
  }
}

export interface Running {
  readonly deployment: PipelineDeployment;
  readonly slots: Slots;
  /** What the deployment rejected with. */
  readonly broken: unknown[];
}

class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(free: number) {
    this.#free = free;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.includes("failed") ? "failed" : outcomes.includes("cancelled") ? "cancelled" : "completed";
}
