import { ZenError } from "../error/zen-error.ts";
import { wholeBinding } from "./artifact.ts";
import { bindBuilt, bindValue, homeOf, type Place } from "./bind.ts";
import { nodeIds, partOf, valueBinding } from "./binding.ts";
import { isLiteral } from "./brand.ts";
import { createCall, isCall, type CallBrand, type CallMembers } from "./call.ts";
import { callDepth } from "./call-site.ts";
import type { PipelineDefinition } from "./definition.ts";
import { describeValue } from "./describe-value.ts";
import { createHandle, handleBrand, isHandle } from "./handle.ts";
import { NodeNames } from "./names.ts";
import { mergeOptions, optionsAsJson } from "./options.ts";
import type { Enclosing } from "./origin.ts";
import { adoptArtifacts, buildTracking, checkParameters } from "./parameters.ts";
import { parseParameters } from "./parameters-schema.ts";
import type { RecordedStep, StepDefinition } from "./recorded.ts";
import type { Recording } from "./recording.ts";
import type { Scope } from "./scope.ts";
import type { Binding, Node } from "./spec.ts";
import type { CallOptions, MapOptions, StepOptions } from "./types.ts";

/** A way into a map's or when's result. */
type Path = readonly (string | number)[];

/** Records one pipeline: what its steps, maps and branches call while its builder runs. */
export class Recorder implements Recording {
  readonly contract = 1;
  readonly pipelineName: string;
  readonly depth = callDepth();
  readonly enclosing: Enclosing[] = [];
  readonly nodes: Node[] = [];
  readonly steps = new Map<string, RecordedStep>();
  readonly keys = new Map<string, (item: unknown, index: number) => string>();
  #scope: Scope;

  constructor(definition: PipelineDefinition) {
    this.pipelineName = definition.name;
    this.#scope = { parent: undefined, nodes: this.nodes, names: new NodeNames(definition.name, ""), defaults: stepDefaults(definition) };
  }

  step(definition: StepDefinition, { as, after, ...own }: CallOptions, inputs: unknown): unknown {
    const scope = this.#scope;
    const id = scope.names.claim(definition.name, as);
    const options = mergeOptions<StepOptions>(scope.defaults, definition.options, own);
    const outputs = Object.entries(definition.outputs);
    scope.nodes.push({
      kind: "step",
      id,
      step: definition.name,
      inputs: this.#bindInputs(id, inputs),
      outputs: Object.fromEntries(outputs.map(([output, { name }]) => [output, name])),
      options: optionsAsJson(options),
      after: this.#nodesOf(after ?? [], id),
    });
    this.steps.set(id, { definition, options });
    if (!definition.named) return this.handle({ kind: "output", node: id, output: outputs[0]![0] });
    return Object.fromEntries(outputs.map(([output]) => [output, this.handle({ kind: "output", node: id, output })]));
  }

