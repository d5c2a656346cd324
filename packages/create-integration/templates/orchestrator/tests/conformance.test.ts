import { orchestratorConformance } from "@zen/conformance";
import { TemplateOrchestrator } from "../src/index.ts";

orchestratorConformance({ name: "TemplateOrchestrator", create: () => new TemplateOrchestrator({ name: "test" }) });
