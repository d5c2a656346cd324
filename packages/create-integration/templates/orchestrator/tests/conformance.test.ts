import { orchestratorConformance } from "@zen/conformance";
import { TemplateOrchestrator } from "../src/index.ts";

orchestratorConformance({
  name: "TemplateOrchestrator",
  create: () => new TemplateOrchestrator({ name: "test" }),
  // More where a step takes long to start.
  timeoutSeconds: 30,
});
