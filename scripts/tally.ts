/** What is read of the report that vitest's JSON reporter writes. */
export interface VitestReport {
  readonly testResults: readonly {
    /** The file, absolute. */
    readonly name: string;
    readonly status: string;
    /** Why the file could not be run, or empty. */
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface Tally {
  readonly passed: number;
  /** A line for each, with the file and the name of the test. */
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** Counts a run. `exitCode` is vitest's own: it also fails for what no single test did, such as a rejection that nobody handled. */
export function tally(report: VitestReport | undefined, exitCode: number): Tally {
  let passed = 0;
  const failed: string[] = [];
  const skipped: string[] = [];
  for (const file of report?.testResults ?? []) {
    const before = failed.length;
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else (test.status === "failed" ? failed : skipped).push(`${file.name} > ${test.fullName}`);
    }
    // A file that can't be imported, or whose hook throws, has no test that failed.
    if (file.status === "failed" && failed.length === before) failed.push(`${file.name}: ${file.message || "a hook failed"}`);
  }
  if (exitCode !== 0 && failed.length === 0) {
    const nothing = report?.testResults.length === 0;
    failed.push(nothing ? "vitest: no test file matches" : `vitest: ended with exit code ${exitCode}, see its output above`);
  }
  return { passed, failed, skipped };
}

/** The line that everything which runs the tests reads. In CI a skipped test counts as failed: there nothing may be missing. */
export function summaryLine({ passed, failed, skipped }: Tally, ci: boolean): string {
  const counted = failed.length + (ci ? skipped.length : 0);
  return `${passed} passed, ${counted} failed${!ci && skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
}
