import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createOutputFile, isOutputFile, type StoredObject } from "../artifact/output-file.ts";
import { componentType, type ComponentType } from "../component/component-type.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Json, Logger, OutputFile, StepContext } from "../pipeline/types.ts";
import type { Stack } from "../stack/stack.ts";
import type { LogLevel } from "./event.ts";
import { noSecretsManager } from "./no-secrets-manager.ts";

/** What one attempt needs to make its context. */
export interface AttemptFacts {
  readonly run: StepContext["run"];
  readonly step: StepContext["step"];
  readonly signal: AbortSignal;
  readonly stack: Stack;
  /** The names of the step's outputs, for `metadata(values, output)`. */
  readonly outputs: readonly string[];
  readonly log: (level: LogLevel, message: string, fields?: object) => void;
  readonly progress: StepContext["progress"];
  /** Stores an output file's bytes as they come. */
  upload(source: AsyncIterable<Uint8Array>): Promise<StoredObject>;
}

/** A step's context, and what the engine learns through it. */
export interface Attempt {
  readonly context: StepContext;
  /** `ctx.metadata(values)` of the step, and by output. */
  readonly metadata: { readonly step: Record<string, Json>; readonly outputs: Record<string, Record<string, Json>> };
  /** What the step looked at that is no input of its, such as `ctx.run`: then its result isn't for other runs. */
  readonly looked: string | undefined;
  /** The scratch folder, made when it is first asked for. */
  readonly scratch: () => string;
  /** Removes the scratch folder. From now on the context is dead. */
  end(): Promise<void>;
}

/** Makes the context of one attempt. Nothing is created until the step asks for it: most steps ask for nothing. */
export function openAttempt(facts: AttemptFacts): Attempt {
  return new OpenAttempt(facts);
}

class OpenAttempt implements Attempt {
  readonly context: AttemptContext;
  readonly metadata: Attempt["metadata"] = { step: {}, outputs: {} };
  looked: string | undefined;
  ended = false;
  readonly #files: OutputFile[] = [];
  #scratch: string | undefined;

  constructor(facts: AttemptFacts) {
    this.context = new AttemptContext(facts, this);
  }

  scratch = (): string => {
    this.assertOpen();
    return (this.#scratch ??= mkdtempSync(path.join(tmpdir(), "zen-step-")));
  };

  /** A function that goes on after its time-out, or after its run was cancelled, leaves nothing behind any more. */
  assertOpen(): void {
    if (this.ended)
      throw new ZenError("attempt_ended", "The step's attempt has ended: nothing can be written any more.", {
        hint: "Stop when ctx.signal is aborted, and wait for everything that the step starts.",
      });
  }

  keep(file: OutputFile): OutputFile {
    this.#files.push(file);
    return file;
  }

  async end(): Promise<void> {
    this.ended = true;
    // Of a file that was returned the upload has ended; any other one is given up.
    for (const file of this.#files)
      if (isOutputFile(file))
        file["~zen"].discard(new ZenError("attempt_ended", `The step ended without returning the file "${file.name}".`));
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true, force: true }).catch(() => {});
  }
}

/** What the step's function sees. Its methods work when taken out of it: `({ log, progress }) => …`. */
class AttemptContext implements StepContext {
  readonly signal: AbortSignal;
  readonly #facts: AttemptFacts;
  readonly #attempt: OpenAttempt;
  #step: StepContext["step"] | undefined;

  constructor(facts: AttemptFacts, attempt: OpenAttempt) {
    this.signal = facts.signal;
    this.#facts = facts;
    this.#attempt = attempt;
  }

  get run(): StepContext["run"] {
    this.#attempt.looked ??= "ctx.run";
    return this.#facts.run;
  }

