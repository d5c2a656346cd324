import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { componentType, isComponentType, toCamelCase } from "@zen/core/light";
import { notice } from "../output/answer.ts";
import type { AuthorPackage } from "./author-package.ts";
import { findings, type Finding } from "./finding.ts";
import { isPreset } from "./manifest-plan.ts";
import { textNow } from "../text-now.ts";
import { endsInVitest, failedTests, reportTo, type FailedTest } from "./vitest-report.ts";

const TESTS = "**/*.{test,spec}.{ts,mts,js,mjs}";
/** Of what a test run prints, when it fails. */
const SHOWN_LINES = 30;

/** Whether each type of the package's flavors has its conformance suite in a test. @param types those of the flavors */
export function conformanceFindings({ folder }: AuthorPackage, types: readonly string[]): readonly Finding[] {
  const files = globSync(TESTS, { cwd: folder, exclude: (name) => /(^|[\\/])(node_modules|dist)$/.test(name) });
  const text = files.map((file) => textNow(path.join(folder, file)) ?? "").join("\n");
  const complete = [...new Set(types)].filter((type) => isComponentType(type) && componentType(type).contract > 0);
  const missing = complete.map((type) => `${toCamelCase(type)}Conformance`).filter((suite) => !text.includes(`${suite}(`));
  return findings(
    "conformance",
    missing.map((suite) => ({
      status: "failed",
      message: `no test calls ${suite}, which checks what the base class promises`,
      hint: `npm install -D @zen/conformance vitest, and call it in a test: import { ${suite} } from "@zen/conformance"`,
    })),
  );
}

/** Runs the package's own test script. */
export async function testFindings(author: AuthorPackage, run: boolean): Promise<readonly Finding[]> {
  const { folder, name, json } = author;
  // A preset has nothing to test.
  if (isPreset(author)) return findings("tests", []);
  if (!run) return [{ check: "tests", status: "skipped", message: "--no-test" }];
  const script = (json["scripts"] as Record<string, unknown> | undefined)?.["test"];
  if (typeof script !== "string")
    return findings("tests", [
      { status: "failed", message: 'package.json has no script "test"', hint: 'Add it: "scripts": { "test": "vitest run" }' },
    ]);
  notice(`Running the tests of ${name}: ${script}`);
  const { code, output, failed } = await runTests(folder, script);
  if (code === 0) return findings("tests", []);
  const hint = "Mend it; all that they print: npm test";
  if (failed.length === 0) {
    const end = output.trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
    return findings("tests", [{ status: "failed", message: `${script} ended with exit code ${code}:\n${end}`, hint }]);
  }
  return findings(
    "tests",
    failed.map(({ name: test, message }, index) => ({
      status: "failed",
      message: `${test}: ${message}`,
      hint: index === failed.length - 1 ? hint : undefined,
    })),
  );
}

/** Runs the tests. @returns what failed, where they are vitest's */
async function runTests(
  folder: string,
  script: string,
): Promise<{ readonly code: number; readonly output: string; readonly failed: readonly FailedTest[] }> {
  if (!endsInVitest(script)) return { ...(await runScript(folder, "test")), failed: [] };
  const place = mkdtempSync(path.join(tmpdir(), "zen-check-"));
  try {
    const report = path.join(place, "report.json");
    const ended = await runScript(folder, "test", reportTo(report));
    return { ...ended, failed: failedTests(report, folder) };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Runs a script of a package.json by Node itself: the package manager doesn't matter. @param options added to its end */
export async function runScript(
  folder: string,
  script: string,
  options: readonly string[] = [],
): Promise<{ readonly code: number; readonly output: string }> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  // A zen in it is its own, not one that was handed over to.
  const { ZEN_HANDED_OVER: _, ...env } = process.env;
  const child = spawn(process.execPath, ["--run", script, "--", ...options], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  return { code, output };
}
