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

/** What one attempt needs to make its context. */
export interface AttemptFacts {
  readonly run: StepContext["run"];
  readonly step: StepContext["step"];
  readonly signal: AbortSignal;
  readonly stack: Stack;
  /** The names of the step's outputs, for `metadata(values, output)`. */
  readonly outputs: readonly string[];
  log(level: LogLevel, message: string, fields?: object): void;
  progress(done: number, total?: number, message?: string): void;
  /** Stores an output file's bytes as they come. */
  upload(source: AsyncIterable<Uint8Array>): Promise<StoredObject>;
}

/** A step's context, and what the engine learns through it. */
export interface Attempt {
  readonly context: StepContext;
  /** `ctx.metadata(values)` of the step, and by output. */
  readonly metadata: { readonly step: Record<string, Json>; readonly outputs: Record<string, Record<string, Json>> };
  /** Whether the step looked at its run: then its result may differ from run to run, and isn't cached. */
  readonly readRun: boolean;
  /** The scratch folder, made when it is first asked for. */
  scratch(): string;
  /** Removes the scratch folder. From now on the context is dead. */
  end(): Promise<void>;
}

/** Makes the context of one attempt. Nothing is created on disk until the step asks for it. */
export function openAttempt(facts: AttemptFacts): Attempt {
  let scratchFolder: string | undefined;
  let readRun = false;
  const files: OutputFile[] = [];
  const metadata: Attempt["metadata"] = { step: {}, outputs: {} };
  const scratch = (): string => (scratchFolder ??= mkdtempSync(path.join(tmpdir(), "zen-step-")));
  const logger = Object.fromEntries(
    (["debug", "info", "warn", "error"] as const).map((level) => [level, (message: string, fields?: object) => facts.log(level, String(message), fields)]),
  ) as unknown as Logger;

  const context: StepContext = {
    get run() {
      readRun = true;
      return facts.run;
    },
    step: facts.step,
    signal: facts.signal,
    log: logger,
    progress: facts.progress,
    metadata(values, output) {
      if (output !== undefined && !facts.outputs.includes(output)) {
        throw new ZenError("unknown_output", `Step "${facts.step.name}" gave metadata for "${output}", which is not one of its outputs (${facts.outputs.join(", ")}).`);
      }
      Object.assign(output === undefined ? metadata.step : (metadata.outputs[output] ??= {}), jsonOnly(values, facts.step.name));
    },
    async secret(name) {
      throw new ZenError("no_secrets_manager", `Step "${facts.step.name}" asked for the secret "${name}", but the stack "${facts.stack.name}" has no secrets manager, and this version of zen has none to offer.`, {
        hint: "Read it from the environment for now: process.env.NAME.",
      });
    },
    component: ((type: ComponentClass) => findComponent(facts.stack, type)) as StepContext["component"],
    file(name): OutputFile {
      const file = createOutputFile({ name, scratch: scratch(), upload: (source) => facts.upload(source) });
      files.push(file);
      return file;
    },
    uri() {
      throw new ZenError("not_yet", `Step "${facts.step.name}" called ctx.uri(): this version of zen does not have it yet.`, { hint: "Write to ctx.file(name).path and return the file; declare its output with file()." });
    },
    get scratch() {
      return scratch();
    },
  };
  return {
    context,
    metadata,
    get readRun() {
      return readRun;
    },
    scratch,
    async end() {
      // Of a file that was returned the upload has ended; any other one is given up.
      for (const file of files) if (isOutputFile(file)) file["~zen"].discard(new ZenError("attempt_ended", `The step ended without returning the file "${file.name}".`));
      if (scratchFolder !== undefined) await rm(scratchFolder, { recursive: true, force: true }).catch(() => {});
    },
  };
}

interface ComponentClass {
  readonly name: string;
  readonly TYPE?: ComponentType;
  readonly FLAVOR?: string;
}

/** The stack's component of a class: by TYPE, and by FLAVOR if the class has one; classes of other copies of core count. */
function findComponent(stack: Stack, type: ComponentClass): StackComponent {
  if (type.TYPE === undefined) {
    throw new ZenError("bad_component_class", `ctx.component(${type.name}) needs a base class of @zen/core, or a flavor's class; ${type.name} has no TYPE.`);
  }
  const { label, command } = componentType(type.TYPE);
  const component = stack.component(type.TYPE);
  if (!component) {
    throw new ZenError("no_such_component", `The stack "${stack.name}" has no ${label}.`, { hint: `Add one: zen stack update ${stack.name} --${command} NAME` });
  }
  if (type.FLAVOR !== undefined && component.flavor !== type.FLAVOR) {
    throw new ZenError("no_such_component", `The ${label} of the stack "${stack.name}" is of the flavor ${component.flavor}, not ${type.FLAVOR}.`, {
      hint: `Run on a stack that has one: zen ${command} register NAME --flavor=${type.FLAVOR} …`,
    });
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
