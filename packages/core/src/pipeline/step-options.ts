import { encodeValue } from "../artifact/encode.ts";
import { COMPONENT_TYPES, isComponentType } from "../component/component-type.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { describeValue } from "./describe-value.ts";
import { checkName } from "./names.ts";
import type { CallOptions, PipelineOptions, StepOptions } from "./types.ts";

/** Which options there are depends on where they stand. */
const KNOWN = {
  step: ["description", "cache", "retries", "timeout", "settings", "tags", "outputs", "output"],
  call: ["as", "after", "description", "cache", "retries", "timeout", "settings", "tags"],
  run: ["description", "cache", "retries", "timeout", "settings", "tags"],
  pipeline: ["description", "params", "as", "steps", "settings", "tags"],
  "pipeline call": ["description", "as", "steps", "settings", "tags"],
} as const;

/** They have a name and a place, and come with later versions. */
const LATER = { step: ["resources", "stepOperator", "experimentTracker", "env"], pipeline: ["schedule"] };
const RETRY_KEYS = ["limit", "delay", "factor", "maxDelay", "jitter", "when"];
const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)$/;

/** Whose options they are, for messages: `step "fit"`. */
interface Owner {
  readonly of: string;
  readonly kind: keyof typeof KNOWN;
}

/**
 * Checks the options of a step, of its call, or of the run.
 *
 * @throws ZenError `unknown_option`, `bad_option`, `not_yet`
 */
export function checkStepOptions(options: StepOptions | CallOptions, owner: Owner): void {
  checkKeys(options, owner);
  const { description, cache, retries, timeout, settings, tags, as, after } = options as CallOptions;
  if (description !== undefined) expect(typeof description === "string", owner, "description", description, "a text");
  if (typeof cache === "object" && cache !== null)
    throw notYet(owner, `a cache policy such as { ttl: "1d" }`, "In this version cache takes true or false.");
  if (cache !== undefined) expect(typeof cache === "boolean", owner, "cache", cache, "true or false");
  if (retries !== undefined) checkRetries(retries, owner);
  if (timeout !== undefined) checkDuration(timeout, owner, "timeout", "longer than nothing");
  if (settings !== undefined) checkSettings(settings, owner);
  if (tags !== undefined) checkTags(tags, owner);
  if (as !== undefined) checkName(as, "a node");
  if (after !== undefined) expect(Array.isArray(after), owner, "after", after, "a list of handles", "Write after: [handle].");
}

/**
 * Checks the options of a pipeline, or of its `.with`.
 *
 * @throws ZenError `unknown_option`, `bad_option`, `not_yet`
 */
export function checkPipelineOptions(options: PipelineOptions, owner: Owner): void {
  checkKeys(options, owner);
  const { description, as, steps, settings, tags } = options;
  if (description !== undefined) expect(typeof description === "string", owner, "description", description, "a text");
  if (as !== undefined) checkName(as, "a node");
  if (steps !== undefined) checkStepOptions(steps, { of: `"steps" of ${owner.of}`, kind: "run" });
  if (settings !== undefined) checkSettings(settings, owner);
  if (tags !== undefined) checkTags(tags, owner);
}

/** Says that something with a name comes with a later version. */
export function notYet({ of }: Pick<Owner, "of">, what: string, hint: string): ZenError {
  return new ZenError("not_yet", `${sentence(of)} asks for ${what}: this version of zen does not have that yet.`, { exitCode: 2, hint });
}

/** With a capital, as the beginning of a sentence. */
export function sentence(of: string): string {
  return of.charAt(0).toUpperCase() + of.slice(1);
}

function checkKeys(options: object, owner: Owner): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ZenError("bad_option", `${sentence(owner.of)} was given ${describeValue(options)} as its options; they are a record.`, {
      exitCode: 2,
      hint: "Write { retries: 2, … }.",
    });
  }
  const known: readonly string[] = KNOWN[owner.kind];
  const later = LATER[owner.kind.startsWith("pipeline") ? "pipeline" : "step"];
  for (const [key, value] of Object.entries(options)) {
    if (known.includes(key) || value === undefined) continue;
    if (later.includes(key)) {
      // To ask for none is to get what there is.
      if (value === false) continue;
      throw notYet(owner, `the option "${key}"`, "Leave it out for now.");
    }
    throw new ZenError("unknown_option", `${sentence(owner.of)} has no option "${key}".${didYouMean(key, known)}`, {
      exitCode: 2,
      hint: `The options here are ${known.join(", ")}.`,
    });
  }
}

