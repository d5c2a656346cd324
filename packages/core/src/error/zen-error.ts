/** What a `ZenError` says beside its message. */
export interface ZenErrorOptions {
  /** What to do next, as one sentence or a command to type. */
  hint?: string | undefined;
  /** The exit code of a command that ends with this error. @default 1 */
  exitCode?: 1 | 2 | 3 | 130 | undefined;
  /** The error that led to this one. Shown only with `--debug`. */
  cause?: unknown;
  /** Facts about the error for programs, with camelCase keys. */
  details?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The one error class of zen: what was wrong and where (message), what to do next (hint), and a code that stays the
 * same from version to version, in snake_case.
 *
 * Recognise it with {@link isZenError}, never with `instanceof`: several copies of `@zen/core` may be loaded.
 */
export class ZenError extends Error {
  /** @internal string-keyed brand, so that two copies of core agree */
  declare readonly "~zen": { readonly kind: "error"; readonly contract: 1 };
  /** Names the cause: `stack_not_found`. */
  readonly code: string;
  /** What to do next. */
  readonly hint: string | undefined;
  /** Of a command that ends with this error: 2 for wrong usage, 130 for what was cancelled. */
  readonly exitCode: 1 | 2 | 3 | 130;
  /** Facts for programs; of a run that failed, the run. */
  declare readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, { hint, exitCode = 1, cause, details = {} }: ZenErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
    // Not enumerable: Node prints the enumerable properties of an error that nobody catches.
    for (const [key, value] of [
      ["~zen", { kind: "error", contract: 1 }],
      ["name", "ZenError"],
      ["details", details],
    ] as const) {
      Object.defineProperty(this, key, { value, enumerable: false, configurable: true, writable: true });
    }
  }
}

/** Whether `value` is a `ZenError` of any copy of core. */
export function isZenError(value: unknown): value is ZenError {
  return value instanceof Error && (value as { "~zen"?: { kind?: unknown } })["~zen"]?.kind === "error";
}
