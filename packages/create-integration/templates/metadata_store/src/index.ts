export { TemplateMetadataStore } from "./metadata-store.ts";
