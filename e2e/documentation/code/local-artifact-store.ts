import { BaseArtifactStore } from "@zen/core";
import { LocalArtifactStore } from "@zen/integration-local";

console.log(LocalArtifactStore.FLAVOR, JSON.stringify(LocalArtifactStore.SUPPORTED_SCHEMES));
console.log(new LocalArtifactStore({ name: "local", path: "/tmp/zenml/artifacts" }) instanceof BaseArtifactStore);
