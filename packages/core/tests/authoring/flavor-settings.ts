// A flavor says which settings it takes; a misspelt one is then a compile error.
import { step } from "@zen/core";

declare module "@zen/core" {
  interface FlavorSettings {
    "orchestrator.example"?: { nodes: number };
  }
}

step("known", { settings: { "orchestrator.example": { nodes: 2 } } }, () => 1);
// @ts-expect-error nodes is a number
step("wrong", { settings: { "orchestrator.example": { nodes: "two" } } }, () => 1);
step("unknown", { settings: { "orchestrator.other": { anything: "goes" } } }, () => 1);
