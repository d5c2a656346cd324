import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { describeValue } from "./describe-value.ts";
import type { RunOptions, RuntimeConfiguration } from "./types.ts";

const KNOWN = [
  "name",
  "stack",
  "profile",
  "cache",
  "signal",
  "concurrency",
  "onEvent",
  "steps",
] as const satisfies readonly (keyof RunOptions)[];

/** Checks the two arguments of `.run()`, which plain JavaScript confuses easily. The values of `steps` are checked as they are applied. */
export function checkRun(runtime: RuntimeConfiguration, options: RunOptions): void {
  const refuse = (code: string, message: string, hint: string): never => {
    throw new ZenError(code, message, { exitCode: 2, hint });
  };
  for (const [value, name] of [
    [runtime, "runtime configuration"],
    [options, "options"],
  ] as const) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      refuse(
        "bad_option",
        `run(…) takes a record as its ${name}, not ${describeValue(value)}.`,
        "Write run({ runtimeParam: 3 }, { name: … }).",
      );
  }
  for (const key of KNOWN) {
    if (Object.hasOwn(runtime, key))
      refuse(
        "bad_runtime_configuration",
        `"${key}" is an option of the run, not runtime configuration.`,
        `It goes in the second argument: run({}, { ${key}: … }).`,
      );
  }
  for (const key of Object.keys(options)) {
    if (!(KNOWN as readonly string[]).includes(key))
      refuse(
        "unknown_option",
        `A run has no option "${key}".${didYouMean(key, KNOWN)}`,
        `Its options are ${KNOWN.join(", ")}. Runtime configuration goes in the first argument: run({ ${key}: … }).`,
      );
  }
  const expect = (key: keyof RunOptions, good: (value: never) => boolean, what: string): void => {
    if (options[key] !== undefined && !good(options[key] as never))
      refuse(
        "bad_option",
        `The option "${key}" of a run is ${describeValue(options[key])}; it takes ${what}.`,
        `Write run({}, { ${key}: … }).`,
      );
  };
  for (const key of ["name", "stack", "profile"] as const)
    expect(key, (value) => typeof value === "string" && value !== "", "a text that isn't empty");
  expect("cache", (value) => typeof value === "boolean", "true or false");
  expect("signal", (value: unknown) => value instanceof AbortSignal, "an AbortSignal");
  expect("concurrency", (value: number) => Number.isInteger(value) && value >= 1, "a whole number, 1 or more");
  expect("onEvent", (value: unknown) => typeof value === "function", "a function");
  expect(
    "steps",
    (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
    "a record of options by node name",
  );
}
