import { BaseArtifactStore, type ComponentType } from "@zen/core";
import { MyCustomArtifactStore } from "./my-custom-artifact-store.ts";

// Class parameters
const type: ComponentType = BaseArtifactStore.TYPE;
console.log(type, MyCustomArtifactStore.TYPE, MyCustomArtifactStore.SUPPORTED_SCHEMES.join());

// Instance configuration
const store: BaseArtifactStore = new MyCustomArtifactStore({ name: "mine", path: "custom:///data" });
console.log(store.path);

for (const path of ["s3://bucket", "/data"]) {
  try {
    console.log(new MyCustomArtifactStore({ name: "mine", path }).path);
  } catch (error) {
    console.log((error as Error).message);
  }
}
