import { readdirSync, statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { whileLoading } from "../engine/loading.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { isCall } from "../pipeline/call.ts";
import { isHandle } from "../pipeline/handle.ts";
import { isPipeline, type PipelineDefinition, pipelineDefinition } from "../pipeline/definition.ts";
import { importProblem } from "./import-problem.ts";

/** A pipeline of a file, and the name under which the file exports it. */
export interface LoadedPipeline {
  readonly export: string;
  readonly definition: PipelineDefinition;
}

/**
 * Imports a pipeline file and finds its pipeline.
 *
 * @param file absolute
 * @param name the export, or the pipeline's own name; may be left out if there is only one
 * @throws ZenError that says what is wrong with the file and which change to make
 */
export async function loadPipelineFile(file: string, name?: string): Promise<LoadedPipeline> {
  assertFile(file);
  // Type stripping dominates the start of a user's file; the cache halves it (reference: node:module).
  enableCompileCache();
  let module: Record<string, unknown>;
  try {
    module = await whileLoading(file, async () => (await import(pathToFileURL(file).href)) as Record<string, unknown>);
  } catch (error) {
    throw importProblem(error, file);
  }
  const found = pipelinesOf(module);
  const shown = path.relative(process.cwd(), file) || file;
  if (name !== undefined) {
    const wanted = found.find((candidate) => candidate.export === name) ?? found.find(({ definition }) => definition.name === name);
    if (wanted) return wanted;
    const exported = Object.keys(module);
    const what = exported.includes(name) ? `"${name}" of ${shown} is not a pipeline.` : `${shown} exports no "${name}".`;
    throw new ZenError(
      "no_pipeline",
      what +
        (exported.includes(name)
          ? ""
          : didYouMean(
              name,
              found.map((candidate) => candidate.export),
            )),
      { exitCode: 2, hint: listing(found) },
    );
  }
  const [first, ...others] = found;
  if (!first) {
    const exported = Object.keys(module);
    const call = exported.find((name) => isCall(module[name]) || isHandle(module[name]));
    if (call !== undefined) {
      throw new ZenError("no_pipeline", `${shown} exports "${call}", which is the call of a pipeline and not the pipeline.`, {
        exitCode: 2,
        hint: "Export what is called, without the call: zen gives it the parameters.",
      });
    }
    throw new ZenError(
      "no_pipeline",
      `${shown} exports no pipeline${exported.length > 0 ? ` (it exports ${exported.slice(0, 8).join(", ")})` : ""}.`,
      {
        exitCode: 2,
        hint: `Export it: export const training = pipeline("training", …)`,
      },
    );
  }
  if (others.length > 0) {
    throw new ZenError(
      "several_pipelines",
      `${shown} exports ${found.length} pipelines: ${found.map((candidate) => candidate.export).join(", ")}.`,
      {
        exitCode: 2,
        hint: `Say which: zen pipeline run ${shown}#${first.export}`,
      },
    );
  }
  return first;
}

function listing(found: readonly LoadedPipeline[]): string {
  return found.length === 0
    ? `Export one: export const training = pipeline("training", …)`
    : `Its pipelines are: ${found.map((candidate) => candidate.export).join(", ")}.`;
}

/** One pipeline exported under two names counts once. */
function pipelinesOf(module: Record<string, unknown>): LoadedPipeline[] {
  const found = new Map<unknown, LoadedPipeline>();
  for (const [key, value] of Object.entries(module)) {
    if (isPipeline(value) && !found.has(value)) found.set(value, { export: key, definition: pipelineDefinition(value) });
  }
  return [...found.values()];
}

function assertFile(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile()) return;
  const shown = path.relative(process.cwd(), file) || file;
  if (stat)
    throw new ZenError("no_such_file", `${shown} is a folder, not a pipeline file.`, {
      exitCode: 2,
      hint: "Name the file: zen pipeline run src/pipeline.ts",
    });
  const folder = path.dirname(file);
  let siblings: string[] = [];
  try {
    siblings = readdirSync(folder);
  } catch {
    // No such folder: then there is nothing to suggest.
  }
  throw new ZenError("no_such_file", `There is no file ${shown}.${didYouMean(path.basename(file), siblings)}`, {
    exitCode: 2,
    hint: "Name a file that exports a pipeline: zen pipeline run src/pipeline.ts",
  });
}
