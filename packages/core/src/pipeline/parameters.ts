import { decodeValue } from "../artifact/encode.ts";
import { ZenError } from "../error/zen-error.ts";
import { artifactBinding, isArtifact } from "./artifact.ts";
import { isLiteral } from "./brand.ts";
import { describeValue } from "./describe-value.ts";
import { unknownParameter } from "./parameters-schema.ts";
import { secret } from "./secret.ts";
import type { Binding } from "./spec.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** Checks that a pipeline was given a record of parameters; nothing counts as an empty one. */
export function checkParameters(pipeline: string, given: unknown): Parameters {
  if (given === undefined) return {};
  if (isLiteral(given) && !Array.isArray(given)) return given as Parameters;
  throw new ZenError("bad_parameters", `Pipeline "${pipeline}" takes a record of named parameters, not ${describeValue(given)}.`, {
    exitCode: 2,
    hint: `Name them: ${pipeline}({ … }).`,
  });
}

/** The same parameters with every artifact in them, at any depth of plain objects and lists, turned into a handle. */
export function adoptArtifacts(value: unknown, handleOf: (binding: Binding) => unknown, seen = new Map<object, unknown>()): unknown {
  if (isArtifact(value)) return handleOf(artifactBinding(value));
  if (!isLiteral(value)) return value;
  if (seen.has(value)) return seen.get(value);
  // Only what has an artifact in it is copied: a plain value stays the very same object.
  seen.set(value, value);
  let changed = false;
  const adopt = (field: unknown): unknown => {
    const adopted = adoptArtifacts(field, handleOf, seen);
    changed ||= !Object.is(adopted, field);
    return adopted;
  };
  const copy = Array.isArray(value)
    ? value.map(adopt)
    : Object.fromEntries(Object.entries(value).map(([key, field]) => [key, adopt(field)]));
  if (!changed) return value;
  seen.set(value, copy);
  return copy;
}

/** Calls the builder of a pipeline without a schema: the names that it reads are the parameters it has. */
export function buildTracking(pipeline: string, build: (params: never) => unknown, given: Parameters): unknown {
  const read = new Set<string>();
  let readAll = false;
  const note = (key: string | symbol): void => {
    if (typeof key === "string") read.add(key);
  };
  const tracked = new Proxy(
    { ...given },
    {
      get: (target, key, receiver) => (note(key), Reflect.get(target, key, receiver)),
      has: (target, key) => (note(key), Reflect.has(target, key)),
      // `{ a, ...rest }`, or handed on as a whole: then any name may have its use.
      ownKeys: (target) => ((readAll = true), Reflect.ownKeys(target)),
    },
  );
  const unknown = (): string | undefined => (readAll ? undefined : Object.keys(given).find((name) => !read.has(name)));
  let built: unknown;
  try {
    built = build(tracked as never);
  } catch (error) {
    // A misspelt parameter is missing under its right name, and that may be what made the builder throw.
    const name = unknown();
    if (name === undefined || [...read].every((key) => Object.hasOwn(given, key))) throw error;
    throw unknownParameter(pipeline, name, [...read], "reads", error);
  }
  const name = unknown();
  if (name !== undefined) throw unknownParameter(pipeline, name, [...read], "reads");
  return built;
}

/** What the builder got, from the parameters of a stored spec. */
export function parametersFromStored(parameters: Readonly<Record<string, Binding>>, handleOf: (binding: Binding) => unknown): Parameters {
  const valueOf = (binding: Binding): unknown => {
    if ("whole" in binding) return handleOf(binding);
    switch (binding.kind) {
      case "value":
        return "rich" in binding ? decodeValue("rich", binding.rich) : structuredClone(binding.json);
      case "secret":
        return secret(binding.name, binding.key);
      case "list":
        return binding.items.map(valueOf);
      case "object":
        return Object.fromEntries(Object.entries(binding.fields).map(([key, field]) => [key, valueOf(field)]));
      default:
        return handleOf(binding);
    }
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, binding]) => [name, valueOf(binding)]));
}
