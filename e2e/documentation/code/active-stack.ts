import { Repository } from "@zen/core";

const repo = new Repository();
const activeStack = await repo.activeStack;
console.log(activeStack.name);
console.log(activeStack.orchestrator.name);
console.log(activeStack.artifactStore.name);
console.log(activeStack.artifactStore.path);
console.log(activeStack.metadataStore.name);
console.log(activeStack.metadataStore.uri);
