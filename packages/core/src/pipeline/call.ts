import { artifactBinding, isArtifact } from "./artifact.ts";
import { valueBinding } from "./binding.ts";
import { isLiteral, kindOf } from "./brand.ts";
import { createHandle, handleBrand, isHandle } from "./handle.ts";
import type { PipelineSpec } from "./spec.ts";
import type { Run, RunOptions, RuntimeConfiguration } from "./types.ts";

/** What stands behind the `~zen` of a call of a pipeline that returned a record, a list or nothing. */
export interface CallBrand {
  readonly kind: "call";
  readonly contract: 1;
  /** The recording it belongs to, and where in it: known by identity. */
  readonly recording: object;
  readonly scope: object;
  /** What the pipeline returned: undefined for nothing. */
  readonly outputs: unknown;
  /** The nodes of the pipeline, for `after`. */
  readonly nodes: () => readonly string[];
}

type CallParts = Pick<CallBrand, "recording" | "scope" | "nodes">;

/** What a call has beside its outputs. */
export interface CallMembers {
  run(runtime?: RuntimeConfiguration, options?: RunOptions): Promise<Run<unknown>>;
  get spec(): PipelineSpec;
}

/** Whether `value` is the call of a pipeline that returned a record, a list or nothing, of any copy of core. */
export function isCall(value: unknown): value is { readonly "~zen": CallBrand } {
  return kindOf(value) === "call";
}

/** The call of a pipeline: what it returned, with `run` and `spec`, which a spread leaves out. */
export function createCall(outputs: unknown, parts: CallParts, members: CallMembers): unknown {
  if (isHandle(outputs)) return createHandle({ ...parts, binding: handleBrand(outputs).binding }, members);
  if (outputs !== undefined && !isLiteral(outputs)) {
    return createHandle({ ...parts, binding: isArtifact(outputs) ? artifactBinding(outputs) : valueBinding(outputs) }, members);
  }
  const call: object = Array.isArray(outputs) ? [...outputs] : { ...(outputs as Readonly<Record<string, unknown>> | undefined) };
  const brand: CallBrand = { kind: "call", contract: 1, outputs, ...parts };
  return Object.defineProperties(call, {
    run: { value: (...given: Parameters<CallMembers["run"]>) => members.run(...given) },
    spec: { get: () => members.spec },
    "~zen": { value: brand },
  });
}
