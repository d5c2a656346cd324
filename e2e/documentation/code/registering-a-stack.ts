import { Repository, Stack } from "@zen/core";
import { LocalArtifactStore, LocalOrchestrator, SQLiteMetadataStore } from "@zen/integration-local";

const repo = new Repository();

// Create a new orchestrator
const orchestrator = new LocalOrchestrator({ name: "local" });

// Create a new metadata store
const metadataStore = new SQLiteMetadataStore({
  name: "local",
  uri: "/tmp/zenml/zenml.db",
});

// Create a new artifact store
const artifactStore = new LocalArtifactStore({
  name: "local",
  path: "/tmp/zenml/artifacts",
});

// Create a new stack with the new components
const stack = new Stack({
  name: "local",
  orchestrator,
  metadataStore,
  artifactStore,
});

// Register the new stack in the currently active profile
await repo.registerStack(stack);

// Set the stack as the active stack of the repository
await repo.activateStack(stack.name);
