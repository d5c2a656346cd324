import type { RunDescription, RunStatus } from "@zen/core/host";
import { printJson, snakeCased } from "../output/json.ts";
import { elapsed, localTime } from "../output/format.ts";
import { printList } from "../output/answer.ts";
import { printTable } from "../output/table.ts";
import { isGone, styled, write, writeLine } from "../output/terminal.ts";
import { ZenCommand } from "../program.ts";
import { withProject } from "../project.ts";
import { outputRows } from "../run/output-rows.ts";
import { session } from "../session.ts";
import { RUN_STATUSES } from "./pipeline.ts";
import { Option } from "commander";

interface StackFlags {
  readonly profile?: string;
  readonly stack?: string;
}

/** `zen run …` */
export function runCommand(): ZenCommand {
  const run = new ZenCommand("run")
    .description("List runs, describe them, and read their logs")
    .examples("zen run list", "zen run describe", "zen run logs --step train");

  run
    .sub("list", "List runs, the newest first")
    .option("--pipeline <name>", "only runs of this pipeline")
    .addOption(new Option("--status <status>", "only runs with this status").choices(RUN_STATUSES))
    .limitOption()
    .stackOptions()
    .examples("zen run list", "zen run list --pipeline training --status failed --limit 10")
    .action(async ({ pipeline, status, limit, profile, stack }: StackFlags & { pipeline?: string; status?: RunStatus; limit?: number }) => {
      const filter = {
        ...(pipeline === undefined ? {} : { pipeline }),
        ...(status === undefined ? {} : { status }),
        ...(limit === undefined ? {} : { limit }),
      };
      const runs = await withProject({ profile, stack }, (project) => project.listRuns(filter));
      await printList(runs, {
        empty:
          pipeline === undefined && status === undefined
            ? "There is no run yet. Start one: zen pipeline run FILE"
            : "No runs match. See all: zen run list",
        columns: ["NAME", "STATUS", "STARTED", "DURATION", "PIPELINE", "STACK", "ID"],
        row: (entry) => [entry.name, entry.status, localTime(entry.createdAt), durationOf(entry), entry.pipeline, entry.stack, entry.id],
        optional: 4,
      });
    });

  run
    .sub("describe", "Describe a run: its steps, why each was cached or not, and its outputs")
    .argument("[run]", "an id, the beginning of one, or a name (default: the newest run)")
    .stackOptions()
    .examples("zen run describe", "zen run describe 0192d3 --output json")
    .action(async (reference: string | undefined, { profile, stack }: StackFlags) => {
      const description = await withProject({ profile, stack }, (project) => project.describeRun(reference));
      if (session.json) printJson(description);
      else await printDescription(description);
    });

  run
    .sub("logs", "Show what the steps of a run logged and printed")
    .argument("[run]", "an id, the beginning of one, or a name (default: the newest run)")
    .option("--step <node>", "only this step, as `zen run describe` names it")
    .stackOptions()
    .examples("zen run logs", "zen run logs --step train")
    .action(async (reference: string | undefined, { step, profile, stack }: StackFlags & { step?: string }) => {
      await withProject({ profile, stack }, async (project) => {
        let entries = 0;
        for await (const line of project.runLogs(reference, step)) {
          if (isGone(1)) return;
          if (session.json) write(1, `${entries === 0 ? "[\n" : ",\n"}${JSON.stringify(snakeCased(line))}`);
          else writeLine(1, logText(line));
          entries++;
        }
        if (session.json) write(1, entries === 0 ? "[]\n" : "\n]\n");
        else if (entries === 0) writeLine(2, "Nothing was logged.");
      });
    });
  return run;
}

function durationOf({ createdAt, finishedAt, status }: { createdAt: string; finishedAt: string | null; status: RunStatus }): string {
  return finishedAt === null && status !== "running" ? "" : elapsed(createdAt, finishedAt);
}

function logText({
  time,
  node,
  level,
  message,
  fields,
}: {
  time: string;
  node: string;
  level: string;
  message: string;
  fields?: object;
}): string {
  const moment = styled(1, "dim", localTime(time, { milliseconds: true }));
  const loud = level === "warn" || level === "error" ? `${styled(1, level === "warn" ? "yellow" : "red", level)} ` : "";
  return `${moment} [${node}] ${loud}${message}${fields === undefined ? "" : ` ${JSON.stringify(fields)}`}`;
}

async function printDescription(run: RunDescription): Promise<void> {
  const rows: [string, string][] = [
    ["NAME", run.name],
    ["ID", run.id],
    ["PIPELINE", run.pipeline],
    ["STATUS", run.status],
    ["STACK", run.stack],
    ["STARTED", localTime(run.createdAt)],
    ["FINISHED", localTime(run.finishedAt)],
    ["DURATION", durationOf(run)],
  ];
  if (run.failure)
    rows.push(["FAILURE", [run.failure.message, run.failure.stack, run.failure.hint].filter((part) => part !== undefined).join("\n")]);
  await printTable({ title: `'${run.name}' Run`, columns: ["PROPERTY", "VALUE"], rows, description: true });
  if (run.steps.length > 0) {
    await printTable({
      title: "Steps",
      columns: ["STEP", "STATUS", "DURATION", "ATTEMPTS", "REASON"],
      rows: run.steps.map((step) => [
        step.name,
        step.cached ? "cached" : step.status === "running" ? run.status : step.status,
        step.finishedAt === null && run.status !== "running" ? "" : elapsed(step.startedAt, step.finishedAt),
        String(step.attempts),
        step.failure?.message ?? step.reason,
      ]),
      description: true,
    });
  }
  if (run.outputs.length > 0) {
    await printTable({
      title: "Outputs",
      columns: ["NAME", "VALUE", "ARTIFACT", "ID"],
      rows: outputRows(run).map(({ name, value, source, id }) => [name, value, source, id]),
      description: true,
    });
    writeLine(2, `Read one: zen artifact read ${run.outputs[0]!.id}`);
  }
}
