// npm run check [-- --fix]: everything that a machine can say about the code without running it.
import process from "node:process";
import { CHECK_STEPS, FIX_STEPS } from "./check-steps.ts";
import { runSteps } from "./run-steps.ts";

const options = process.argv.slice(2);
const unknown = options.find((option) => option !== "--fix");
if (unknown !== undefined) {
  console.error(`npm run check has no option "${unknown}", only --fix.`);
  process.exit(2);
}
// What can't be fixed is reported by the check that follows.
if (options.length > 0) for (const step of FIX_STEPS) await step.run();
const results = await runSteps(CHECK_STEPS);
const failed = results.filter((result) => !result.ok).map((result) => result.name);
if (failed.length > 0) console.log(`\n${failed.length} of ${results.length} checks failed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
