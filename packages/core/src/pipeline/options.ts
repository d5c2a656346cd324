import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { allNodes } from "./binding.ts";
import { withDigest } from "./digest.ts";
import { checkStepOptions } from "./step-options.ts";
import type { RecordedPipeline, RecordedStep } from "./recorded.ts";
import type { Node } from "./spec.ts";
import type { Json, PipelineOptions, RunOptions, StepOptions } from "./types.ts";

/**
 * Options of several sources as one: a later one wins. `settings` are merged component by component and key by key, and
 * a pipeline's `steps` option by option; every other option replaces the earlier one whole.
 */
export function mergeOptions<O extends StepOptions | PipelineOptions>(...sources: readonly O[]): O {
  const merged: Record<string, unknown> = {};
  for (const source of sources) {
    for (const [key, value] of Object.entries(source)) {
      if (value === undefined) continue;
      if (key === "settings") merged[key] = mergeSettings((merged[key] ?? {}) as Settings, value as Settings);
      else if (key === "steps") merged[key] = mergeOptions((merged[key] ?? {}) as StepOptions, value as StepOptions);
      else merged[key] = value;
    }
  }
  return merged as O;
}

type Settings = Readonly<Record<string, object>>;

function mergeSettings(before: Settings, after: Settings): Settings {
  const merged: Record<string, object> = { ...before };
  for (const [component, settings] of Object.entries(after)) merged[component] = { ...before[component], ...settings };
  return merged;
}

/** Options as they stand in the spec. A function is written `true`. */
export function optionsAsJson(options: StepOptions): Record<string, Json> {
  return JSON.parse(JSON.stringify(options, (_key, value: unknown) => (typeof value === "function" ? true : value))) as Record<
    string,
    Json
  >;
}

/**
 * Applies what a run says of single steps: `run({}, { steps: { "sweep/fit": { retries: 2 } } })`. Gives a new recorded
 * pipeline, with the options merged in its spec and in its steps.
 *
 * @param steps by node id, without keys
 * @throws ZenError `no_such_node`, or what is wrong with an option
 */
export function applyRunOptions(recorded: RecordedPipeline, steps: RunOptions["steps"]): RecordedPipeline {
  if (steps === undefined) return recorded;
  const given = Object.entries(steps);
  if (given.length === 0) return recorded;
  const changed = new Map<string, RecordedStep>();
  for (const [id, options] of given) {
    const step = recorded.steps.get(id);
    if (!step) throw noSuchStep(recorded, id);
    checkStepOptions(options, { of: `step "${id}" in "steps" of the run`, kind: "run" });
    changed.set(id, { ...step, options: mergeOptions(step.options, options) });
  }
  const apply = (nodes: readonly Node[]): Node[] =>
    nodes.map((node) => {
      if (node.kind === "map") return { ...node, body: apply(node.body) };
      if (node.kind === "when") return { ...node, then: apply(node.then), otherwise: apply(node.otherwise) };
      const step = changed.get(node.id);
      return step ? { ...node, options: optionsAsJson(step.options) } : node;
    });
  return {
    ...recorded,
    spec: withDigest({ ...recorded.spec, nodes: apply(recorded.spec.nodes) }),
    steps: new Map([...recorded.steps, ...changed]),
  };
}

function noSuchStep({ spec, steps }: RecordedPipeline, id: string): ZenError {
  const names = [...steps.keys()];
  const node = [...allNodes(spec.nodes)].find((candidate) => candidate.id === id);
  const inside = names.filter((name) => name.startsWith(`${id}/`));
  if (node || inside.length > 0) {
    return new ZenError(
      "no_such_node",
      `"${id}" in "steps" of the run is a ${node?.kind ?? "pipeline"} in pipeline "${spec.pipeline}", not a step.`,
      {
        exitCode: 2,
        hint: inside.length === 0 ? "It has no steps in it." : `Name a step in it: ${list(inside)}.`,
      },
    );
  }
  return new ZenError(
    "no_such_node",
    `Pipeline "${spec.pipeline}" has no step "${id}", which "steps" of the run names.${didYouMean(id, names)}`,
    {
      exitCode: 2,
      hint: names.length === 0 ? "It has no steps." : `Its steps are ${list(names)}.`,
    },
  );
}

function list(names: readonly string[]): string {
  return names.length <= 12 ? names.join(", ") : `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`;
}
