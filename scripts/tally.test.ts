import { describe, expect, test } from "vitest";
import { summaryLine, tally, type VitestReport } from "./tally.ts";

function report(...testResults: VitestReport["testResults"]): VitestReport {
  return { testResults };
}

const mixed = report({
  name: "a.test.ts",
  status: "failed",
  message: "",
  assertionResults: [
    { fullName: "adds", status: "passed" },
    { fullName: "divides", status: "failed" },
    { fullName: "needs data", status: "skipped" },
    { fullName: "later", status: "todo" },
  ],
});

describe("tally", () => {
  test("counts what passed, and names what failed or was skipped", () => {
    expect(tally(mixed, 1)).toEqual({
      passed: 1,
      failed: ["a.test.ts > divides"],
      skipped: ["a.test.ts > needs data", "a.test.ts > later"],
    });
  });

  test("a file that can't be imported is a failure", () => {
    const broken = report({ name: "b.test.ts", status: "failed", message: "Cannot find module './c.ts'", assertionResults: [] });
    expect(tally(broken, 1).failed).toEqual(["b.test.ts: Cannot find module './c.ts'"]);
  });

  test("a hook that throws is a failure, and the tests it kept from running are skipped", () => {
    const hook = report({ name: "d.test.ts", status: "failed", message: "", assertionResults: [{ fullName: "x", status: "skipped" }] });
    expect(tally(hook, 1)).toEqual({ passed: 0, failed: ["d.test.ts: a hook failed"], skipped: ["d.test.ts > x"] });
  });

  test("an error that belongs to no test is a failure", () => {
    const late = report({ name: "c.test.ts", status: "passed", message: "", assertionResults: [{ fullName: "x", status: "passed" }] });
    expect(tally(late, 1)).toEqual({ passed: 1, failed: ["vitest: ended with exit code 1, see its output above"], skipped: [] });
  });

  test("no report, or an empty one, never counts as passed", () => {
    expect(tally(undefined, 134).failed).toEqual(["vitest: ended with exit code 134, see its output above"]);
    expect(tally(report(), 1).failed).toEqual(["vitest: no test file matches"]);
  });
});

describe("summaryLine", () => {
  test("tells the skipped ones apart on a desk, and counts them as failed in CI", () => {
    expect(summaryLine(tally(mixed, 1), false)).toBe("1 passed, 1 failed, 2 skipped");
    expect(summaryLine(tally(mixed, 1), true)).toBe("1 passed, 3 failed");
  });

  test("says nothing of skipped tests where there are none", () => {
    expect(summaryLine({ passed: 3, failed: [], skipped: [] }, false)).toBe("3 passed, 0 failed");
  });
});
