import { randomUUID } from "node:crypto";
import * as z from "zod";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import type { PipelineDeployment } from "./deployment.ts";
import type { Stack } from "../stack/stack.ts";
import type { Json } from "../pipeline/types.ts";
import type { ComponentCheck } from "./component-check.ts";
import { componentType, type ComponentType } from "./component-type.ts";
import { isSecretText } from "./secret-text.ts";
import { toCamelCase, toSnakeCase } from "./spelling.ts";
import type { StackValidator } from "./stack-validator.ts";

/** What a component is made of: its name, its uuid (made if absent), and the fields of its flavor's schema. */
export type ComponentOptions<Schema extends z.ZodObject> = { readonly name: string; readonly uuid?: string } & z.input<Schema>;

/** A flavor: a concrete class of one of the ten base classes. */
export interface FlavorClass<Component extends StackComponent = StackComponent> {
  new (options: never): Component;
  readonly TYPE: ComponentType;
  readonly FLAVOR: string;
  readonly CONTRACT: number;
  readonly configSchema: z.ZodObject;
}

/**
 * The base of everything that a stack is made of. A flavor extends one of the ten base classes (`BaseArtifactStore`,
 * `BaseOrchestrator`, …), sets `FLAVOR`, extends `configSchema`, and implements the methods of its base class.
 *
 * A component is immutable: its configuration is checked and frozen when it is made. What is stored of it is the name,
 * the uuid and the configuration (without keys that start with `_`), and nothing else of the instance.
 */
export abstract class StackComponent<Schema extends z.ZodObject = z.ZodObject> {
  /** Which of the ten types: set by the base class. */
  static readonly TYPE: ComponentType;
  /** The flavor's name within its type, such as `"s3"`: set by every flavor. */
  static readonly FLAVOR: string;
  /** The version of the base class's promises that this class was built on. */
  static readonly CONTRACT: number;
  /** The only place where a flavor's configuration is written: one zod object, extended from the base class's. */
  static readonly configSchema: z.ZodObject = z.object({});

  /** @internal string-keyed brand, so that two copies of core agree */
  readonly "~zen": { readonly kind: "component"; readonly contract: number; readonly type: ComponentType; readonly flavor: string };
  /** Unique among the components of its type in a profile. */
  readonly name: string;
  /** Stays the same when the component is renamed. */
  readonly uuid: string;
  /** The checked configuration, frozen. */
  readonly config: Readonly<z.output<Schema>>;

  /**
   * @throws ZenError `bad_component_name`, or `bad_config`, which names the field, its value and what it should be.
   */
  constructor(options: ComponentOptions<Schema>) {
    const flavorClass = this.constructor as unknown as FlavorClass;
    assertFlavorClass(flavorClass);
    const { name, uuid = randomUUID(), ...config } = (options ?? {}) as { name: string; uuid?: string } & Record<string, unknown>;
    if (typeof name !== "string" || name === "") {
      throw new ZenError(
        "bad_component_name",
        `A component needs a name, and this ${componentType(flavorClass.TYPE).label} has none: new ${flavorClass.name}({ name: "…" }).`,
        { exitCode: 2 },
      );
    }
    this["~zen"] = { kind: "component", contract: flavorClass.CONTRACT, type: flavorClass.TYPE, flavor: flavorClass.FLAVOR };
    this.name = name;
    this.uuid = uuid;
    this.config = deepFreeze(parseConfig(flavorClass, name, config)) as Readonly<z.output<Schema>>;
    for (const key of ["~zen", "name", "uuid", "config"] as const) {
      Object.defineProperty(this, key, { value: this[key], enumerable: true, writable: false, configurable: false });
    }
  }

  get type(): ComponentType {
    return this["~zen"].type;
  }

  get flavor(): string {
    return this["~zen"].flavor;
  }

  /** What else a stack must have for this component to work; undefined if nothing. */
  get validator(): StackValidator | undefined {
    return undefined;
  }

  // Life cycle. By default there is nothing to provision: a component is provisioned and running.

  /** Whether the resources that the component needs exist. */
  async isProvisioned(): Promise<boolean> {
    return true;
  }

  /** Whether the component can be used right now. Unless it says otherwise, that is as soon as it is provisioned. */
  async isRunning(): Promise<boolean> {
    return this.isProvisioned();
  }

