import type { Json } from "./json.ts";
import type { OutputFile } from "./materializer.ts";

/** Lines that are kept with the step's attempt and shown live: a message, and facts about it. */
export interface Logger {
  debug(m: string, f?: object): void;
  info(m: string, f?: object): void;
  warn(m: string, f?: object): void;
  error(m: string, f?: object): void;
}

/** The second parameter of every step function; also `context()`, for code deeper down. */
export interface StepContext {
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly pipeline: string;
    /** What `.run({ … })` was given. */
    readonly runtime: Readonly<Record<string, Json>>;
  };
  readonly step: {
    readonly name: string;
    /** Unique in the run: "train/fit[2]". */
    readonly node: string;
    /** From 1. */
    readonly attempt: number;
    readonly item?: { readonly index: number; readonly key: string };
  };
  /** Aborted on cancel, time-out, or loss of the run; its reason says which. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Shown live. Counts as a heartbeat. Throttled, so call it freely. */
  progress(done: number, total?: number, message?: string): void;
  /**
   * Facts that are stored with the step, or with one of its outputs. A key that is given again replaces what it had.
   *
   * @throws ZenError `unknown_output`; `bad_metadata` for what isn't plain JSON
   */
  metadata(values: Record<string, Json>, output?: string): void;
  /** @experimental Rejects with ZenError `no_secrets_manager` in this version, which has no flavor of one. */
  secret(name: string): Promise<Readonly<Record<string, string>>>;
  /**
   * The component of the run's stack that is of this base class, or of this flavor's class.
   *
   * @throws ZenError `no_such_component` that says how to add one; `bad_component_class`
   */
  component<C>(type: abstract new (...a: never[]) => C): C;
  /** A file to write: return it as the output. The bytes go to the artifact store as they come. */
  file(name: string): OutputFile;
  /** Where this output's artifact will be, for libraries that write there themselves. @experimental Refused by this version. */
  uri(output?: string): string;
  /** An empty folder, deleted when the attempt ends. */
  readonly scratch: string;
}
