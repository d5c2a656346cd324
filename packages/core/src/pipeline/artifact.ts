import type { ResolvedBinding } from "../metadata/record.ts";
import { kindOf } from "./brand.ts";
import type { Binding } from "./spec.ts";
import type { Artifact } from "./types.ts";

/** Whether `value` is an artifact of any copy of core: a stored value of some run. */
export function isArtifact(value: unknown): value is Artifact<unknown> {
  return kindOf(value) === "artifact";
}

/** What an artifact refers to: in parts, if it came from a map. */
export function artifactBinding(artifact: Artifact<unknown>): ResolvedBinding {
  return (artifact["~zen"] as unknown as { readonly binding: ResolvedBinding }).binding;
}

/** Says of a binding in parts that it is one value all the same, not a record or a list of outputs. */
export function wholeBinding(binding: Binding): Binding {
  return binding.kind === "list" || binding.kind === "object" ? { ...binding, whole: true } : binding;
}
