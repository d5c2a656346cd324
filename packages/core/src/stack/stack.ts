import type { BaseAlerter } from "../component/alerter.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { aComponent, COMPONENT_TYPES, componentType, type ComponentType } from "../component/component-type.ts";
import type { BaseContainerRegistry } from "../component/container-registry.ts";
import type { BaseExperimentTracker } from "../component/experiment-tracker.ts";
import type { BaseFeatureStore } from "../component/feature-store.ts";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { BaseModelDeployer } from "../component/model-deployer.ts";
import type { BaseOrchestrator } from "../component/orchestrator.ts";
import type { BaseSecretsManager } from "../component/secrets-manager.ts";
import { isComponent, type StackComponent } from "../component/stack-component.ts";
import type { BaseStepOperator } from "../component/step-operator.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";

/** The parts of a stack, by property. The first three are required. */
export interface StackParts {
  readonly orchestrator: BaseOrchestrator;
  readonly metadataStore: BaseMetadataStore;
  readonly artifactStore: BaseArtifactStore;
  readonly containerRegistry?: BaseContainerRegistry | undefined;
  readonly secretsManager?: BaseSecretsManager | undefined;
  readonly stepOperator?: BaseStepOperator | undefined;
  readonly featureStore?: BaseFeatureStore | undefined;
  readonly modelDeployer?: BaseModelDeployer | undefined;
  readonly experimentTracker?: BaseExperimentTracker | undefined;
  readonly alerter?: BaseAlerter | undefined;
}

/**
 * What a pipeline runs on: one component per type.
 *
 * @example
 * const stack = new Stack({ name: "local", orchestrator, metadataStore, artifactStore });
 */
export class Stack implements StackParts {
  readonly name: string;
  readonly orchestrator: BaseOrchestrator;
  readonly metadataStore: BaseMetadataStore;
  readonly artifactStore: BaseArtifactStore;
  readonly containerRegistry: BaseContainerRegistry | undefined;
  readonly secretsManager: BaseSecretsManager | undefined;
  readonly stepOperator: BaseStepOperator | undefined;
  readonly featureStore: BaseFeatureStore | undefined;
  readonly modelDeployer: BaseModelDeployer | undefined;
  readonly experimentTracker: BaseExperimentTracker | undefined;
  readonly alerter: BaseAlerter | undefined;
  /** The components, in the order in which they are validated, provisioned and prepared. */
  readonly components: readonly StackComponent[];

  /** @throws ZenError `bad_stack` if a part is missing, or stands where another type belongs. */
  constructor({ name, ...parts }: { readonly name: string } & StackParts) {
    this.name = name;
    for (const { type, property, label, required } of COMPONENT_TYPES) {
      const part: unknown = parts[property as keyof StackParts];
      if (part === undefined) {
        if (required)
          throw new ZenError("bad_stack", `The stack "${name}" has no ${label}.`, {
            exitCode: 2,
            hint: "A stack needs an orchestrator, a metadata store and an artifact store.",
          });
      } else if (!isComponent(part) || part.type !== type) {
        const what = isComponent(part) ? `${aComponent(part.type)} ("${part.name}")` : "no stack component";
        throw new ZenError("bad_stack", `The stack "${name}" has ${what} where its ${label} belongs.`, {
          exitCode: 2,
          hint: `Give a component of type ${type} as "${property}".`,
        });
      }
    }
    this.orchestrator = parts.orchestrator;
    this.metadataStore = parts.metadataStore;
    this.artifactStore = parts.artifactStore;
    this.containerRegistry = parts.containerRegistry;
    this.secretsManager = parts.secretsManager;
    this.stepOperator = parts.stepOperator;
    this.featureStore = parts.featureStore;
    this.modelDeployer = parts.modelDeployer;
    this.experimentTracker = parts.experimentTracker;
    this.alerter = parts.alerter;
    this.components = COMPONENT_TYPES.flatMap(({ property }) => parts[property as keyof StackParts] ?? []);
    Object.freeze(this);
  }

  /** The component of a type, if the stack has one. */
  component(type: ComponentType): StackComponent | undefined {
    return this.components.find((component) => component.type === type);
  }

  /**
   * Asks every component's validator.
   *
   * @throws ZenError `invalid_stack` that names the component and what it misses.
   */
  validate(): void {
    for (const component of this.components) this.validateComponent(component);
  }

  /**
   * Asks one component's validator.
   *
   * @throws ZenError `invalid_stack`
   */
  validateComponent(component: StackComponent): void {
    const { requiredComponents = [], check } = component.validator ?? {};
    const label = `The ${componentType(component.type).label} "${component.name}"`;
    const missing = requiredComponents.filter((type) => !this.component(type));
    if (missing.length > 0) {
      const names = missing.map(aComponent).join(" and ");
      throw new ZenError("invalid_stack", `${label} needs ${names}, and the stack "${this.name}" has none.`, {
        hint: `Give it one: --${componentType(missing[0]!).command} COMPONENT`,
      });
    }
    const problem = check?.(this);
    if (problem !== undefined) throw new ZenError("invalid_stack", `${label} can't work in the stack "${this.name}": ${problem}`);
  }

  /** @throws ZenError `component_not_running` that names every component that isn't, and says how to start them. */
  async assertRunning(): Promise<void> {
    const stopped: string[] = [];
    for (const component of this.components) {
      if (!(await isRunning(component))) stopped.push(`the ${componentType(component.type).label} "${component.name}"`);
    }
    if (stopped.length === 0) return;
    const [last, ...others] = stopped.toReversed();
    const which = others.length === 0 ? last! : `${others.reverse().join(", ")} and ${last}`;
    const several = stopped.length > 1;
    throw new ZenError(
      "component_not_running",
      `${which[0]!.toUpperCase()}${which.slice(1)} of the stack "${this.name}" ${several ? "are" : "is"} not running.`,
      { hint: `Provision and start ${several ? "them" : "it"}: zen stack up --stack ${this.name}` },
    );
  }

  /** Closes every component. */
  async close(): Promise<void> {
    await Promise.allSettled(this.components.map((component) => component.close()));
  }
}

/** Asks a component, and says which one it was if it can't tell. */
async function isRunning(component: StackComponent): Promise<boolean> {
  try {
    return await component.isRunning();
  } catch (error) {
    if (isZenError(error)) throw error;
    throw new ZenError(
      "component_failed",
      `The ${componentType(component.type).label} "${component.name}" could not say whether it is running: ${error instanceof Error ? error.message : String(error)}`,
      { hint: `Look at it: zen ${componentType(component.type).command} describe ${component.name}`, cause: error },
    );
  }
}
