import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { LocalArtifactStore } from "@zen/integration-local";

/** An artifact store with resources that have a state: two files in the working directory. */
export class StatefulArtifactStore extends LocalArtifactStore {
  static override readonly FLAVOR = "stateful";

  /** If the component provisioned resources to run. */
  override async isProvisioned(): Promise<boolean> {
    return existsSync("provisioned");
  }

  /** If the component is running. */
  override async isRunning(): Promise<boolean> {
    return existsSync("running");
  }

  /** Provisions resources to run the component. */
  override async provision(): Promise<void> {
    this.#log("provision");
    writeFileSync("provisioned", "");
  }

  /** Deprovisions all resources of the component. */
  override async deprovision(): Promise<void> {
    this.#log("deprovision");
    rmSync("provisioned");
  }

  /** Resumes the provisioned resources of the component. */
  override async resume(): Promise<void> {
    this.#log("resume");
    writeFileSync("running", "");
  }

  /** Suspends the provisioned resources of the component. */
  override async suspend(): Promise<void> {
    this.#log("suspend");
    rmSync("running");
  }

  #log(what: string): void {
    appendFileSync("life.txt", `${what}\n`);
  }
}

// By default, each stack component is assumed to be in a provisioned and running state.
if (import.meta.main) {
  const plain = new LocalArtifactStore({ name: "plain", path: "/data" });
  await plain.provision();
  await plain.deprovision();
  console.log(await plain.isProvisioned(), await plain.isRunning());
}
