import { readFileSync } from "node:fs";
import path from "node:path";

/** A test that failed, or a file of tests that couldn't be run. */
export interface FailedTest {
  /** With the titles of what it stands in: `AcmeStore > reads what was written`. */
  readonly name: string;
  /** What it threw, in a line. */
  readonly message: string;
}

/** In characters: a difference between two large values has no end. */
const LONGEST_MESSAGE = 200;

/** Of what vitest's JSON reporter writes. */
interface Report {
  readonly testResults: readonly {
    /** The file. */
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Whether a script ends in vitest, so that more options can follow. */
export function endsInVitest(script: string): boolean {
  return /(^|[\s/])vitest( [^&|;]*)?$/.test(script);
}

/** Options that add a report to what vitest prints. */
export function reportTo(file: string): readonly string[] {
  return ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
}

/** What a report says that failed: nothing where vitest ended before it wrote one. */
export function failedTests(file: string, folder: string): readonly FailedTest[] {
  return readReport(file).testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && status === "failed") return [{ name: path.relative(folder, name), message: inALine(message) }];
    return failed.map(({ ancestorTitles, title, failureMessages: [thrown = ""] }) => ({
      name: [...ancestorTitles, title].join(" > "),
      message: inALine(thrown),
    }));
  });
}

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { testResults: [] };
  }
}

/** Without its name and where it was thrown: an assertion says what differs in lines of its own. */
function inALine(thrown: string): string {
  const [message = ""] = thrown.split(/\n\s+at /);
  const line = message
    .replace(/^\w*Error(?: \[\w+\])?: /, "")
    .replace(/\s+/g, " ")
    .trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line;
}
