import { step, text } from "@zen/core";
import type { Verdict } from "./ask.ts";
import { NEXT_STEPS } from "./next-steps.ts";
import { headline } from "./report.ts";
import type { Scores } from "./scores.ts";
import type { Unseen } from "./split.ts";

/** How it went, in a few lines. `npm start` prints them when the run has ended. */
export const summary = step(
  "summary",
  // Made anew each time, so that the newest summary.output is that of the last run, even if all else came from the cache.
  { output: text(), cache: false },
  ({ scores, unseen, verdict }: { scores: Scores; unseen: Unseen; verdict: Verdict | undefined }) => {
    const asked =
      verdict === undefined
        ? "It was not asked about a file: its macro-F1 is below what --param trust=… asks for."
        : `Asked about ${verdict.file}, it says ${verdict.language} (probability ${verdict.probability.toFixed(2)}).`;
    return [headline(scores, unseen), asked, "", ...NEXT_STEPS].join("\n");
  },
);
