/**
 * Which language is this file written in? Collects source files from what the install put on disk, learns from most of
 * them, and is asked about the rest. The extensions are removed: only the text can tell.
 */
import { atLeast, map, pipeline, when } from "@zen/core";
import * as z from "zod";
import { ask } from "./ask.ts";
import { collect } from "./collect.ts";
import { evaluate } from "./evaluate.ts";
import { report } from "./report.ts";
import { split } from "./split.ts";
import { summary } from "./summary.ts";
import { train } from "./train.ts";
import { choose, tune } from "./tune.ts";

const params = z
  .object({
    folder: z
      .string()
      .optional()
      .meta({ description: "Folder to collect source files from, with its subfolders; default: this repository's node_modules" }),
    perLanguage: z.int().min(10).default(1000).meta({ description: "Files of each language that are kept, at most" }),
    minimum: z.int().min(10).default(40).meta({ description: "A language with fewer files is left out" }),
    bytes: z.int().min(100).max(100_000).default(1024).meta({ description: "Bytes of each file that are looked at, from its start" }),
    unseen: z
      .enum(["files", "packages"])
      .default("files")
      .meta({ description: "Test on files, or on whole packages, that were not learned from" }),
    longest: z.array(z.int().min(1).max(8)).min(1).default([1, 2, 3, 4]).meta({ description: "Longest n-grams to try, in characters" }),
    epochs: z.int().min(1).default(8).meta({ description: "How often each file is learned from" }),
    trust: z.number().min(0).max(1).default(0.8).meta({ description: "Macro-F1 from which the model is asked about a file" }),
    ask: z.string().optional().meta({ description: "The file to ask it about; default: the source of this pipeline" }),
    seed: z.int().min(0).default(1).meta({ description: "Another seed chooses and divides the files in another way" }),
  })
  .refine(({ perLanguage, minimum }) => perLanguage >= minimum, { path: ["perLanguage"], message: "perLanguage must be at least minimum" });

export const whichLanguage = pipeline(
  "which-language",
  { params },
  ({ folder, perLanguage, minimum, bytes, unseen, longest, epochs, trust, ask: path, seed }) => {
    const { files, census } = collect({ folder, perLanguage, minimum, bytes, seed });
    const parts = split({ files, unseen, seed });

    // One trial per length, with nothing but the part that is learned from. The best is then learned with all of it.
    const trials = map(longest, (length) => tune({ files: parts.train, longest: length, epochs, unseen, seed }), {
      as: "sweep",
      key: (length) => `longest=${length}`,
      concurrency: 1, // They share one JavaScript thread: side by side they would take more memory and as long.
    });
    const best = choose({ trials });
    const { model } = train({ files: parts.train, longest: best.longest, epochs, seed });

    const { scores, confusion, mistakes } = evaluate({ model, files: parts.test });
    // A model that isn't good enough is not asked.
    const verdict = when(atLeast(scores.macroF1, trust), () => ask({ model, path, bytes }));
    return {
      summary: summary({ scores, unseen, verdict }),
      report: report({ census, trials, best, scores, confusion, mistakes, unseen }),
      accuracy: scores.accuracy,
      confusion,
      model,
    };
  },
);

if (import.meta.main) {
  const run = await whichLanguage().run();
  console.log(await run.outputs.report.read());
}