  map(
    items: unknown,
    body: (item: never, index: never) => unknown,
    { as, concurrency, key, onError = "fail" }: MapOptions<unknown, "fail" | "settle">,
  ): unknown {
    const id = this.#scope.names.claim("map", as);
    const list = bindValue(
      items,
      this.#place("what a map goes over", (path) => `${id}.items${path}`),
    );
    if ((list.kind === "value" || list.kind === "object" || list.kind === "secret") && !Array.isArray(items)) {
      throw new ZenError("bad_input", `Map "${id}" was given ${describeValue(items)} to go over; it takes a list, or the handle of one.`, {
        exitCode: 2,
      });
    }
    const inner = this.#body(id, this.#scope.names.within(id), () =>
      body(this.handle({ kind: "item", map: id }) as never, this.handle({ kind: "index", map: id }) as never),
    );
    this.#scope.nodes.push({
      kind: "map",
      id,
      items: list,
      body: inner.nodes,
      result: inner.result,
      ...(concurrency === undefined ? {} : { concurrency }),
      onError,
      ...(key === undefined ? {} : { key: true }),
      after: [],
    });
    if (key !== undefined) this.keys.set(id, key);
    return this.#leaves(id, inner.built);
  }

  when(condition: unknown, then: () => unknown, otherwise: (() => unknown) | undefined): unknown {
    const id = this.#scope.names.claim("when");
    const bound = bindValue(
      condition,
      this.#place("a condition", (path) => `${id}.condition${path}`),
    );
    if (["list", "object", "secret"].includes(bound.kind) || (bound.kind === "value" && typeof condition !== "boolean")) {
      throw new ZenError(
        "bad_input",
        `The condition of "${id}" is ${describeValue(condition)}; it takes true or false, a handle of one, or a comparison.`,
        { exitCode: 2, hint: "Compare with atLeast, atMost or equals, or let a step return a boolean." },
      );
    }
    // Both bodies share their names: a run takes one branch, but shows both.
    const names = this.#scope.names.within(id);
    const first = this.#body(id, names, then);
    const second = otherwise ? this.#body(id, names, otherwise) : { nodes: [], result: valueBinding(undefined) };
    const results: [Binding, Binding] = [first.result, inShapeOf(first.result, second.result)];
    this.#scope.nodes.push({ kind: "when", id, condition: bound, then: first.nodes, otherwise: second.nodes, results, after: [] });
    return this.#leaves(id, first.built);
  }

  compare(op: "==" | ">=" | "<=", left: unknown, right: unknown): unknown {
    const name = { "==": "equals", ">=": "atLeast", "<=": "atMost" }[op];
    const side = (value: unknown, which: "first" | "second"): Binding =>
      bindValue(
        value,
        this.#place("what is compared", (path) => `The ${which} argument${path} of ${name}()`),
      );
    return this.handle({ kind: "compare", op, left: side(left, "first"), right: side(right, "second") });
  }

  pipeline(definition: PipelineDefinition, params: unknown): unknown {
    const { name, schema, build } = definition;
    const around = this.#scope;
    const given = adoptArtifacts(checkParameters(name, params), (binding) => this.handle(wholeBinding(binding))) as Readonly<
      Record<string, unknown>
    >;
    const id = around.names.claim(name, definition.options.as);
    const first = around.nodes.length;
    const scope: Scope = {
      parent: around,
      nodes: around.nodes,
      names: around.names.within(id),
      defaults: mergeOptions(around.defaults, stepDefaults(definition)),
    };
    const enclosing: Enclosing = { pipeline: name, origin: definition.origin, parameters: this.#plainText(given) };
    let built: unknown;
    try {
      built = this.#within(scope, () =>
        this.enclosed(enclosing, () => (schema ? build(parseParameters(name, schema, given) as never) : buildTracking(name, build, given))),
      );
      assertSync(built, `Pipeline "${name}"`);
      assertNames(name, built);
    } catch (error) {
      // Whoever catches it gets none of the pipeline, not half of it.
      around.nodes.length = first;
      throw error;
    }
    const last = around.nodes.length;
    const nodes = (): string[] => around.nodes.slice(first, last).map((node) => node.id);
    const outputs = this.#bringOut(built, { ...this.#place("an output", outputOf(name)), scope }, "");
    // A plain value is what it says, and can't carry methods.
    if (outputs !== undefined && !isHandle(outputs) && !isLiteral(outputs)) return outputs;
    return createCall(outputs, { recording: this, scope: around, nodes }, nestedMembers(name, this.pipelineName));
  }

  /** Calls a pipeline's function such that steps made meanwhile are known to be made in it. */
  enclosed<T>(pipeline: Enclosing, work: () => T): T {
    this.enclosing.push(pipeline);
    try {
      return work();
    } finally {
      this.enclosing.pop();
    }
  }

  /** A handle that belongs to the scope that is open. */
  handle(binding: Binding): unknown {
    return createHandle({ recording: this, scope: this.#scope, binding });
  }

  /** The nodes that are there so far, and the scope that is open: for the call itself. */
  get home(): Pick<CallBrand, "recording" | "scope" | "nodes"> {
    return { recording: this, scope: this.#scope, nodes: () => this.nodes.map(({ id }) => id) };
  }

  bindOutputs(built: unknown): Binding {
    if (built === undefined) return { kind: "object", fields: {} };
    return bindBuilt(built, this.#place("an output", outputOf(this.pipelineName)));
  }

  bindParameters(parameters: Readonly<Record<string, unknown>>): Record<string, Binding> {
    const place = (name: string): Place =>
      this.#place("a parameter", (path) => `Parameter "${name}${path}" of pipeline "${this.pipelineName}"`);
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given.map(([name, value]) => [name, bindValue(value, place(name))]));
  }

  /** Null for parameters that only a pipeline within a pipeline may have, such as functions. */
  #plainText(parameters: Readonly<Record<string, unknown>>): string | null {
    try {
      return plainText(this.bindParameters(parameters));
    } catch {
      return null;
    }
  }

  #bindInputs(id: string, inputs: unknown): Binding {
    if (inputs === undefined) return { kind: "object", fields: {} };
    if (isHandle(inputs))
      return bindValue(
        inputs,
        this.#place("a step's input", (path) => id + path),
      );
    if (!isLiteral(inputs) || Array.isArray(inputs)) {
      throw new ZenError("bad_input", `Step "${id}" was given ${describeValue(inputs)} as its inputs; they are a record.`, {
        exitCode: 2,
        hint: `Name them: ${id.split("/").at(-1)}({ … }).`,
      });
    }
    // Each input is a binding of its own, so that a cache can say which one changed.
    const fields = Object.entries(inputs).map(([name, value]) => [
      name,
      bindValue(
        value,
        this.#place("a step's input", (path) => `${id}.${name}${path}`),
      ),
    ]);
    return { kind: "object", fields: Object.fromEntries(fields) as Record<string, Binding> };
  }

  #body(id: string, names: NodeNames, body: () => unknown): { readonly nodes: Node[]; readonly built: unknown; readonly result: Binding } {
    const scope: Scope = { parent: this.#scope, nodes: [], names, defaults: this.#scope.defaults };
    return this.#within(scope, () => {
      const built = body();
      assertSync(built, `The body of "${id}"`);
      return {
        nodes: scope.nodes,
        built,
        result: bindBuilt(
          returned(built),
          this.#place("a result", (path) => `The result${path} of "${id}"`),
        ),
      };
    });
  }

  /** A handle for each leaf of what a body gave: in the scope around it. */
  #leaves(id: string, built: unknown, path: Path = []): unknown {
    const value = returned(built);
    if (!isLiteral(value))
      return this.handle({ kind: "output", node: id, output: "output", ...(path.length > 0 ? { path: [...path] } : {}) });
    if (Array.isArray(value)) return value.map((item, index) => this.#leaves(id, item, [...path, index]));
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#leaves(id, field, [...path, key])]));
  }

  /** What a pipeline within the pipeline returned, its handles now of the scope around it. */
  #bringOut(value: unknown, inside: Place, path: string): unknown {
    if (isHandle(value)) return this.handle(homeOf(handleBrand(value), inside, path).binding);
    if (isCall(value)) {
      const { outputs, ...call } = homeOf(value["~zen"], inside, path);
      return createCall(
        this.#bringOut(outputs, inside, path),
        { ...call, scope: this.#scope },
        nestedMembers(this.pipelineName, this.pipelineName),
      );
    }
    if (!isLiteral(value)) return value;
    if (Array.isArray(value)) return value.map((item, index) => this.#bringOut(item, inside, `${path}[${index}]`));
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.#bringOut(field, inside, `${path}.${key}`)]));
  }

  /** The nodes that `after` names: those behind handles, and those of whole pipelines. */
  #nodesOf(after: unknown, id: string): string[] {
    const ids = new Set<string>();
    const place = this.#place("what it runs after", () => `"after" of step "${id}"`);
    const collect = (value: unknown): void => {
      if (isHandle(value)) {
        const { binding, nodes } = homeOf(handleBrand(value), place);
        for (const node of nodes?.() ?? nodeIds(binding)) ids.add(node);
      } else if (isCall(value)) {
        for (const node of homeOf(value["~zen"], place).nodes()) ids.add(node);
      } else if (isLiteral(value)) {
        for (const inner of Object.values(value)) collect(inner);
      } else if (typeof value === "function") {
        throw new ZenError(
          "bad_input",
          `"after" of step "${id}" has a function in it; it takes handles. (A step passed without calling it?)`,
          { exitCode: 2 },
        );
      }
    };
    collect(after);
    return [...ids];
  }

  #place(what: string, at: (path: string) => string): Place {
    return { recording: this, scope: this.#scope, what, at };
  }

  #within<T>(scope: Scope, work: () => T): T {
    const before = this.#scope;
    this.#scope = scope;
    try {
      return work();
    } finally {
      this.#scope = before;
    }
  }
}

