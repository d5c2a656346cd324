import type { ResolvedBinding } from "../metadata/record.ts";
import type { Binding } from "../pipeline/spec.ts";
import type { Artifact, Json } from "../pipeline/types.ts";
import type { RunValues } from "./run-values.ts";

/** What stands behind an artifact's `~zen`: enough to be an input of another run, in any copy of core. */
export interface ArtifactBrand {
  readonly kind: "artifact";
  readonly contract: 1;
  readonly binding: ResolvedBinding;
}

/** The outputs of a run, in the shape that the pipeline returned: an `Artifact` for each leaf. */
export function runOutputs(shape: Binding, resolved: ResolvedBinding, values: RunValues): unknown {
  if (shape.kind === "list" && !shape.whole && resolved.kind === "list")
    return shape.items.map((item, index) => runOutputs(item, resolved.items[index]!, values));
  if (shape.kind === "object" && !shape.whole && resolved.kind === "object")
    return Object.fromEntries(Object.entries(shape.fields).map(([key, field]) => [key, runOutputs(field, resolved.fields[key]!, values)]));
  if (
    shape.kind === "value" &&
    resolved.kind === "value" &&
    "json" in resolved &&
    typeof resolved.json === "object" &&
    resolved.json !== null
  ) {
    // A plain list or object among the outputs: its leaves are what the types promise.
    const leaf = (json: Json): unknown => runOutputs({ kind: "value", json }, { kind: "value", json }, values);
    return Array.isArray(resolved.json)
      ? resolved.json.map(leaf)
      : Object.fromEntries(Object.entries(resolved.json).map(([key, json]) => [key, leaf(json)]));
  }
  return openArtifact(resolved, values);
}

/** A stored value, read when asked for; each read gives a fresh copy. */
function openArtifact(binding: ResolvedBinding, values: RunValues): Artifact<unknown> {
  const record = binding.kind === "artifact" ? values.artifact(binding.id) : undefined;
  const brand: ArtifactBrand = { kind: "artifact", contract: 1, binding };
  return {
    "~zen": brand as Artifact<unknown>["~zen"],
    // What came from a map, a branch or a plain value is no object of its own in the store.
    id: record?.id ?? "",
    uri: record ? values.uri(record) : "",
    read: () => values.read(binding),
  };
}