function checkRetries(retries: unknown, owner: Owner): void {
  const limit = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  if (typeof retries === "number")
    return expect(limit(retries), owner, "retries", retries, "a whole number of further attempts, 0 or more");
  expect(
    typeof retries === "object" && retries !== null && !Array.isArray(retries),
    owner,
    "retries",
    retries,
    "a number of further attempts, or { limit, delay, factor, maxDelay, jitter, when }",
  );
  const policy = retries as Record<string, unknown>;
  for (const key of Object.keys(policy)) {
    if (!RETRY_KEYS.includes(key))
      throw new ZenError("unknown_option", `"retries" of ${owner.of} has no "${key}".${didYouMean(key, RETRY_KEYS)}`, {
        exitCode: 2,
        hint: `It has ${RETRY_KEYS.join(", ")}.`,
      });
  }
  expect(limit(policy["limit"]), owner, "retries.limit", policy["limit"], "a whole number of further attempts, 0 or more");
  for (const key of ["delay", "maxDelay"]) if (policy[key] !== undefined) checkDuration(policy[key], owner, `retries.${key}`);
  const { factor, jitter, when } = policy;
  if (factor !== undefined)
    expect(typeof factor === "number" && Number.isFinite(factor) && factor >= 1, owner, "retries.factor", factor, "a number, 1 or more");
  if (jitter !== undefined) expect(typeof jitter === "boolean", owner, "retries.jitter", jitter, "true or false");
  if (when !== undefined) expect(typeof when === "function", owner, "retries.when", when, "a function: (error, attempt) => boolean");
}

function checkDuration(value: unknown, owner: Owner, key: string, more?: "longer than nothing"): void {
  const good = typeof value === "string" && DURATION.test(value) && (more === undefined || Number.parseFloat(value) > 0);
  expect(good, owner, key, value, `a duration${more ? ` ${more}` : ""}, such as "500ms", "30s", "5m", "2h" or "1d"`);
}

function checkSettings(settings: unknown, owner: Owner): void {
  const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
  expect(isRecord(settings), owner, "settings", settings, `a record by component, such as { "orchestrator.local": { … } }`);
  for (const [key, value] of Object.entries(settings as object)) {
    const [type, flavor] = [key.slice(0, key.indexOf(".")), key.slice(key.indexOf(".") + 1)];
    if (!key.includes(".") || flavor === "")
      throw new ZenError("bad_option", `"settings" of ${owner.of} has the key "${key}"; its keys are <type>.<flavor>.`, {
        exitCode: 2,
        hint: `Write "experiment_tracker.mlflow", say.`,
      });
    if (!isComponentType(type)) {
      const types = COMPONENT_TYPES.map((row) => row.type);
      throw new ZenError(
        "bad_option",
        `"settings" of ${owner.of} names "${key}", and there is no component type "${type}".${didYouMean(type, types)}`,
        { exitCode: 2, hint: `The types are ${types.join(", ")}.` },
      );
    }
    if (value === undefined) continue;
    expect(isRecord(value), owner, `settings["${key}"]`, value, "a record of JSON values");
    checkJson(value as object, owner, `settings["${key}"]`);
  }
}

function checkJson(value: object, { of }: Owner, key: string): void {
  let [path, problem] = ["", "has a value that JSON doesn't keep, such as a Date or undefined"];
  try {
    if (encodeValue(value).materializer === "json") return;
  } catch (error) {
    if (!isZenError(error)) throw error;
    [path, problem] = [String(error.details["path"]), String(error.details["reason"])];
  }
  throw new ZenError("bad_option", `"${key}${path}" of ${of} ${problem}; settings are JSON values.`, { exitCode: 2 });
}

function checkTags(tags: unknown, owner: Owner): void {
  expect(Array.isArray(tags) && tags.every((tag) => typeof tag === "string" && tag !== ""), owner, "tags", tags, "a list of texts");
}

function expect(good: boolean, { of }: Owner, key: string, value: unknown, what: string, hint?: string): void {
  if (!good) throw new ZenError("bad_option", `"${key}" of ${of} is ${describeValue(value)}; it takes ${what}.`, { exitCode: 2, hint });
}
