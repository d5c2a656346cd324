import { COMPONENT_TYPES, type ComponentType, type ComponentTypeInfo } from "@zen/core/light";

/** What `zen <type> explain` says beyond the table of types. */
const EXPLANATIONS: Readonly<Record<ComponentType, string>> = {
  orchestrator: `Decides when and where the steps of a run are executed: in the order that their data asks for, as many at a time as it allows.
The local one runs them in the process that started the run. Every stack has one.`,
  metadata_store: `Remembers every run, step and artifact, what was made from what, and under which key a result can be reused.
The local one is a file of SQLite, which many runs can share. Every stack has one.`,
  artifact_store: `Keeps what steps return, byte for byte, and their logs. A result is reused only on a stack that has the same place.
The local one is a folder. Every stack has one.`,
  container_registry: `Keeps the container images that steps run in, where an orchestrator or a step operator leaves this machine.`,
  secrets_manager: `Keeps secrets in one place, so that settings and steps name them instead of holding them.
Until a stack has one, a secret is referred to as {{env.NAME}}, and read from the environment when it is used.`,
  step_operator: `Runs single steps somewhere else, such as on a machine with more memory or a GPU, while the others stay where they are.`,
  feature_store: `Serves features: past values for training, current ones for inference, by the same definition.`,
  model_deployer: `Serves models that a pipeline has trained, and starts, replaces and stops such services.`,
  experiment_tracker: `Records the parameters, metrics and models of training steps, to be compared from run to run.`,
  alerter: `Sends messages about runs to people, in a channel that they read.`,
};

/** One component type, in a few lines. */
export function explain({ type, command, label, required, contract }: ComponentTypeInfo): string {
  const status =
    contract === 0
      ? "\nExperimental: it has a name, settings, a life cycle and the hooks of a run; its own methods come with its first flavor."
      : "";
  const lines = [
    [`zen ${command} flavor list`, "what there is"],
    [`zen ${command} register --help`, "make one"],
    [`zen stack update --${command} NAME`, "put it into the active stack"],
  ] as const;
  const width = Math.max(...lines.map(([line]) => line.length)) + 2;
  return `${label[0]!.toUpperCase()}${label.slice(1)} (${type}${required ? ", required" : ""})

${EXPLANATIONS[type]}${status}

${lines.map(([line, what]) => `  ${line.padEnd(width)}${what}`).join("\n")}`;
}

export const PROFILE_EXPLANATION = `A profile is a set of stacks and components, with an active stack. Profiles know nothing of each other: several of them are
like several installations of zen on one machine.

The profile default is made on first use. In a repository (zen init) the active profile and stack are the repository's own;
elsewhere they count for the whole machine. ZENML_ACTIVATED_PROFILE and ZENML_ACTIVATED_STACK choose others for a session,
and zen status says which of these counts.

A profile's stacks are kept in YAML files, in zen's configuration folder or one of your own (--url). To share stacks with a
team, keep them in git: zen stack export, zen stack apply.

The types of components that stacks are made of:
${COMPONENT_TYPES.map(({ command, description }) => `  ${command.padEnd(20)}${description}`).join("\n")}`;
