/**
 * `@zen/integration-local`: what the default stack is made of, on one machine and without a server.
 *
 * @module
 */
export { LocalArtifactStore } from "./artifact-store.ts";
export { SQLiteMetadataStore } from "./metadata-store.ts";
export { LocalOrchestrator } from "./orchestrator.ts";
