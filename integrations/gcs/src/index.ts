/**
 * `@zen/integration-gcs`: artifacts in Google Cloud Storage.
 *
 * @module
 */
export { GCSArtifactStore } from "./artifact-store.ts";
