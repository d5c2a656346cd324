import { AUTO, isMaterializer, type MaterializerDefinition } from "../artifact/materializer.ts";
import { ZenError } from "../error/zen-error.ts";
import { runBare } from "./bare-step.ts";
import { describeValue } from "./describe-value.ts";
import { checkName } from "./names.ts";
import { mergeOptions } from "./options.ts";
import { originHere } from "./origin.ts";
import { currentRecording } from "./recording.ts";
import type { StepDefinition } from "./recorded.ts";
import { runningStep } from "./running-step.ts";
import { checkStepOptions, notYet, sentence } from "./step-options.ts";
import type { CallOptions, Handle, Materializer, Outputs, Result, Returned, Step, StepContext, StepOptions } from "./types.ts";

type AnyFunction = (inputs: never, context: StepContext) => unknown;
type DefinedOptions = StepOptions & { readonly outputs?: Readonly<Record<string, unknown>>; readonly output?: unknown };

/**
 * Makes a step: a plain function with a name, whose inputs and outputs are stored, cached and tracked when it runs.
 *
 * Called inside `pipeline(…)` it records a node and returns the handle of its output, or a record of handles if it has
 * named `outputs`. The function itself is `step.fn`.
 *
 * @param name letters, digits, `-` and `_`; it stays the step's identity when the function is renamed or minified
 * @throws ZenError `bad_name`, `unknown_option`, `bad_option`, `not_yet`
 * @example
 * const load = step("load", async ({ path }: { path: string }) => readRows(path));
 * const split = step("split", { outputs: { train: json<Row[]>(), test: json<Row[]>() }, retries: 2 }, splitRows);
 */
export function step<I extends object = {}, R = unknown>(
  name: string,
  fn: (inputs: I, context: StepContext) => R | Promise<R>,
): Step<I, Handle<R>>;
export function step<
  R extends Returned<O, S>,
  I extends object = {},
  O extends Outputs | undefined = undefined,
  S extends Materializer<any, any> | undefined = undefined,
>(
  name: string,
  options: StepOptions & { outputs?: O; output?: S },
  fn: (inputs: I, context: StepContext) => R | Promise<R>,
): Step<I, Result<O, S, R>>;
export function step(name: string, first: DefinedOptions | AnyFunction, second?: AnyFunction): unknown {
  checkName(name, "a step");
  const [options, fn] = typeof first === "function" ? [{}, first] : [first, second];
  if (typeof fn !== "function")
    throw new ZenError("bad_step", `Step "${name}" has no function.`, {
      exitCode: 2,
      hint: `Write step("${name}", async (inputs) => …), with options between the two if there are any.`,
    });
  checkStepOptions(options, { of: `step "${name}"`, kind: "step" });
  const { outputs, output, ...own } = options;
  return stepOf(
    {
      kind: "step",
      contract: 1,
      name,
      options: own,
      fn: fn as StepDefinition["fn"],
      outputs: outputsOf(name, outputs, output),
      named: outputs !== undefined,
      origin: originHere("step", name),
    },
    {},
  );
}

function stepOf(definition: StepDefinition, options: CallOptions): unknown {
  const { name } = definition;
  const call = (inputs?: unknown): unknown => {
    const recording = currentRecording();
    if (recording) return recording.step(definition, options, inputs);
    const running = runningStep();
    if (running) {
      throw new ZenError("step_inside_step", `Step "${name}" was called inside the running step "${running.step.name}".`, {
        exitCode: 2,
        hint: `Call ${name}.fn(inputs) for its function, or wire both in the pipeline.`,
      });
    }
    throw new ZenError("step_outside_pipeline", `Step "${name}" was called outside a pipeline.`, {
      exitCode: 2,
      hint: `Call it inside pipeline(…), or use ${name}.fn(inputs) to run the function itself, in a test for example.`,
    });
  };
  return Object.defineProperties(call, {
    "~zen": { value: definition },
    name: { value: name },
    stepName: { value: name, enumerable: true },
    fn: { value: (inputs: object, context?: Partial<StepContext>) => runBare(definition, inputs, context) },
    with: {
      value: (more: CallOptions) => {
        checkStepOptions(more, { of: `step "${name}"`, kind: "call" });
        return stepOf(definition, mergeOptions(options, more));
      },
    },
  });
}

function outputsOf(step: string, outputs: DefinedOptions["outputs"], output: unknown): Record<string, MaterializerDefinition> {
  const of = `step "${step}"`;
  if (outputs === undefined) return { output: output === undefined ? AUTO : materializer(of, "its output", output) };
  if (output !== undefined)
    throw new ZenError("bad_option", `Step "${step}" has both "outputs" and "output".`, {
      exitCode: 2,
      hint: "Give outputs for a record of named outputs, or output for the one value that is returned.",
    });
  if (typeof outputs !== "object" || outputs === null || Array.isArray(outputs)) {
    throw new ZenError("bad_option", `"outputs" of ${of} takes a record of materializers by output name.`, {
      exitCode: 2,
      hint: "Write outputs: { train: json<Row[]>(), test: json<Row[]>() }.",
    });
  }
  return Object.fromEntries(
    Object.entries(outputs).map(([name, given]) => {
      checkName(name, "an output");
      return [name, materializer(of, `its output "${name}"`, given)];
    }),
  );
}

function materializer(of: string, output: string, given: unknown): MaterializerDefinition {
  if (isMaterializer(given) && ["auto", "text", "bytes", "file"].includes(given.name)) return given;
  const hint = "Use json(), text(), bytes() or file().";
  if (typeof given === "object" && given !== null) throw notYet({ of }, `a materializer of one's own for ${output}`, hint);
  throw new ZenError("bad_option", `${sentence(of)} has ${describeValue(given)} as the materializer of ${output}.`, {
    exitCode: 2,
    hint: typeof given === "function" ? `${hint} (A materializer passed without calling it?)` : hint,
  });
}
