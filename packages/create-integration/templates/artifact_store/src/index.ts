export { TemplateArtifactStore } from "./artifact-store.ts";
