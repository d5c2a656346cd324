import { hash } from "node:crypto";
import path from "node:path";
import type { Enclosing, Origin } from "../pipeline/origin.ts";
import type { StepDefinition } from "../pipeline/recorded.ts";
import { changedLateFile, moduleCode } from "./module-text.ts";

/** The cache key of one execution of a step; or why there is none, as a person should read it. */
export type CacheKey = { readonly key: string } | { readonly key: null; readonly why: string };

/**
 * The cache key of one execution of a step, scheme `v1`. It is readable, part by part, so that a miss can be explained
 * by comparing two keys: `v1 step=fit code=… outputs=… in.rows=… in.rate=…`.
 *
 * What a function closes over is part of it as well: through the text of the modules of all calls that led to `step(…)`
 * and the places of these calls, and for a step that was made while a pipeline was recorded, through that pipeline's
 * parameters. Where that can't tell two functions apart, there is no key.
 *
 * @param inputs a digest of the content of each, by name; of all, if they come as one value: `fit(load())`
 */
export function cacheKey(definition: StepDefinition, inputs: ReadonlyMap<string, string> | string): CacheKey {
  const { parts, why = alike(definition) } = ofDefinition(definition);
  if (why !== undefined) return { key: null, why };
  if (typeof inputs === "string") return { key: `${parts} whole=${shortDigest(inputs)}` };
  const named: string[] = [];
  for (const name of [...inputs.keys()].toSorted()) named.push(`in.${encodeURIComponent(name)}=${shortDigest(inputs.get(name)!)}`);
  const list = named.join(" ");
  // A step with very many inputs: the list itself is hashed, so that keys stay indexable.
  return { key: `${parts}${list.length > 1_500 ? ` inputs=${short(list)}` : list && ` ${list}`}` };
}

type Shared = { readonly parts: string; readonly why?: undefined } | { readonly parts?: undefined; readonly why: string };
const definitions = new WeakMap<StepDefinition, Shared>();

/** The parts that all executions of a step share. */
function ofDefinition(definition: StepDefinition): Shared {
  let shared = definitions.get(definition);
  if (shared === undefined) definitions.set(definition, (shared = readDefinition(definition)));
  return shared;
}

function readDefinition({ name, origin, fn, named, outputs }: StepDefinition): Shared {
  const why = notKnown(origin, "step");
  if (why !== undefined) return { why };
  const around = enclosing(origin);
  for (const { pipeline, origin: of, parameters } of around) {
    if (parameters === null)
      return { why: `it is made in the pipeline "${pipeline}", whose parameters are not all plain values; make it outside` };
    const unknown = notKnown(of, "pipeline");
    if (unknown !== undefined) return { why: `it is made in the pipeline "${pipeline}", and ${unknown}` };
  }
  const code = [codeOf(origin), String(fn), ...around.map((one) => codeOf(one.origin))];
  const made = Object.entries(outputs).map(([output, { name: materializer }]) => [output, materializer]);
  const parameters = around.length === 0 ? "" : ` parameters=${short(JSON.stringify(around.map((one) => one.parameters)))}`;
  return {
    parts: `v1 step=${encodeURIComponent(name)} code=${short(JSON.stringify(code))} outputs=${short(JSON.stringify([named, made]))}${parameters}`,
  };
}

/** The pipelines that a definition was made in, at any depth: a pipeline may itself have been made in another. */
function enclosing({ within }: Origin): readonly Enclosing[] {
  return within.flatMap((one) => [one, ...enclosing(one.origin)]);
}

function codeOf({ sites }: Origin): unknown {
  return sites.map(({ file, line, column }) => [moduleCode(file).digest, line, column]);
}

/** Why the code at an origin, or what it closes over, isn't known. */
function notKnown({ sites, traced, at }: Origin, what: "step" | "pipeline"): string | undefined {
  if (sites.length === 0) return "the file that defines it is not known";
  if (!traced)
    return `${what}() was called at ${place(sites[0]!)} when its module had been loaded already, so what its function closes over is not known; call it at the top of a module`;
  for (const { file } of sites) {
    const { changedAt, changedFile, unknown } = moduleCode(file);
    if (unknown !== undefined) return unknown;
    if (Math.floor(changedAt) > at) return `${shown(changedFile)} was changed after it had been loaded`;
  }
  return undefined;
}

/** The same calls defined several: a loop, for example. Nothing tells their functions apart. */
function alike({ name, origin }: StepDefinition): string | undefined {
  if (origin.alike.count > 1)
    return `${origin.alike.count} steps called "${name}" are defined at ${place(origin.sites[0]!)}, and what tells them apart is not known; make it an input, or part of the name`;
  const pipeline = enclosing(origin).find((one) => one.origin.alike.count > 1);
  return (
    pipeline &&
    `it is made in the pipeline "${pipeline.pipeline}", and ${pipeline.origin.alike.count} pipelines of that name are defined at ${place(pipeline.origin.sites[0]!)}; make what tells them apart a parameter, or part of the name`
  );
}

function place({ file, line }: Origin["sites"][number]): string {
  return `${shown(file)}:${line}`;
}

function shown(file: string): string {
  return path.relative(process.cwd(), file) || file;
}

/** Why the result of a step that has just run must not be kept under its key, if that is so. */
export function changedMeanwhile({ origin }: StepDefinition): string | undefined {
  for (const { file } of origin.sites) {
    const changed = changedLateFile(file);
    if (changed !== undefined) return `${shown(changed)} was changed meanwhile`;
  }
  return undefined;
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
  if (["inputs", "whole"].some((all) => old.get(all) !== current.get(all))) return [...changed, "its inputs changed"].join(", ");
  const names = [...new Set([...old.keys(), ...current.keys()])].filter((key) => key.startsWith("in."));
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