  /** Whether the component is provisioned but stopped. */
  async isSuspended(): Promise<boolean> {
    return (await this.isProvisioned()) && !(await this.isRunning());
  }

  /**
   * Creates what the component needs; called by `zen stack up` if it isn't provisioned. It may be started already. What is
   * created must survive this process. Doing it twice does no harm.
   */
  async provision(): Promise<void> {}

  /** Removes what `provision` created, running or not, complete or not; called by `zen stack down` if it is provisioned. */
  async deprovision(): Promise<void> {}

  /** Starts what is provisioned and not running. When it resolves, `isRunning` must say so. */
  async resume(): Promise<void> {}

  /** Stops what is running; `resume` starts it again. When it resolves, `isRunning` must say so. */
  async suspend(): Promise<void> {}

  /**
   * Tries the component for real, for `zen stack check`, `zen <type> check` and `register --check`: each thing that it is
   * used for is tried with `check.attempt`, or `check.skip` says why it can't be. It leaves nothing behind, also when the
   * check is aborted, and does no harm beside runs that are under way. That the component is running has been seen before.
   *
   * By default there is nothing to try. Artifact stores and metadata stores are tried by their base classes; a flavor that
   * has more to try calls `super.check(check)` as well.
   */
  async check(_check: ComponentCheck): Promise<void> {}

  /** The absolute path of a file on this machine to which what the component has started writes: `zen … logs` shows it. */
  get logFile(): string | undefined {
    return undefined;
  }

  // Hooks of a run, called for every component of the stack, in the stack's order; clean-up in reverse, always.

  /** Before a run is handed to the orchestrator: the place to read `runtimeConfiguration` (`.run({ … })`). */
  async preparePipelineDeployment(
    _deployment: PipelineDeployment,
    _stack: Stack,
    _runtimeConfiguration: Readonly<Record<string, Json>>,
  ): Promise<void> {}

  /** After `preparePipelineDeployment` of all components, just before the first step. */
  async preparePipelineRun(_run: RunIdentity): Promise<void> {}

  /** After the last step, whether the run completed, failed or was cancelled. */
  async cleanupPipelineRun(_run: RunIdentity): Promise<void> {}

  /** In the process that executes a step, before each attempt. */
  async prepareStepRun(_step: StepIdentity): Promise<void> {}

  /** In the process that executes a step, after each attempt, whatever became of it. */
  async cleanupStepRun(_step: StepIdentity): Promise<void> {}

  /** Closes connections and files. The component is not used afterwards. */
  async close(): Promise<void> {}

  /**
   * What is stored of this component: file spelling of the top-level keys, no key that starts with `_`.
   *
   * @throws ZenError `literal_secret` if a secret field holds a literal.
   */
  toStored(): Record<string, Json> {
    const stored: Record<string, Json> = {};
    for (const [key, value] of Object.entries(this.config)) {
      if (!key.startsWith("_") && value !== undefined) stored[toSnakeCase(key)] = storedValue(this, key);
    }
    return { ...stored, name: this.name, uuid: this.uuid };
  }

  /** For people and logs: secrets masked. */
  toString(): string {
    return `${this.constructor.name}(${this.flavor}, ${this.name})`;
  }
}

/** The run that a hook is called for. */
export interface RunIdentity {
  readonly id: string;
  readonly name: string;
  readonly pipeline: string;
}

/** The attempt of a step that a hook is called for. */
export interface StepIdentity {
  readonly run: RunIdentity;
  /** The step's name. */
  readonly name: string;
  /** The node's id in the run, such as `sweep/fit[2]`. */
  readonly node: string;
  /** From 1. */
  readonly attempt: number;
  /** What the step's `settings` have for this component, that is, under `<type>.<flavor>`. */
  readonly settings: Readonly<Record<string, Json>>;
}

/** Whether `value` is a component of any copy of core. */
export function isComponent(value: unknown): value is StackComponent {
  return typeof value === "object" && value !== null && (value as { "~zen"?: { kind?: unknown } })["~zen"]?.kind === "component";
}

/**
 * Checks what every flavor must have. Called whenever a component is made, and when a flavor is registered or loaded.
 *
 * @throws ZenError `bad_flavor` that says what is missing and how to write it.
 */
