import { secretField, type GraphNode, type MapItem, type Outcome, type PipelineDeployment } from "@zen/core";
import { OrchestratorCase, orchestratorChecks, orchestratorConformance } from "./orchestrator.ts";
import { PlainOrchestrator, type Domain, type Running } from "./plain-orchestrator.fixture.ts";
import { expectAllCovered, expectSeenThrough, WRONG_SETTINGS } from "./wrong-flavors.fixture.ts";

type Flavor = typeof PlainOrchestrator;
type MapNode = Extract<GraphNode, { kind: "map" }>;

const subject = (Flavor: Flavor) => ({ name: Flavor.name, create: () => new Flavor({ name: "test" }) });

orchestratorConformance(subject(PlainOrchestrator));

/** The same deployment with some of its parts replaced. */
const altered = (deployment: PipelineDeployment, parts: Partial<PipelineDeployment>): PipelineDeployment =>
  new Proxy(deployment, {
    get: (target, key) => {
      const part: unknown = key in parts ? parts[key as keyof PipelineDeployment] : target[key as keyof PipelineDeployment];
      return typeof part === "function" ? part.bind(target) : part;
    },
  });

const SECRET = "shows no secret, and refuses to have one stored";

/** Has a secret, and keeps it in clear beside its configuration. */
class SecretOrchestrator extends PlainOrchestrator {
  static override readonly configSchema = PlainOrchestrator.configSchema.extend({ key: secretField().optional() }) as never;
  readonly #key: string | undefined;

  constructor(options: { readonly name: string; readonly key?: string }) {
    super(options);
    this.#key = options.key;
  }

  get key(): string {
    return this.#key ?? "";
  }
}

