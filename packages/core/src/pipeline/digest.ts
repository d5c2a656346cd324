import { createHash } from "node:crypto";
import type { PipelineSpec } from "./spec.ts";

/** Puts the digest in: sha256 over the rest of the spec as JSON, keys sorted, no white space. */
export function withDigest(spec: Omit<PipelineSpec, "digest">): PipelineSpec {
  const { digest: _, ...rest } = spec as PipelineSpec;
  return { ...rest, digest: `sha256:${createHash("sha256").update(canonical(rest)).digest("hex")}` };
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let text = "";
  if (Array.isArray(value)) {
    for (const item of value) text += `${text === "" ? "" : ","}${canonical(item)}`;
    return `[${text}]`;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(fields).sort()) text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${canonical(fields[key])}`;
  return `{${text}}`;
}
