import { BaseOrchestrator, Semaphore, type GraphNode, type MapItem, type Outcome, type PipelineDeployment } from "@zen/core";
import * as z from "zod";

/** One run that is going on. */
interface Running {
  readonly deployment: PipelineDeployment;
  readonly slots: Semaphore;
  /** What the deployment rejected with. */
  readonly broken: unknown[];
}

/** A failure stops whatever is in its domain: the run, or one item of a map that settles. */
interface Domain {
  failed: boolean;
  readonly outer: Domain | undefined;
}

type Items = readonly MapItem[];
type MapNode = Extract<GraphNode, { kind: "map" }>;

/** Runs steps in this process, each as soon as what it depends on has completed: where they run is yours to replace. */
export class TemplateOrchestrator extends BaseOrchestrator<typeof TemplateOrchestrator.configSchema> {
  static override readonly FLAVOR: string = "template";
  static override readonly configSchema = BaseOrchestrator.configSchema.extend({
    concurrency: z.number().int().min(1).default(4).meta({ description: "How many steps may run at a time, unless the run says so" }),
  });

  override async run(deployment: PipelineDeployment): Promise<Outcome> {
    const run: Running = { deployment, slots: new Semaphore(deployment.concurrency ?? this.config.concurrency), broken: [] };
    const outcome = await this.#nodes(run, deployment.graph, [], { failed: false, outer: undefined });
    if (run.broken.length > 0) throw run.broken[0];
    return outcome;
  }

  /** The graph, a branch, or a map's body for one item. */
  async #nodes(run: Running, nodes: readonly GraphNode[], items: Items, domain: Domain): Promise<Outcome> {
    const ends = new Map(nodes.map(({ id }) => [id, Promise.withResolvers<Outcome>()]));
    const outcomes = nodes.map(async (node) => {
      const before = await Promise.all(node.dependsOn.map((id) => ends.get(id)!.promise));
      const ready = before.every((outcome) => outcome === "completed") && mayStart(run, domain);
      const outcome = ready ? await this.#node(run, node, items, domain) : "cancelled";
      if (outcome === "failed") domain.failed = true;
      ends.get(node.id)!.resolve(outcome);
      return outcome;
    });
    return worst(await Promise.all(outcomes));
  }

  async #node(run: Running, node: GraphNode, items: Items, domain: Domain): Promise<Outcome> {
    try {
      if (node.kind === "step") return await this.#step(run, node.id, items, domain);
      if (node.kind === "map") return await this.#map(run, node, items, domain);
      const branch = await run.deployment.decide(node.id, items);
      if (branch === undefined) return "failed";
      const outcome = await this.#nodes(run, node[branch], items, domain);
      return run.broken.length > 0 ? "cancelled" : worst([outcome, await run.deployment.join(node.id, outcome, items)]);
    } catch (reason) {
      run.broken.push(reason);
      return "cancelled";
    }
  }

  async #step(run: Running, id: string, items: Items, domain: Domain): Promise<Outcome> {
    return inTurn(run.slots, async () => {
      const outcome = mayStart(run, domain) ? await run.deployment.execute(id, items) : "cancelled";
      // Before the next one gets the slot.
      if (outcome === "failed") domain.failed = true;
      return outcome;
    });
  }

  async #map(run: Running, node: MapNode, items: Items, domain: Domain): Promise<Outcome> {
    const expanded = await run.deployment.expand(node.id, items);
    if (expanded === undefined) return "failed";
    const lanes = new Semaphore(node.concurrency ?? Infinity);
    const one = async (item: MapItem): Promise<Outcome> => {
      const inner = node.onError === "settle" ? { failed: false, outer: domain } : domain;
      return mayStart(run, inner) ? this.#nodes(run, node.body, [...items, item], inner) : "cancelled";
    };
    const outcomes = await Promise.all(expanded.map((item) => inTurn(lanes, () => one(item))));
    if (run.broken.length > 0) return "cancelled";
    const collected = await run.deployment.collect(node.id, outcomes, items);
    return node.onError === "fail" ? worst([...outcomes, collected]) : collected;
  }
}

async function inTurn<Result>(semaphore: Semaphore, work: () => Promise<Result>): Promise<Result> {
  const end = await semaphore.turn(undefined);
  try {
    return await work();
  } finally {
    end();
  }
}

function mayStart({ deployment, broken }: Running, domain: Domain): boolean {
  for (let at: Domain | undefined = domain; at; at = at.outer) if (at.failed) return false;
  return !deployment.signal.aborted && broken.length === 0;
}

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.includes("failed") ? "failed" : outcomes.includes("cancelled") ? "cancelled" : "completed";
}
