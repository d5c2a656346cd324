import { hash } from "node:crypto";
import type { RecordedStep, StepDefinition } from "../pipeline/recorded.ts";
import { codeDigest } from "./module-text.ts";

/**
 * The cache key of one execution of a step, scheme `v1`. It is readable, part by part, so that a miss can be explained
 * by comparing two keys: `v1 step=fit code=… outputs=… in.rows=… in.rate=…`.
 */
export interface CacheKeyParts {
  readonly recorded: RecordedStep;
  /** By input name: a digest of its content. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Of the pipeline's parameters: part of the key of a step that was made while recording. */
  readonly parameters: string;
}

/** @returns undefined if the step's module isn't known: then there is nothing to recognise its code by. */
export function cacheKey({ recorded: { definition }, inputs, parameters }: CacheKeyParts): string | undefined {
  if (definition.module === null) return undefined;
  const named: string[] = [];
  for (const name of [...inputs.keys()].toSorted()) named.push(`in.${encodeURIComponent(name)}=${shortDigest(inputs.get(name)!)}`);
  const list = named.join(" ");
  // A step with very many inputs: the list itself is hashed, so that keys stay indexable.
  return `${ofDefinition(definition, definition.module)}${definition.inline ? ` parameters=${short(parameters)}` : ""}${list.length > 1_500 ? ` inputs=${short(list)}` : list && ` ${list}`}`;
}

const definitions = new WeakMap<StepDefinition, string>();

/** The parts that all executions of a step share. */
function ofDefinition(definition: StepDefinition, module: string): string {
  let parts = definitions.get(definition);
  if (parts === undefined) {
    const outputs = Object.entries(definition.outputs).map(([name, { name: materializer }]) => [name, materializer]);
    parts = `v1 step=${encodeURIComponent(definition.name)} code=${short(codeDigest(module))} outputs=${short(JSON.stringify([definition.named, outputs]))}`;
    definitions.set(definition, parts);
  }
  return parts;
}

/** Why `now` isn't `before`, as a person should read it. */
export function explainMiss(before: string | null | undefined, now: string): string {
  if (before === undefined) return "no earlier result";
  if (before === null) return "its last run was not cached";
  const [old, current] = [parse(before), parse(now)];
  const changed: string[] = [];
  if (old.get("code") !== current.get("code")) changed.push("its code changed");
  if (old.get("outputs") !== current.get("outputs")) changed.push("its outputs changed");
  if (old.get("parameters") !== current.get("parameters")) changed.push("the pipeline's parameters changed");
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((key) => key.startsWith("in.") || key === "inputs");
  const inputs = names.filter((key) => old.get(key) !== current.get(key)).map((key) => decodeURIComponent(key.replace(/^in\./, "")));
  if (inputs.length === 1) changed.push(`its input ${inputs[0]} changed`);
  else if (inputs.length > 1) changed.push(`its inputs ${inputs.join(", ")} changed`);
  return changed.length > 0 ? changed.join(", ") : "no earlier result is left in the cache";
}

function parse(key: string): Map<string, string> {
  return new Map(key.split(" ").map((part) => part.split("=", 2) as [string, string]));
}

/** 128 bits of sha256. */
function short(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}

/** A digest is a hash already: `json:sha256:<hex>` only needs cutting. */
function shortDigest(digest: string): string {
  const [, materializer, hex] = /^(json|rich|text|bytes):sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  return hex === undefined ? short(digest) : `${materializer}:${hex.slice(0, 32)}`;
}
