/** One thing that a package, or a flavor of it, is unusable by; or a warning: something odd that it works in spite of. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** Which kind. */
  readonly code: string;
  readonly package: string;
  readonly folder: string | null;
  /** `artifact_store:s3`, if it is about one flavor only. */
  readonly flavor: string | null;
  readonly problem: string;
  /** The command that mends it. */
  readonly mend: string;
}
