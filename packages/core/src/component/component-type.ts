/** One row of the table from which command groups, options, folders and stack properties are made. */
export interface ComponentTypeInfo {
  /** As in files, JSON and manifests. */
  readonly type: ComponentType;
  /** The property of a `Stack`. */
  readonly property: string;
  /** The command group. */
  readonly command: string;
  /** In a sentence. */
  readonly label: string;
  /** The folder of a local profile, and plural in a sentence with spaces for underscores. */
  readonly plural: string;
  /** `zen stack register -a`. */
  readonly shortOption: string;
  /** Every stack has one. */
  readonly required: boolean;
  /** The version of the base class's promises; 0 is experimental. */
  readonly contract: number;
  /** The oldest version that zen still speaks: a flavor that was built on it, or on one since, works. */
  readonly oldestContract: number;
  /** What it is for, in one line. */
  readonly description: string;
}

/** The ten types, in the order in which a stack validates and provisions its components. */
export type ComponentType =
  | "orchestrator"
  | "metadata_store"
  | "artifact_store"
  | "container_registry"
  | "secrets_manager"
  | "step_operator"
  | "feature_store"
  | "model_deployer"
  | "experiment_tracker"
  | "alerter";

/** The table of the ten component types: the only one there is. */
export const COMPONENT_TYPES: readonly ComponentTypeInfo[] = [
  {
    type: "orchestrator",
    property: "orchestrator",
    command: "orchestrator",
    label: "orchestrator",
    plural: "orchestrators",
    shortOption: "o",
    required: true,
    contract: 1,
    oldestContract: 1,
    description: "Orchestrating the runs of your pipeline",
  },
  {
    type: "metadata_store",
    property: "metadataStore",
    command: "metadata-store",
    label: "metadata store",
    plural: "metadata_stores",
    shortOption: "m",
    required: true,
    contract: 1,
    oldestContract: 1,
    description: "Tracking the execution of your pipelines and steps",
  },
  {
    type: "artifact_store",
    property: "artifactStore",
    command: "artifact-store",
    label: "artifact store",
    plural: "artifact_stores",
    shortOption: "a",
    required: true,
    contract: 1,
    oldestContract: 1,
    description: "Storage for the artifacts created by your pipelines",
  },
  {
    type: "container_registry",
    property: "containerRegistry",
    command: "container-registry",
    label: "container registry",
    plural: "container_registries",
    shortOption: "c",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Store for your containers",
  },
  {
    type: "secrets_manager",
    property: "secretsManager",
    command: "secrets-manager",
    label: "secrets manager",
    plural: "secrets_managers",
    shortOption: "x",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Centralized location for the storage of your secrets",
  },
  {
    type: "step_operator",
    property: "stepOperator",
    command: "step-operator",
    label: "step operator",
    plural: "step_operators",
    shortOption: "s",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Execution of individual steps in specialized runtime environments",
  },
  {
    type: "feature_store",
    property: "featureStore",
    command: "feature-store",
    label: "feature store",
    plural: "feature_stores",
    shortOption: "f",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Management of your data and features",
  },
  {
    type: "model_deployer",
    property: "modelDeployer",
    command: "model-deployer",
    label: "model deployer",
    plural: "model_deployers",
    shortOption: "d",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Services and platforms for online model serving",
  },
  {
    type: "experiment_tracker",
    property: "experimentTracker",
    command: "experiment-tracker",
    label: "experiment tracker",
    plural: "experiment_trackers",
    shortOption: "e",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Tracking your ML experiments",
  },
  {
    type: "alerter",
    property: "alerter",
    command: "alerter",
    label: "alerter",
    plural: "alerters",
    shortOption: "al",
    required: false,
    contract: 0,
    oldestContract: 0,
    description: "Sending alerts through specified channels",
  },
];

/** The row of `type`. */
export function componentType(type: ComponentType): ComponentTypeInfo {
  return COMPONENT_TYPES.find((row) => row.type === type)!;
}

/** Whether a flavor that was built on a version of its base class's promises works with this zen. */
export function speaksContract({ contract, oldestContract }: ComponentTypeInfo, built: number): boolean {
  return built >= oldestContract && built <= contract;
}

/** A type in a sentence: "an artifact store", "a step operator". */
export function aComponent(type: ComponentType): string {
  const { label } = componentType(type);
  return `${/^[aeiou]/.test(label) ? "an" : "a"} ${label}`;
}

/** Whether a word from a file or a manifest is one of the ten. */
export function isComponentType(word: unknown): word is ComponentType {
  return COMPONENT_TYPES.some((row) => row.type === word);
}