  get step(): StepContext["step"] {
    // Made when it is asked for: an object with accessors of its own costs more than everything else here.
    return (this.#step ??= noting(this.#facts.step, (what) => (this.#attempt.looked ??= what)));
  }

  get log(): Logger {
    const log = (level: LogLevel) => (message: string, fields?: object) => {
      if (!this.#attempt.ended) this.#facts.log(level, message, fields);
    };
    return { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  }

  get progress(): StepContext["progress"] {
    return (done, total, message) => {
      if (!this.#attempt.ended) this.#facts.progress(done, total, message);
    };
  }

  get metadata(): StepContext["metadata"] {
    const { outputs, step } = this.#facts;
    const { metadata } = this.#attempt;
    return (values, output) => {
      if (output !== undefined && !outputs.includes(output)) {
        throw new ZenError(
          "unknown_output",
          `Step "${step.name}" gave metadata for "${output}", which is not one of its outputs (${outputs.join(", ")}).`,
        );
      }
      Object.assign(output === undefined ? metadata.step : (metadata.outputs[output] ??= {}), jsonOnly(values, step.name));
    };
  }

  get secret(): StepContext["secret"] {
    const { step } = this.#facts;
    return async (name) => {
      throw noSecretsManager(`Step "${step.name}" asked for the secret "${name}"`);
    };
  }

  get component(): StepContext["component"] {
    return ((type: ComponentClass) => findComponent(this.#facts.stack, type)) as StepContext["component"];
  }

  get file(): StepContext["file"] {
    return (name) =>
      this.#attempt.keep(createOutputFile({ name, scratch: this.#attempt.scratch(), upload: (source) => this.#facts.upload(source) }));
  }

  get uri(): StepContext["uri"] {
    return () => {
      throw new ZenError("not_yet", `Step "${this.#facts.step.name}" called ctx.uri(): this version of zen does not have it yet.`, {
        hint: "Write to ctx.file(name).path and return the file; declare its output with file().",
      });
    };
  }

  get scratch(): string {
    return this.#attempt.scratch();
  }
}

interface ComponentClass {
  readonly name: string;
  readonly TYPE?: ComponentType;
  readonly FLAVOR?: string;
}

/** The same facts; those that differ between two steps with the same inputs tell when they are looked at. */
function noting({ name, node, attempt, item }: StepContext["step"], note: (what: string) => void): StepContext["step"] {
  const noted = {
    name,
    get node() {
      note("ctx.step.node");
      return node;
    },
    attempt,
  };
  if (item) Object.defineProperty(noted, "item", { enumerable: true, get: () => (note("ctx.step.item"), item) });
  return noted;
}

/** The stack's component of a class: by TYPE, and by FLAVOR if the class has one; classes of other copies of core count. */
function findComponent(stack: Stack, type: ComponentClass): StackComponent {
  if (type.TYPE === undefined) {
    throw new ZenError(
      "bad_component_class",
      `ctx.component(${type.name}) needs a base class of @zen/core, or a flavor's class; ${type.name} has no TYPE.`,
    );
  }
  const { label, command } = componentType(type.TYPE);
  const component = stack.component(type.TYPE);
  if (!component) {
    throw new ZenError("no_such_component", `The stack "${stack.name}" has no ${label}.`, {
      hint: `Run on a stack that has one: zen stack register NAME … --${command} COMPONENT`,
    });
  }
  if (type.FLAVOR !== undefined && component.flavor !== type.FLAVOR) {
    throw new ZenError(
      "no_such_component",
      `The ${label} of the stack "${stack.name}" is of the flavor ${component.flavor}, not ${type.FLAVOR}.`,
      {
        hint: `Run on a stack that has one: zen ${command} register NAME --flavor=${type.FLAVOR} …`,
      },
    );
  }
  return component;
}

function jsonOnly(values: Record<string, Json>, step: string): Record<string, Json> {
  const text = JSON.stringify(values) as string | undefined;
  if (text === undefined || typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new ZenError("bad_metadata", `Step "${step}" gave metadata that is not a plain object of JSON values.`);
  }
  return JSON.parse(text) as Record<string, Json>;
}
