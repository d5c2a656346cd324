import path from "node:path";
import { isZenError } from "@zen/core/light";
import { Help } from "commander";
import type { ParameterDescription, PipelineFileDescription } from "@zen/core/host";
import { loadHost } from "../host.ts";
import { notice } from "../output/answer.ts";
import { columns, writeLine } from "../output/terminal.ts";
import { pipelineFile } from "./pipeline-file.ts";

/** The end of `zen pipeline run FILE --help`: what the pipeline is, and its parameters. A file that can't be imported is told of in one line. */
export async function printPipelineHelp(target: string): Promise<void> {
  const { file, exportName } = pipelineFile(target);
  let description: PipelineFileDescription;
  try {
    const host = await loadHost(path.dirname(file));
    description = await host.describePipelineFile({ file, export: exportName, strayOutput: "discard" });
  } catch (error) {
    if (!isZenError(error)) throw error;
    const [hint = ""] = (error.hint ?? "").split("\n");
    notice(`\nThe parameters of ${target} can't be listed: ${`${error.message} ${hint}`.replaceAll(/\s+/g, " ").trim()}`);
    return;
  }
  writeLine(1, `\n${helpText(description, target)}`);
}

function helpText({ name, description, parametersFrom, parameters }: PipelineFileDescription, target: string): string {
  const head = `Pipeline ${name} of ${target}:\n${description === null ? "" : `  ${description}\n`}`;
  if (parametersFrom === null) return `${head}\nWhich parameters it takes can't be told.`;
  if (parameters.length === 0) return `${head}\nIt has no parameters.`;
  const listed = `${head}\nParameters (--param name=value):\n${list(parameters)}`;
  if (parametersFrom === "schema") return listed;
  return `${listed}\n\nThese are the names that its function reads. A schema would describe them: params: z.object({ … }).`;
}

/** Set as commander sets options. */
function list(parameters: readonly ParameterDescription[]): string {
  const help = new Help();
  help.prepareContext({ helpWidth: columns(1) ?? 80 });
  const terms = parameters.map(({ name, type }) => (type === null ? name : `${name}=<${type}>`));
  const width = Math.max(...terms.map((term) => term.length));
  return parameters.map((parameter, i) => help.formatItem(terms[i]!, width, explain(parameter), help)).join("\n");
}

function explain({ description, required, default: preset }: ParameterDescription): string {
  const notes = [...(required ? ["required"] : []), ...(preset === undefined ? [] : [`default: ${JSON.stringify(preset)}`])];
  return `${description ?? ""}${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`.trim();
}
