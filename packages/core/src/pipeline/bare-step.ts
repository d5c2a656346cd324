import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { isFileName } from "../artifact/file-name.ts";
import { ZenError } from "../error/zen-error.ts";
import type { StepDefinition } from "./recorded.ts";
import { withRecording } from "./recording.ts";
import { withRunningStep } from "./running-step.ts";
import type { OutputFile, StepContext } from "./types.ts";

/** Runs a step's function by itself: `step.fn(inputs, context)`. What the context lacks is filled in. */
export async function runBare({ name, fn }: StepDefinition, inputs: object = {}, given: Partial<StepContext> = {}): Promise<never> {
  const context = Object.defineProperties<StepContext>(bareContext(name), Object.getOwnPropertyDescriptors(given));
  // Whoever runs it while recording wants its value: the steps that it calls by mistake are no nodes.
  return (await withRecording(undefined, () => withRunningStep(context, async () => fn(inputs, context)))) as never;
}

function bareContext(step: string): StepContext {
  const missing = (what: string, give: string): ZenError =>
    new ZenError("no_context", `Step "${step}" asked for ${what}, and ${step}.fn() runs it without a stack.`, {
      exitCode: 2,
      hint: `Give it one: ${step}.fn(inputs, { ${give} }).`,
    });
  const quiet = (): void => {};
  let scratch: string | undefined;
  return {
    run: { id: "00000000-0000-7000-8000-000000000000", name: "bare", pipeline: "bare", runtime: {} },
    step: { name: step, node: step, attempt: 1 },
    signal: new AbortController().signal,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    progress: quiet,
    metadata: quiet,
    async secret(name) {
      throw missing(`the secret "${name}"`, "secret: async (name) => ({ … })");
    },
    component(type) {
      throw missing(`a component (${type.name})`, "component: () => component");
    },
    file: outputFile,
    uri() {
      throw new ZenError("not_yet", `Step "${step}" called ctx.uri(): this version of zen does not have it yet.`, {
        hint: "Write to ctx.file(name).path and return the file; declare its output with file().",
      });
    },
    get scratch() {
      return (scratch ??= temporaryFolder());
    },
  };
}

let parent: string | undefined;

/** A folder that lasts as long as the process: the test that gets a path from a step may still want to read it. */
function temporaryFolder(): string {
  if (parent === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "zen-bare-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    parent = folder;
  }
  return mkdtempSync(join(parent, "step-"));
}

function outputFile(name: string): OutputFile {
  if (!isFileName(name))
    throw new ZenError("bad_file_name", `${JSON.stringify(name)} can't be the name of an output file.`, {
      hint: "Give it a plain file name, such as model.bin.",
    });
  const path = join(temporaryFolder(), name);
  return { name, path, writable: () => Writable.toWeb(createWriteStream(path)) as WritableStream<Uint8Array> };
}
