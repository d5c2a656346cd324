/**
 * `@zen/conformance`: whether a stack component does what its base class promises.
 *
 * Call one function at the top of a vitest file; it defines one test per promise.
 *
 * @module
 */
export {
  artifactStoreChecks,
  artifactStoreConformance,
  ArtifactStoreCase,
  type ArtifactStoreSubject,
  type KeyLimits,
} from "./artifact-store.ts";
export type { Check, Subject } from "./check.ts";
export { metadataStoreChecks, metadataStoreConformance, MetadataStoreCase, type MetadataStoreSubject } from "./metadata-store.ts";
export { orchestratorChecks, orchestratorConformance, OrchestratorCase, type OrchestratorSubject } from "./orchestrator.ts";