/** The plain values among parameters. What is wired has no value yet, so nothing can close over it. */
export function plainText(parameters: Readonly<Record<string, Binding>>): string {
  const plainOf = (binding: Binding): unknown => {
    if (binding.kind === "list") return binding.items.map(plainOf);
    if (binding.kind === "object") return Object.entries(binding.fields).map(([key, field]) => [key, plainOf(field)]);
    return binding.kind === "value" ? binding : "wired";
  };
  return JSON.stringify(Object.entries(parameters).map(([name, binding]) => [name, plainOf(binding)]));
}

/** Refuses a promise where handles belong. */
export function assertSync(built: unknown, what: string): void {
  if (
    isHandle(built) ||
    typeof built !== "object" ||
    built === null ||
    typeof (built as { then?: unknown }).then !== "function" ||
    isHandle((built as { then?: unknown }).then)
  )
    return;
  // What it does after its first await fails for want of a recording: nobody needs to hear of that.
  Promise.resolve(built).catch(() => {});
  throw new ZenError("async_pipeline", `${what} is async. It is recorded, not run: drop async and await.`, {
    exitCode: 2,
    hint: "What has to wait for something belongs in a step.",
  });
}

/** Refuses outputs that would hide what every call has. */
export function assertNames(pipeline: string, built: unknown): void {
  const value = returned(built);
  if (isHandle(value) || !isLiteral(value) || Array.isArray(value)) return;
  for (const name of ["run", "spec"]) {
    if (Object.hasOwn(value, name))
      throw new ZenError(
        "bad_output",
        `Pipeline "${pipeline}" returns an output called "${name}", and that is what its call has already.`,
        { exitCode: 2, hint: "Give the output another name." },
      );
  }
}

