/**
 * `@zen/integration-s3`: artifacts in Amazon S3, and in servers that speak its API.
 *
 * @module
 */
export { S3ArtifactStore } from "./artifact-store.ts";
