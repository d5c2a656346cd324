/** What one check of a package came to. */
export interface Finding {
  /** What was looked at, in a word or two: `licence`. */
  readonly check: string;
  /** A warning is something that users would miss, and that breaks nothing. */
  readonly status: "ok" | "warning" | "failed" | "skipped";
  /** What was found. */
  readonly message?: string | undefined;
  /** What to do. */
  readonly hint?: string | undefined;
}

/** A check that found nothing wrong, or all that it found. */
export function findings(check: string, problems: readonly Omit<Finding, "check">[]): readonly Finding[] {
  return problems.length === 0 ? [{ check, status: "ok" }] : problems.map((problem) => ({ check, ...problem }));
}
