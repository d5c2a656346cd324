import { types } from "node:util";
import { formatPath, type PathSegment } from "../artifact/value-path.ts";
import { isZenError, ZenError } from "../error/zen-error.ts";
import { artifactBinding, wholeBinding } from "./artifact.ts";
import { describeBinding, valueBinding } from "./binding.ts";
import { isLiteral, kindOf } from "./brand.ts";
import { isCall, type CallBrand } from "./call.ts";
import { handleBrand, type HandleBrand } from "./handle.ts";
import type { Scope } from "./scope.ts";
import type { Binding } from "./spec.ts";
import type { Artifact, Secret } from "./types.ts";

/** Where a value is being wired to: for messages, and to tell which handles may be used there. */
export interface Place {
  readonly recording: object;
  readonly scope: Scope;
  /** What the value is, in a message: "a step's input", "a parameter", "an output". */
  readonly what: string;
  /** Names a part of the value: `fit.data[0]`. */
  at(path: string): string;
}

/**
 * A value as a tree of bindings. Whatever has no handle, artifact or secret in it is one binding, however large.
 *
 * @throws ZenError for what can't be wired there, which names the place within the value
 */
export function bindValue(value: unknown, place: Place): Binding {
  return new Binder(place).bind(value);
}

/**
 * What a pipeline or a body returned, as a tree that keeps its shape: every record and list stays one, down to the
 * leaves, because each leaf is an output of its own.
 */
export function bindBuilt(value: unknown, place: Place): Binding {
  return new Binder(place).built(value);
}

/** Checks that a handle may be used at a place, and gives what stands behind it. */
export function homeOf<B extends HandleBrand | CallBrand>(brand: B, place: Place, path = ""): B {
  const name = (): string => (brand.kind === "handle" ? describeBinding(brand.binding) : "the call of a pipeline");
  if (brand.recording !== place.recording) {
    throw new ZenError("handle_of_another_pipeline", `${place.at(path)} is wired to ${name()} of another pipeline's recording.`, {
      exitCode: 2,
      hint: "Run that pipeline and pass run.outputs.…, or call it inside this one.",
    });
  }
  for (let scope: Scope | undefined = place.scope; scope; scope = scope.parent) if (scope === brand.scope) return brand;
  throw new ZenError("handle_leaked", `${place.at(path)} is wired to ${name()}, which was made inside another map(), when() or pipeline.`, {
    exitCode: 2,
    hint: "Return it from that body and use what map() or when() gives back.",
  });
}

type Literal = readonly unknown[] | Readonly<Record<string, unknown>>;
/** Whatever nests deeper can't be stored: `encodeValue` refuses it, and looks no further than this either. */
const DEEPEST = 1_000;
/** While an object is being looked at, it may turn up in itself. */
const OPEN = Symbol("open");

class Binder {
  readonly #place: Place;
  readonly #path: PathSegment[] = [];
  /** Literals that were looked at: undefined if nothing in them is wired. */
  readonly #seen = new Map<object, Binding | undefined | typeof OPEN>();

  constructor(place: Place) {
    this.#place = place;
  }

  bind(value: unknown): Binding {
    return this.#wired(value) ?? this.#plain(value);
  }

