import { step } from "@zen/core";
import type { Verdict } from "./ask.ts";
import { NEXT_STEPS } from "./next-steps.ts";
import { headline } from "./report.ts";
import type { Scores } from "./scores.ts";
import type { Unseen } from "./split.ts";

/** Says how it went. It speaks to a person, so it always runs, also when all before it comes from the cache. */
export const summary = step(
  "summary",
  { cache: false },
  ({ scores, unseen, verdict }: { scores: Scores; unseen: Unseen; verdict: Verdict | undefined }, { log }): void => {
    log.info(headline(scores, unseen));
    if (verdict === undefined) log.info("It was not asked about a file: its macro-F1 is below what --param trust=… asks for.");
    else log.info(`Asked about ${verdict.file}, it says ${verdict.language} (probability ${verdict.probability.toFixed(2)}).`);
    for (const line of NEXT_STEPS) log.info(line);
  },
);