/** What the pipelines around say of their steps. */
function stepDefaults({ options: { steps = {}, settings } }: PipelineDefinition): StepOptions {
  return settings === undefined ? steps : mergeOptions<StepOptions>({ settings }, steps);
}

/** Nothing, if it is the call of a pipeline that returned nothing. */
function returned(built: unknown): unknown {
  return isCall(built) ? built["~zen"].outputs : built;
}

/** The result of the second branch in the shape of the first: so a path means the same, whichever is taken. */
function inShapeOf(shape: Binding, result: Binding): Binding {
  if (shape.kind === "list" && !shape.whole)
    return { kind: "list", items: shape.items.map((item, index) => inShapeOf(item, partOf(result, index))) };
  if (shape.kind === "object" && !shape.whole)
    return {
      kind: "object",
      fields: Object.fromEntries(Object.entries(shape.fields).map(([key, field]) => [key, inShapeOf(field, partOf(result, key))])),
    };
  return result;
}

function outputOf(pipeline: string): (path: string) => string {
  return (path) => (path === "" ? `What pipeline "${pipeline}" returns` : `Output "${path.replace(/^\./, "")}" of pipeline "${pipeline}"`);
}

/** What is left of a call inside another pipeline. */
function nestedMembers(inner: string, outer: string): CallMembers {
  const refuse = (what: string): never => {
    throw new ZenError(
      "nested_run",
      `Pipeline "${inner}" was called inside pipeline "${outer}" and is a part of it: it has no ${what} of its own.`,
      { exitCode: 2, hint: `Use its outputs here, and run ${outer}.` },
    );
  };
  return {
    run: () => refuse("run()"),
    get spec(): never {
      return refuse("spec");
    },
  };
}
