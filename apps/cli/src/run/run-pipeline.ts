import path from "node:path";
import type { RunDescription } from "@zen/core/host";
import { announce } from "../announce.ts";
import type { PipelineRunFlags } from "../command/pipeline.ts";
import { HOST_FOLDERS } from "../host-folders.ts";
import { loadHost } from "../host.ts";
import { keyValues } from "../key-value.ts";
import { notice } from "../output/answer.ts";
import { elapsed } from "../output/format.ts";
import { isTerminal, styled, writeLine } from "../output/terminal.ts";
import { session } from "../session.ts";
import { pipelineFile } from "./pipeline-file.ts";
import { outputRows } from "./output-rows.ts";
import type { RunView } from "./run-view.ts";
import { watchProcess } from "./watch-process.ts";

/** A map may give an output for each of its items. */
const SHOWN_OUTPUTS = 20;

/** `zen pipeline run FILE[#export]`. A run that fails or is cancelled is an error, which core throws. */
export async function runPipeline(target: string, flags: PipelineRunFlags, command: string): Promise<void> {
  const { runName, cache, profile, stack } = flags;
  const params = keyValues(flags.param ?? [], "--param", command);
  const runtime = keyValues(flags.runtime ?? [], "--runtime", command);
  const { file, exportName } = pipelineFile(target);
  const host = await loadHost(path.dirname(file));
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
      onContext: announce,
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

/** How long it took, what it made, and what to do next. */
function showResult(run: RunDescription): void {
  const cached = run.steps.filter((step) => step.cached).length;
  const how = cached === 0 ? "" : `, ${cached} of ${run.steps.length} steps from the cache`;
  writeLine(1, `\nRun ${run.name} ${styled(1, "green", "completed")} in ${elapsed(run.createdAt, run.finishedAt)}${how}.`);
  if (run.outputs.length === 0) return;
  const rows = outputRows(run);
  const shown = rows.slice(0, SHOWN_OUTPUTS);
  const width = Math.max(...shown.map(({ name }) => name.length));
  writeLine(1, "\nOutputs");
  for (const { name, value, source, id } of shown) {
    const from = styled(1, "dim", `(${[source, id].filter(Boolean).join(", ")})`);
    writeLine(1, `  ${name.padEnd(width)}  ${value === "" ? "" : `${value}  `}${from}`);
  }
  if (rows.length > shown.length) writeLine(1, `  … ${rows.length - shown.length} more: zen run describe ${run.id}`);
  const unseen = rows.find(({ value }) => value === "") ?? rows[0]!;
  writeLine(1, `\nRead one: zen artifact read ${unseen.id}`);
}