  built(value: unknown): Binding {
    if (isCall(value)) homeOf(value["~zen"], this.#place, formatPath(this.#path));
    if (!isLiteral(value)) return this.bind(value);
    if (this.#seen.get(value) === OPEN) throw this.#cyclic();
    this.#seen.set(value, OPEN);
    const binding: Binding = Array.isArray(value)
      ? { kind: "list", items: Array.from(value, (item, index) => this.#within(index, () => this.built(item))) }
      : {
          kind: "object",
          fields: Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#within(key, () => this.built(field))])),
        };
    this.#seen.delete(value);
    return binding;
  }

  /** The binding of a value with something wired in it; undefined if it is plain through and through. */
  #wired(value: unknown): Binding | undefined {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
    switch (kindOf(value)) {
      case "handle":
        return homeOf(handleBrand(value as never), this.#place, formatPath(this.#path)).binding;
      case "artifact":
        return wholeBinding(artifactBinding(value as Artifact<unknown>));
      case "secret": {
        const { name, key } = value as Secret;
        return { kind: "secret", name, ...(key === undefined ? {} : { key }) };
      }
    }
    if (typeof value === "function")
      throw this.#refuse("is a function", `${this.#place.what} must be a value or a handle. (A step passed without calling it?)`);
    if (types.isPromise(value)) throw this.#promise(value);
    return isLiteral(value) ? this.#literal(value) : undefined;
  }

  #literal(value: Literal): Binding | undefined {
    if (this.#seen.has(value)) {
      const seen = this.#seen.get(value);
      // In itself it counts as plain. If anything is wired elsewhere in it, storing this part will find that out.
      return seen === OPEN ? undefined : seen;
    }
    if (this.#path.length > DEEPEST) return undefined;
    this.#seen.set(value, OPEN);
    const binding = Array.isArray(value) ? this.#list(value) : this.#object(value as Readonly<Record<string, unknown>>);
    this.#seen.set(value, binding);
    return binding;
  }

  #list(value: readonly unknown[]): Binding | undefined {
    const wired = new Map<number, Binding>();
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      if (typeof item !== "object" && typeof item !== "function") continue;
      const binding = this.#within(index, () => this.#wired(item));
      if (binding) wired.set(index, binding);
    }
    if (wired.size === 0) return undefined;
    return { kind: "list", items: Array.from(value, (item, index) => wired.get(index) ?? this.#within(index, () => this.#plain(item))) };
  }

  #object(value: Readonly<Record<string, unknown>>): Binding | undefined {
    const wired = new Map<string, Binding>();
    for (const key of Object.keys(value)) {
      // An accessor is no plain data, and isn't run to find out: storing the value will refuse it.
      const field: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
      if (typeof field !== "object" && typeof field !== "function") continue;
      const binding = this.#within(key, () => this.#wired(field));
      if (binding) wired.set(key, binding);
    }
    if (wired.size === 0) return undefined;
    return {
      kind: "object",
      fields: Object.fromEntries(
        Object.keys(value).map((key) => [key, wired.get(key) ?? this.#within(key, () => this.#plain(value[key]))]),
      ),
    };
  }

  #plain(value: unknown): Binding {
    try {
      return valueBinding(value);
    } catch (error) {
      if (!isZenError(error) || error.code !== "not_storable") throw error;
      const { path, reason } = error.details as { path: string; reason: string };
      const wired = /^is (a handle|an artifact|a secret)\b/.exec(reason);
      if (wired)
        throw this.#refuse(
          wired[0],
          "handles, artifacts and secrets may stand in plain objects and lists only, and in none that contains itself",
          path,
        );
      throw new ZenError(
        "not_storable",
        `${this.#place.at(formatPath(this.#path) + path)} ${reason}; ${this.#place.what} must be plain data or a handle.`,
        {
          exitCode: 2,
          cause: error,
          hint: "Plain data is what JSON has, and Date, Map, Set, bigint, RegExp, URL, bytes and typed arrays. Handles may stand in objects and lists.",
        },
      );
    }
  }

  #within<T>(segment: string | number, work: () => T): T {
    this.#path.push(segment);
    const result = work();
    this.#path.pop();
    return result;
  }

  #promise(promise: Promise<unknown>): ZenError {
    // Nobody else will: the recording ends here.
    promise.catch(() => {});
    return this.#refuse(
      "is a promise",
      `${this.#place.what} must be a value or a handle. (A pipeline is recorded, not run: await belongs in a step.)`,
    );
  }

  #cyclic(): ZenError {
    return this.#refuse("contains itself", `${this.#place.what} must be a tree of handles and values`);
  }

  #refuse(problem: string, rule: string, path = ""): ZenError {
    const stop = rule.endsWith(")") ? "" : ".";
    return new ZenError("bad_input", `${this.#place.at(formatPath(this.#path) + path)} ${problem}; ${rule}${stop}`, { exitCode: 2 });
  }
}
