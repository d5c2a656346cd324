import path from "node:path";
import { watchConsole } from "../engine/console-capture.ts";
import type { RunDescription } from "../engine/run-description.ts";
import type { RunEvent } from "../engine/event.ts";
import { runRecorded } from "../engine/run.ts";
import { ZenError } from "../error/zen-error.ts";
import { valueOfText } from "../pipeline/text-value.ts";
import { loadPipelineFile } from "./load-pipeline-file.ts";
import { tellOnce } from "./tell-context.ts";
import type { RunPipelineFileOptions } from "./types.ts";

/**
 * Imports a pipeline file, records its pipeline with parameters as typed, and runs it.
 *
 * @returns the run that completed
 * @throws ZenError `run_failed` or `run_cancelled`, after `run.finished` has been sent; or why it couldn't start
 */
export async function runPipelineFile(options: RunPipelineFileOptions): Promise<RunDescription> {
  const { file, params, runtime, runName, stack, profile, cache, signal, hostFolders, strayOutput, notice, onContext } = options;
  const stopWatching = watchConsole(strayOutput);
  try {
    const loaded = await loadPipelineFile(path.resolve(file), options.export);
    const recorded = loaded.definition.recordFromText(params, { export: loaded.export });
    let finished: RunDescription | undefined;
    const onEvent = (event: RunEvent): void => {
      if (event.type === "run.finished") finished = event.run;
      options.onEvent(event);
    };
    await runRecorded(
      recorded,
      Object.fromEntries(Object.entries(runtime).map(([key, text]) => [key, valueOfText(text)])),
      { ...defined({ name: runName, stack, profile, cache, signal }) },
      { folder: path.dirname(path.resolve(file)), hostFolders, strayOutput, notice, opened: tellOnce(onContext), onEvent },
    );
    if (!finished) throw new ZenError("run_without_end", "The run ended without saying how.");
    return finished;
  } finally {
    stopWatching();
  }
}

function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