export function assertFlavorClass(flavorClass: FlavorClass): void {
  const refuse = (what: string, hint: string): never => {
    throw new ZenError("bad_flavor", `The class ${flavorClass.name} is not a flavor: ${what}.`, { hint });
  };
  if (!flavorClass.TYPE) refuse("it has no TYPE", "Extend one of the base classes of @zen/core, such as BaseArtifactStore.");
  if (!flavorClass.FLAVOR) refuse("it has no FLAVOR", `Add to the class: static override readonly FLAVOR = "my-flavor";`);
  if (flavorClass.TYPE === "artifact_store" && !Array.isArray((flavorClass as { SUPPORTED_SCHEMES?: unknown }).SUPPORTED_SCHEMES))
    refuse("it has no SUPPORTED_SCHEMES", `Add to the class: static override readonly SUPPORTED_SCHEMES = ["my-scheme://"];`);
  for (const key of Object.keys(flavorClass.configSchema.shape)) {
    if (key === "name" || key === "uuid")
      refuse(`its configSchema has a field "${key}", which every component has already`, "Give the field another name.");
    if (!key.startsWith("_") && toCamelCase(toSnakeCase(key)) !== key) {
      refuse(
        `its config field "${key}" would not survive being written as "${toSnakeCase(key)}" and read back`,
        "Write field names in camelCase, with single capitals: accessKeyId, not accessKeyID.",
      );
    }
  }
}

function parseConfig(flavorClass: FlavorClass, name: string, config: Record<string, unknown>): object {
  const where = `${componentType(flavorClass.TYPE).label} "${name}" (flavor ${flavorClass.FLAVOR})`;
  const known = Object.keys(flavorClass.configSchema.shape);
  for (const key of Object.keys(config)) {
    if (known.includes(key)) continue;
    throw new ZenError("bad_config", `The ${where} has no field "${key}".${didYouMean(key, known)}`, {
      exitCode: 2,
      hint: known.length === 0 ? "This flavor takes no fields." : `Its fields are: ${known.join(", ")}.`,
      details: { field: key },
    });
  }
  const parsed = flavorClass.configSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const [field, ...rest] = issue.path.map(String);
    const missing = field !== undefined && rest.length === 0 && config[field] === undefined;
    const at = [field, ...rest].join(".");
    if (!missing) return `"${at}": ${issue.message}`;
    // zod's own words of what isn't there say no more.
    return `"${at}" is missing${issue.code === "custom" ? `: ${issue.message}` : ""}`;
  });
  throw new ZenError("bad_config", `The ${where} can't be made: ${problems.join("; ")}.`, {
    exitCode: 2,
    cause: parsed.error,
    hint: `Its fields are: ${known.join(", ")}.`,
    details: { field: parsed.error.issues[0]?.path[0] },
  });
}

/**
 * What is stored of one field of a component's configuration.
 *
 * @throws ZenError `literal_secret`
 */
export function storedValue(component: StackComponent, field: string): Json {
  return withReferences(component, component.config[field], field);
}

/** A value of a configuration with the references of its secrets, at any depth, in place of the secrets. */
function withReferences(component: StackComponent, value: unknown, path: string): Json {
  if (isSecretText(value)) {
    if (value.reference === undefined) throw literalSecret(component, path);
    return value.reference;
  }
  if (Array.isArray(value)) return value.map((item, index) => withReferences(component, item, `${path}.${index}`));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value as Json;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([key, field]) => [key, withReferences(component, field, `${path}.${key}`)]));
}

function literalSecret(component: StackComponent, path: string): ZenError {
  const option = toSnakeCase(path);
  const variable = option.replace(/\W/g, "_").toUpperCase();
  const reference = `{{env.${variable}}}`;
  return new ZenError(
    "literal_secret",
    `"${path}" of the ${componentType(component.type).label} "${component.name}" is a secret, and zen does not write secrets into files.`,
    {
      exitCode: 2,
      hint: `Put it into the environment (export ${variable}=…) and refer to it: ${path.includes(".") ? `${reference} in its place` : `--${option}='${reference}'`}`,
      details: { field: path },
    },
  );
}

function deepFreeze<T>(value: T): T {
  if (
    typeof value === "object" &&
    value !== null &&
    !Object.isFrozen(value) &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
  ) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
