import { ZenError } from "../error/zen-error.ts";
import { describeBinding, partOf } from "./binding.ts";
import { kindOf } from "./brand.ts";
import { currentRecording } from "./recording.ts";
import { runningStep } from "./running-step.ts";
import type { Binding } from "./spec.ts";
import type { HandleRef } from "./types.ts";

/** What stands behind a handle's `~zen`. */
export interface HandleBrand {
  readonly kind: "handle";
  readonly contract: 1;
  /** The recording it belongs to, and where in it: known by identity. */
  readonly recording: object;
  readonly scope: object;
  readonly binding: Binding;
  /** For the call of a pipeline that returns one handle: the nodes of that pipeline. */
  readonly nodes?: (() => readonly string[]) | undefined;
}

type HandleParts = Omit<HandleBrand, "kind" | "contract">;

/** Whether `value` is a handle of any copy of core: something that a step will have made. */
export function isHandle(value: unknown): value is HandleRef<unknown> {
  return kindOf(value) === "handle";
}

/** What stands behind a handle of any copy of core. */
export function handleBrand(handle: HandleRef<unknown>): HandleBrand {
  return handle["~zen"] as unknown as HandleBrand;
}

/**
 * Makes a handle: a stand-in whose properties are handles again, and which refuses, with a message of its own, whatever
 * needs a value.
 *
 * @param members what is found on it before the value's own properties: `run` and `spec` of a call
 */
export function createHandle(parts: HandleParts, members: object = {}): HandleRef<unknown> {
  const brand: HandleBrand = { kind: "handle", contract: 1, ...parts };
  // A function, so that `rows.map(…)` gets a message of ours. `console.log` looks at the target, past the traps.
  const target = Object.assign(() => {}, { [Symbol.for("nodejs.util.inspect.custom")]: () => `Handle<${describeBinding(brand.binding)}>` });
  return new Proxy(target, new HandleTraps(brand, members)) as unknown as HandleRef<unknown>;
}

class HandleTraps implements ProxyHandler<() => void> {
  readonly brand: HandleBrand;
  readonly members: object;

  constructor(brand: HandleBrand, members: object) {
    this.brand = brand;
    this.members = members;
  }

  get(target: object, key: string | symbol): unknown {
    if (key === "~zen") return this.brand;
    if (Object.hasOwn(this.members, key)) return Reflect.get(this.members, key);
    switch (key) {
      case "then":
        return () => this.refuse("handle_awaited", "was awaited", "Leave await out: give the handle to a step, which gets its value.");
      case "toJSON":
      case "toString":
      case "toLocaleString":
      case "valueOf":
      case Symbol.toPrimitive:
        return () => this.refuse("handle_used_as_value", "was used as text or in arithmetic", "Do that in a step, or branch with when().");
      case Symbol.iterator:
      case Symbol.asyncIterator:
        return () => this.refuse("handle_iterated", "was iterated", "Use map(handle, (item) => …), or loop in a step.");
      case "constructor":
        return undefined;
      default:
        if (typeof key === "symbol") return Reflect.get(target, key);
    }
    const { binding, recording, scope } = this.brand;
    if (binding.kind === "index" || binding.kind === "compare" || binding.kind === "secret") return undefined;
    return createHandle({ binding: partOf(binding, key), recording, scope });
  }

  apply(): never {
    return this.refuse(
      "handle_called",
      "was called",
      "To go over a list, use map(handle, (item) => …); anything else that needs the value, do in a step.",
    );
  }

  ownKeys(): never {
    return this.refuse("handle_spread", "was spread, or its properties were listed", "Name the properties: ({ a: h.a }).");
  }

  getOwnPropertyDescriptor(): never {
    return this.refuse("handle_spread", "was asked which properties it has", "Name the properties: ({ a: h.a }).");
  }

  has(_target: object, key: string | symbol): never {
    return this.refuse(
      "handle_used_as_value",
      `was asked with "in" whether it has ${String(key)}`,
      "Do that in a step, or branch with when().",
    );
  }

  set(_target: object, key: string | symbol): never {
    return this.refuse("handle_changed", `was given a new ${String(key)}`, "Make a changed copy in a step.");
  }

  defineProperty(_target: object, key: string | symbol): never {
    return this.set(_target, key);
  }

  deleteProperty(_target: object, key: string | symbol): never {
    return this.refuse("handle_changed", `was to lose its ${String(key)}`, "Make a changed copy in a step.");
  }

  /** @param use what was done with it: completes a sentence that begins with the handle */
  refuse(code: string, use: string, hint: string): never {
    const what = describeBinding(this.brand.binding);
    const running = runningStep();
    if (currentRecording() === undefined && running !== undefined) {
      const { name } = running.step;
      throw new ZenError("handle_captured", `Step "${name}" uses ${what}, a handle from the pipeline around it.`, {
        exitCode: 2,
        hint: `Give it as an input: ${name}({ x: … }).`,
      });
    }
    if (currentRecording() === undefined) {
      throw new ZenError(code, `${what} ${use}, but it has no value: its pipeline has been recorded, not run.`, {
        exitCode: 2,
        hint: "Run the pipeline, const run = await call.run(), and read what it returned: await run.outputs.….read().",
      });
    }
    throw new ZenError(code, `${what} ${use}, but it has no value while the pipeline is recorded.`, { exitCode: 2, hint });
  }
}
