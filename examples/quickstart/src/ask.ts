import { relative, resolve } from "node:path";
import { step } from "@zen/core";
import { guess, type Guess, type Model } from "./classifier.ts";
import { startOf } from "./start-of.ts";
import { whyUnreadable } from "./unreadable.ts";

/** What the model takes a file for. */
export interface Verdict extends Guess {
  readonly file: string;
}

/** Asks the model about one file: the pipeline's own source, unless another is named. */
export const ask = step(
  "ask",
  // The file may have changed since the last run: this step always runs.
  { cache: false },
  async ({ model, path, bytes }: { model: Model; path: string | undefined; bytes: number }): Promise<Verdict> => {
    const absolute = path === undefined ? resolve(import.meta.dirname, "pipeline.ts") : resolve(path);
    const text = await startOf(absolute, bytes).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`Can't ask about ${absolute}: ${whyUnreadable(error)}. Name another file: --param ask=PATH`);
    });
    if (text === undefined) throw new Error(`Can't ask about ${absolute}: it is not text in UTF-8. Name another file: --param ask=PATH`);
    return { file: relative("", absolute), ...guess(model, text) };
  },
);
