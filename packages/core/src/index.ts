/**
 * `@zen/core`: typed pipelines, the stacks that they run on, and the base classes of whatever a stack is made of.
 *
 * @module
 */

// Authoring
export type * from "./pipeline/types.ts";
export type * from "./pipeline/spec.ts";
export { bytes, file, json, text } from "./artifact/materializer.ts";
export { atLeast, atMost, equals } from "./pipeline/compare.ts";
export { isHandle } from "./pipeline/handle.ts";
export { map } from "./pipeline/map.ts";
export { pipeline } from "./pipeline/pipeline.ts";
export { context } from "./pipeline/running-step.ts";
export { secret } from "./pipeline/secret.ts";
export { step } from "./pipeline/step.ts";
export { when } from "./pipeline/when.ts";

// Stacks
export { Repository, type RepositoryOptions } from "./repository/repository.ts";
export type { ProfileRecord } from "./profile/global-config.ts";
export type { BaseStackStore, ComponentRecord, ProjectRecord, StackChange, StackRecord, StoredFlavor } from "./store/stack-store.ts";
export { Stack, type StackParts } from "./stack/stack.ts";
export type { StackValidator } from "./component/stack-validator.ts";

// Components
export { type ComponentType, COMPONENT_TYPES, type ComponentTypeInfo } from "./component/component-type.ts";
export {
  type ComponentOptions,
  type FlavorClass,
  type RunIdentity,
  StackComponent,
  type StepIdentity,
} from "./component/stack-component.ts";
export { secretField } from "./component/secret-field.ts";
export { type SecretText } from "./component/secret-text.ts";
export { type CheckStep, ComponentCheck, type ComponentCheckOptions } from "./component/component-check.ts";
export { BaseAlerter } from "./component/alerter.ts";
export {
  assertKey,
  BaseArtifactStore,
  type ByteRange,
  type ByteSource,
  type ObjectPage,
  type ObjectStat,
  type StoreOptions,
  type StorePermissions,
} from "./component/artifact-store.ts";
export { type AnsweredBytes, otherBytes } from "./component/answered-bytes.ts";
export { pauseBeforeRetry } from "./component/retry-pause.ts";
export { bucketPath, parseBucketPath, type BucketLocation, type BucketPathRules } from "./component/bucket-path.ts";
export { Semaphore } from "./component/semaphore.ts";
export { chunksOf } from "./component/source-chunks.ts";
export { serverAddress } from "./component/server-address.ts";
export { connectionHint, connectionMayPass } from "./component/connection-failure.ts";
export { assertPageLimit, bytesInRange } from "./component/store-argument.ts";
export { mayPass, storeFailure, type StoreFailure, type StoreReply, type StoreRequest } from "./component/store-failure.ts";
export { BaseContainerRegistry } from "./component/container-registry.ts";
export { BaseExperimentTracker } from "./component/experiment-tracker.ts";
export { BaseFeatureStore } from "./component/feature-store.ts";
export { BaseMetadataStore, type Page, type PageOptions } from "./component/metadata-store.ts";
export { BaseModelDeployer } from "./component/model-deployer.ts";
export { BaseOrchestrator } from "./component/orchestrator.ts";
export { BaseSecretsManager } from "./component/secrets-manager.ts";
export { BaseStepOperator } from "./component/step-operator.ts";
export type { GraphNode, MapItem, Outcome, PipelineDeployment } from "./component/deployment.ts";
export type { Change, Lease, RunOwner } from "./metadata/change.ts";
export type * from "./metadata/record.ts";

// Runs
export type { LogLevel, RunEvent } from "./engine/event.ts";
export type { OutputDescription, RunDescription, RunStatus, StepDescription } from "./engine/run-description.ts";

// Errors
export { isZenError, ZenError, type ZenErrorOptions } from "./error/zen-error.ts";
