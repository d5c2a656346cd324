// npm run check [-- --fix]: everything that a machine can say about the code without running it.
import process from "node:process";
import { parseArgs } from "node:util";
import { CHECK_STEPS, FIX_STEPS } from "./check-steps.ts";
import { runSteps } from "./run-steps.ts";

const { values } = parseArgs({ options: { fix: { type: "boolean", default: false } } });
// What can't be fixed is reported by the check that follows.
if (values.fix) for (const step of FIX_STEPS) await step.run();
const results = await runSteps(CHECK_STEPS);
const failed = results.filter((result) => !result.ok).map((result) => result.name);
if (failed.length > 0) console.log(`\n${failed.length} of ${results.length} checks failed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
