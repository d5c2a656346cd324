import type { RunStatus } from "@zen/core/host";
import { collect } from "../key-value.ts";
import { localTime } from "../output/format.ts";
import { printList } from "../output/answer.ts";
import { ZenCommand } from "../program.ts";
import { withProject } from "../project.ts";

export interface PipelineRunFlags {
  readonly param?: string[];
  readonly runtime?: string[];
  readonly runName?: string;
  readonly cache: boolean;
  readonly profile?: string;
  readonly stack?: string;
}

/** `zen pipeline …` */
export function pipelineCommand(): ZenCommand {
  const pipeline = new ZenCommand("pipeline")
    .description("Run pipelines, and list those that have run")
    .examples("zen pipeline run pipeline.ts", "zen pipeline list");

  const run = pipeline
    .sub("run", "Run the pipeline of a file, and show it while it runs")
    .argumentOf("<file>", "a TypeScript or JavaScript file that exports a pipeline; FILE#NAME where it exports several", {
      kind: "path",
      what: "file",
    })
    .option("--param <name=value>", "a parameter of the pipeline (repeatable); `FILE --help` lists them", collect)
    .option("--runtime <name=value>", "runtime configuration for the components of the stack (repeatable)", collect)
    .option("--run-name <name>", "a label for this run (default: made of the pipeline's name and the time)")
    .option("--no-cache", "run every step, also those whose result is there")
    .stackOptions()
    .examples(
      "zen pipeline run pipeline.ts",
      "zen pipeline run src/training.ts#training --param ratio=0.8 --param 'rates=[0.1,1]'",
      "zen pipeline run pipeline.ts --help",
    )
    .moreHelp(async ([file]) => {
      if (file === undefined) return;
      const { printPipelineHelp } = await import("../run/pipeline-help.ts");
      await printPipelineHelp(file);
    });
  run.action(async (file: string, flags: PipelineRunFlags) => {
    const { runPipeline } = await import("../run/run-pipeline.ts");
    await runPipeline(file, flags, run.path);
  });

  pipeline
    .sub("list", "List the pipelines that have run on the active stack")
    .limitOption()
    .stackOptions()
    .examples("zen pipeline list", "zen pipeline list --output json")
    .action(async ({ limit, profile, stack }: { limit?: number; profile?: string; stack?: string }) => {
      const pipelines = await withProject({ profile, stack }, (project) => project.listPipelines(limit === undefined ? {} : { limit }));
      await printList(pipelines, {
        empty: "No pipeline has run yet. Run one: zen pipeline run FILE",
        columns: ["NAME", "RUNS", "LAST STATUS", "LAST RUN AT", "LAST RUN"],
        row: ({ name, runs, lastStatus, lastRunAt, lastRun }) => [name, String(runs), lastStatus, localTime(lastRunAt), lastRun],
        optional: 1,
      });
    });
  return pipeline;
}

/** For `--status`. */
export const RUN_STATUSES: readonly RunStatus[] = ["running", "completed", "failed", "cancelled", "interrupted"];
