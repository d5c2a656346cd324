import { existsSync } from "node:fs";
import path from "node:path";
import type { RunDescription } from "@zen/core/host";
import type { PipelineRunFlags } from "../command/pipeline.ts";
import { HOST_FOLDERS } from "../host-folders.ts";
import { loadHost } from "../host.ts";
import { keyValues } from "../key-value.ts";
import { announce } from "../light.ts";
import { notice } from "../output/answer.ts";
import { elapsed } from "../output/format.ts";
import { isTerminal, styled, writeLine } from "../output/terminal.ts";
import { session } from "../session.ts";
import type { RunView } from "./run-view.ts";
import { watchProcess } from "./watch-process.ts";

/** `zen pipeline run FILE[#export]`. A run that fails or is cancelled is an error, which core throws. */
export async function runPipeline(target: string, flags: PipelineRunFlags, command: string): Promise<void> {
  const { runName, cache, profile, stack } = flags;
  const params = keyValues(flags.param ?? [], "--param", command);
  const runtime = keyValues(flags.runtime ?? [], "--runtime", command);
  const { file, exportName } = pipelineFile(target);
  const folder = path.dirname(file);
  await announce({ folder, profile, stack });
  const host = await loadHost(folder);
  const view = await chooseView();
  const watch = watchProcess(view);
  let run: RunDescription;
  try {
    run = await host.runPipelineFile({
      file,
      export: exportName,
      params,
      runtime,
      runName,
      cache,
      profile,
      stack,
      hostFolders: HOST_FOLDERS,
      strayOutput: session.json ? "discard" : "stderr",
      notice,
      signal: watch.signal,
      onEvent(event) {
        if (event.type !== "run.started") watch.runIsOn();
        view.onEvent(event);
      },
    });
  } catch (error) {
    throw watch.uncaught() ?? error;
  } finally {
    watch.end();
    view.close();
  }
  if (!session.json) showResult(run);
}

async function chooseView(): Promise<RunView> {
  if (session.json) return (await import("./json-view.ts")).jsonView;
  if (isTerminal(2) && process.env.TERM !== "dumb") return (await import("./tree-view.ts")).treeView();
  return (await import("./lines-view.ts")).linesView();
}

/** `FILE#export`. A file whose own name has a `#` is found as well. */
function pipelineFile(target: string): { file: string; exportName: string | undefined } {
  const hash = existsSync(target) ? -1 : target.lastIndexOf("#");
  if (hash === -1) return { file: path.resolve(target), exportName: undefined };
  return { file: path.resolve(target.slice(0, hash)), exportName: target.slice(hash + 1) || undefined };
}

/** How long it took, what it made, and what to do next. */
function showResult(run: RunDescription): void {
  const cached = run.steps.filter((step) => step.cached).length;
  const how = cached === 0 ? "" : `, ${cached} of ${run.steps.length} steps from the cache`;
  writeLine(1, `\nRun ${run.name} ${styled(1, "green", "completed")} in ${elapsed(run.createdAt, run.finishedAt)}${how}.`);
  if (run.outputs.length === 0) return;
  const width = Math.max(...run.outputs.map(({ name }) => name.length));
  writeLine(1, "\nOutputs");
  for (const { name, id } of run.outputs) writeLine(1, `  ${name.padEnd(width)}  ${id}`);
  writeLine(1, `\nRead one: zen artifact read ${run.outputs[0]!.id}`);
}
