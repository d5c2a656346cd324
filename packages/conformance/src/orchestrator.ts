import type { BaseOrchestrator } from "@zen/core";
import { defineChecks, type Check, type Subject } from "./check.ts";
import { configurationChecks } from "./configuration.ts";
import { cancellationChecks } from "./orchestrator/cancellation.ts";
import { concurrencyChecks } from "./orchestrator/concurrency.ts";
import { costChecks } from "./orchestrator/cost.ts";
import { failureChecks } from "./orchestrator/failure.ts";
import { nestingChecks } from "./orchestrator/nesting.ts";
import { orderChecks } from "./orchestrator/order.ts";

/** What the author of an orchestrator gives to have it checked. */
export interface OrchestratorSubject extends Subject {
  /** Makes a component; each check has its own. */
  create(): BaseOrchestrator | Promise<BaseOrchestrator>;
}

/** One check's own component. */
export class OrchestratorCase implements AsyncDisposable {
  readonly subject: OrchestratorSubject;
  readonly #made: BaseOrchestrator[] = [];

  constructor(subject: OrchestratorSubject) {
    this.subject = subject;
  }

  async orchestrator(): Promise<BaseOrchestrator> {
    const orchestrator = await this.subject.create();
    this.#made.push(orchestrator);
    return orchestrator;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const orchestrator of this.#made) await orchestrator.close();
  }
}

/** Every promise of `BaseOrchestrator`. */
export const orchestratorChecks: readonly Check<OrchestratorCase>[] = [
  ...orderChecks,
  ...nestingChecks,
  ...concurrencyChecks,
  ...failureChecks,
  ...cancellationChecks,
  ...costChecks,
  ...configurationChecks((given: OrchestratorCase) => given.orchestrator()),
];

/**
 * Checks an orchestrator, with deployments whose steps only note that they ran: call it at the top of a vitest file.
 *
 * @example
 * orchestratorConformance({ name: "MyOrchestrator", create: () => new MyOrchestrator({ name: "test" }) });
 */
export function orchestratorConformance(subject: OrchestratorSubject): void {
  defineChecks("orchestratorConformance", subject, orchestratorChecks, () => new OrchestratorCase(subject));
}
