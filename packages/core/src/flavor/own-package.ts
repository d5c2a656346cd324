import type { ComponentType } from "../component/component-type.ts";
import { own } from "./package-json.ts";

/** What brings the flavors of the default stack. */
export const LOCAL_PACKAGE = "@zen/integration-local";

/** zen's own packages, by what a person calls their flavors. Core has them by name only: to record them, and to say what to install. */
const OWN_PACKAGES: Partial<Record<ComponentType, Readonly<Record<string, string>>>> = {
  orchestrator: { local: LOCAL_PACKAGE, kubeflow: "@zen/integration-kubeflow" },
  metadata_store: { sqlite: LOCAL_PACKAGE },
  artifact_store: { local: LOCAL_PACKAGE, s3: "@zen/integration-s3", gcs: "@zen/integration-gcs", gcp: "@zen/integration-gcs" },
  experiment_tracker: { mlflow: "@zen/integration-mlflow" },
  alerter: { slack: "@zen/integration-slack" },
};

/** The package of zen's own that has a flavor, or undefined where nobody can know whether there is one. */
export function ownPackage(type: ComponentType, flavor: string): string | undefined {
  return own(OWN_PACKAGES[type] ?? {}, flavor.toLowerCase());
}

/** The same of a flavor of any type. */
export function ownPackageCalled(flavor: string): string | undefined {
  return (Object.keys(OWN_PACKAGES) as ComponentType[]).map((type) => ownPackage(type, flavor)).find((name) => name !== undefined);
}
