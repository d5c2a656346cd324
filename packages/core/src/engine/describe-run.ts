import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { ResolvedBinding, RunRecord, StepRecord } from "../metadata/record.ts";
import type { OutputDescription, RunDescription, RunStatus, StepDescription } from "./run-description.ts";
import { runStatus } from "./run-status.ts";

/** A run with its steps, as users see it. */
export async function describeRun(store: BaseMetadataStore, run: RunRecord): Promise<RunDescription> {
  const status = runStatus(run);
  const steps: StepDescription[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listSteps(run.id, { cursor });
    steps.push(...page.entries.map((step) => describeStep(step, status)));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const { id, name, pipeline, stack, createdAt, finishedAt, failure } = run;
  return {
    id,
    name,
    pipeline,
    status,
    stack,
    createdAt,
    finishedAt,
    failure,
    outputs: run.outputs ? describeOutputs(run.outputs) : [],
    steps,
  };
}

/** A step that was under way when its run's process died was interrupted with it. */
function describeStep(
  { node, step, status, cached, reason, attempts, startedAt, finishedAt, failure, outputs }: StepRecord,
  run: RunStatus,
): StepDescription {
  return {
    name: node,
    step,
    status: status === "running" && run !== "running" ? "interrupted" : status,
    cached,
    reason,
    attempts,
    startedAt,
    finishedAt,
    failure,
    outputs: Object.entries(outputs).map(([name, id]) => ({ name, id })),
  };
}

/** The artifacts of a run's outputs, each with its place in what the pipeline returned: `metrics.accuracy`, `urls[2]`. */
export function describeOutputs(resolved: ResolvedBinding, name = ""): OutputDescription[] {
  switch (resolved.kind) {
    case "artifact":
      return [{ name: name || "output", id: resolved.id, ...(resolved.path?.length ? { path: resolved.path } : {}) }];
    case "list":
      return resolved.items.flatMap((item, index) => describeOutputs(item, `${name}[${index}]`));
    case "object":
      return Object.entries(resolved.fields).flatMap(([key, field]) => describeOutputs(field, name === "" ? key : `${name}.${key}`));
    case "value":
    case "secret":
      return [];
  }
}
