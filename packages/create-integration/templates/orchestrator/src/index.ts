export { TemplateOrchestrator } from "./orchestrator.ts";
