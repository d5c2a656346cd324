// npm test: the checks, each of which counts as a test, then every test. npm test -- FILTER: only the tests that vitest finds by it.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { CHECK_STEPS } from "./check-steps.ts";
import { runSteps } from "./run-steps.ts";
import { summaryLine, tally, type Tally, type VitestReport } from "./tally.ts";
import { ROOT } from "./workspace.ts";

const filters = process.argv.slice(2);
const ci = !["", "0", "false"].includes(process.env["CI"] ?? "");

const checks = filters.length > 0 ? [] : await runSteps(CHECK_STEPS);
const tests = await vitest(filters);
const all: Tally = {
  passed: checks.filter((check) => check.ok).length + tests.passed,
  failed: [...checks.filter((check) => !check.ok).map((check) => `check: ${check.name}`), ...tests.failed],
  skipped: tests.skipped,
};

console.log();
for (const name of all.failed) console.log(`failed   ${path.isAbsolute(name) ? path.relative(ROOT, name) : name}`);
for (const name of all.skipped) console.log(`skipped  ${path.relative(ROOT, name)}${ci ? " (in CI this counts as failed)" : ""}`);
console.log(summaryLine(all, ci));
process.exitCode = all.failed.length > 0 || (ci && all.skipped.length > 0) ? 1 : 0;

async function vitest(args: readonly string[]): Promise<Tally> {
  const folder = mkdtempSync(path.join(tmpdir(), "zen-tests-"));
  const file = path.join(folder, "report.json");
  try {
    const bin = path.join(ROOT, "node_modules", "vitest", "vitest.mjs");
    const child = spawn(process.execPath, [bin, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...args], {
      cwd: ROOT,
      stdio: "inherit",
    });
    // vitest ends its workers, which our death wouldn't. A terminal's Ctrl-C reaches it without us.
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
      });
    }
    const exitCode = await new Promise<number>((resolve) => {
      child.once("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 1)));
    });
    const report = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as VitestReport) : undefined;
    return tally(report, exitCode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