const wrong: readonly (readonly [promise: string, Flavor])[] = [
  [
    "executes every step once, after all that it depends on",
    class extends PlainOrchestrator {
      override async after(node: GraphNode, ended: ReadonlyMap<string, Promise<Outcome>>): Promise<boolean> {
        return (
          (await Promise.race(
            node.dependsOn.map((id) => ended.get(id)!).concat(node.dependsOn.length === 0 ? [Promise.resolve("completed")] : []),
          )) === "completed"
        );
      }
    },
  ],
  [
    "completes a graph of nothing",
    class extends PlainOrchestrator {
      override async run(deployment: PipelineDeployment): Promise<Outcome> {
        return deployment.graph.length === 0 ? "cancelled" : super.run(deployment);
      }
    },
  ],
  [
    "runs several deployments at once without mixing them up",
    class extends PlainOrchestrator {
      #current: PipelineDeployment | undefined;
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        this.#current = deployment;
        return super.run(altered(deployment, { execute: (id, items) => this.#current!.execute(id, items) }));
      }
    },
  ],
  [
    "runs a map's body for each of its items, and collects the outcomes in their order",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return super.run(altered(deployment, { expand: async (id, items) => (await deployment.expand(id, items))?.slice(1) }));
      }
    },
  ],
  [
    "collects a map of no items",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return super.run(
          altered(deployment, {
            collect: async (id, outcomes, items) => (outcomes.length === 0 ? "completed" : deployment.collect(id, outcomes, items)),
          }),
        );
      }
    },
  ],
  [
    "runs the branch that is taken, and joins it",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return super.run(
          altered(deployment, { decide: async (id, items) => ((await deployment.decide(id, items)) === undefined ? undefined : "then") }),
        );
      }
    },
  ],
  [
    "joins a branch in which there is nothing",
    class extends PlainOrchestrator {
      override async nodes(
        run: Running,
        nodes: readonly GraphNode[],
        items: readonly MapItem[] | undefined,
        domain: Domain,
      ): Promise<Outcome> {
        return nodes.length === 0 && run.deployment.graph.length > 0 ? "cancelled" : super.nodes(run, nodes, items, domain);
      }
    },
  ],
  [
    "runs maps and whens within one another, the outermost item first",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return super.run(altered(deployment, { execute: (id, items) => deployment.execute(id, items && [...items].reverse()) }));
      }
    },
  ],
  [
    "never runs more steps at a time than the deployment allows",
    class extends PlainOrchestrator {
      override async step(run: Running, id: string, items: readonly MapItem[] | undefined): Promise<Outcome> {
        return run.deployment.execute(id, items);
      }
    },
  ],
  [
    "never runs more items of a map at a time than it allows",
    class extends PlainOrchestrator {
      override map(run: Running, node: MapNode, items: readonly MapItem[] | undefined, domain: Domain): Promise<Outcome> {
        return super.map(run, { ...node, concurrency: Infinity }, items, domain);
      }
    },
  ],
  ...[
    "starts nothing new after a failure, lets finish what runs, and has failed",
    "starts none of the steps that wait for their turn after a failure",
    "starts no further items of a map that settles when something else fails",
    "fails a map with its first failed item, starts no other item, and says which never ran",
  ].map((promise): [string, Flavor] => [
    promise,
    class extends PlainOrchestrator {
      override fail(): void {}
    },
  ]),
  [
    "goes on with the other items of a map that settles, and with what comes after it",
    class extends PlainOrchestrator {
      override domainOf(_node: MapNode, domain: Domain): Domain {
        return domain;
      }
    },
  ],
  [
    "contains a failure in the innermost map that settles",
    class extends PlainOrchestrator {
      override fail(domain: Domain): void {
        for (let outer: Domain | undefined = domain; outer; outer = outer.outer) outer.failed = true;
      }
    },
  ],
  [
    "fails when a map's items or a when's condition can't be read",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return super.run(altered(deployment, { expand: async (id, items) => (await deployment.expand(id, items)) ?? [] }));
      }
    },
  ],
  [
    "rejects with what the deployment rejected with, once what runs has ended, and starts nothing new",
    class extends PlainOrchestrator {
      override run(deployment: PipelineDeployment): Promise<Outcome> {
        return new Promise((resolve, reject) => {
          const execute: PipelineDeployment["execute"] = (id, items) => {
            const ended = deployment.execute(id, items);
            ended.catch(reject);
            return ended;
          };
          super.run(altered(deployment, { execute })).then(resolve, () => {});
        });
      }
    },
  ],
  ...[
    "starts nothing new once the signal is aborted, and resolves when what runs has ended",
    "is cancelled also when the steps that ran have completed",
    "starts nothing at all when the signal was aborted before",
  ].map((promise): [string, Flavor] => [
    promise,
    class extends PlainOrchestrator {
      // Goes by another signal.
      override mayStart(run: Running, domain: Domain): boolean {
        const deployment = altered(run.deployment, { signal: new AbortController().signal });
        return super.mayStart({ ...run, deployment }, domain);
      }
    },
  ]),
  [
    "has failed, not been cancelled, when a step failed before",
    class extends PlainOrchestrator {
      override async run(deployment: PipelineDeployment): Promise<Outcome> {
        const outcome = await super.run(deployment);
        await new Promise((resolve) => setImmediate(resolve));
        return deployment.signal.aborted ? "cancelled" : outcome;
      }
    },
  ],
  [
    "takes no longer for a step because the pipeline is longer",
    // Looks through the whole graph for each step.
    class extends PlainOrchestrator {
      override async step(run: Running, id: string, items: readonly MapItem[] | undefined, domain: Domain): Promise<Outcome> {
        run.deployment.graph.map((node) => JSON.stringify(node.id));
        return super.step(run, id, items, domain);
      }
    },
  ],
  [
    SECRET,
    class extends SecretOrchestrator {
      override toString(): string {
        return `the orchestrator with the key ${this.key}`;
      }
    },
  ],
  [
    SECRET,
    class extends SecretOrchestrator {
      override toStored() {
        return { name: this.name, uuid: this.uuid, key: this.key };
      }
    },
  ],
  ...WRONG_SETTINGS.map(([promise, shape]): [string, Flavor] => [
    promise,
    class extends PlainOrchestrator {
      static override readonly configSchema = PlainOrchestrator.configSchema.extend(shape) as never;
    },
  ]),
];

expectSeenThrough(orchestratorChecks, wrong, (flavor) => new OrchestratorCase(subject(flavor)));
expectAllCovered(orchestratorChecks, wrong, []);
