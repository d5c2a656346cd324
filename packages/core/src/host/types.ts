import type { ComponentType } from "../component/component-type.ts";
import type { RunEvent } from "../engine/event.ts";
import type { ConfigSchema } from "../flavor/config-schema.ts";
import type { RunDescription, RunStatus } from "../engine/run-description.ts";
import type { ArtifactRecord } from "../metadata/record.ts";
import type { Json } from "../pipeline/types.ts";
import type { ActiveValue } from "../repository/active-value.ts";
import type { CheckOptions, CheckOutcome } from "../stack/check-components.ts";
import type { LifeCycleOptions, LifeCycleOutcome } from "../stack/life-cycle.ts";
import type { ImportConflict, ImportedStacks, OnConflict } from "../stack-file/import-stacks.ts";
import type { StackPlan } from "../stack-file/plan-stacks.ts";

import type { CopyOptions, CopyOutcome } from "./copy-artifacts.ts";

/**
 * What a CLI may call of another copy of core: plain data in, plain data out. `HOST` (in `index.ts`) rises whenever
 * anything here changes in a way that an older CLI, or an older core, would not understand.
 */
export interface HostOptions {
  /** Where discovery and the search for `.zen` start: an absolute path. */
  readonly folder: string;
  /** Further packages to look at for flavors: the CLI's own folder. */
  readonly hostFolders: readonly string[];
  /** `--profile`. */
  readonly profile?: string | undefined;
  /** `--stack`. */
  readonly stack?: string | undefined;
  /** Notices for people, such as what first use creates. */
  readonly notice?: ((line: string) => void) | undefined;
  /** Told once where zen is, as soon as that has been found out. */
  readonly onContext?: ((context: ContextDescription) => void) | undefined;
}

/** Which repository and which profile count. */
export interface ContextDescription {
  /** Where the search for the repository started. */
  readonly folder: string;
  /** The folder that has `.zen`; null outside a repository. */
  readonly repositoryRoot: string | null;
  readonly profile: ActiveValue;
}

/** What `openProject` gives. Every method may load classes of flavors. Close it when done. */
export interface Project {
  /** `zen <type> register`: `config` is keyed in snake_case, its values as typed on the command line (see `configFromText`). */
  registerComponent(options: { type: ComponentType; name: string; flavor: string; config: Record<string, string> }): Promise<void>;
  /** `zen <type> register --check`: the same, if the component stands the check. */
  registerChecked(
    component: { type: ComponentType; name: string; flavor: string; config: Record<string, string> },
    options: CheckProjectOptions,
  ): Promise<CheckOutcome & { registered: boolean }>;
  /** `zen stack register`: by component names. */
  registerStack(options: { name: string; components: Partial<Record<ComponentType, string>> }): Promise<void>;
  /** `zen <type> update` and `remove-attribute`: values as typed, keys in snake_case. */
  editComponent(options: { type: ComponentType; name: string; set?: Record<string, string>; remove?: readonly string[] }): Promise<void>;
  /** Those of some components that have resources which only `down` would remove. One whose class can't be loaded has none. */
  withResources(places: readonly { type: ComponentType; name: string }[]): Promise<{ type: ComponentType; name: string }[]>;
  /** `zen stack update` and `remove-component`. */
  editStack(options: { name: string; set?: Partial<Record<ComponentType, string>>; remove?: readonly ComponentType[] }): Promise<void>;
  /** `zen <type> flavor register`: imports the class. Gives the flavor's name. */
  registerFlavor(options: { type: ComponentType; source: string }): Promise<string>;
  /** The JSON Schema of a flavor's configuration, from its class. */
  flavorSchema(options: { type: ComponentType; flavor: string }): Promise<ConfigSchema>;
  /** `zen stack up`, of the active stack. A component that fails is a step with the status `failed`. */
  stackUp(options: BringOptions): Promise<LifeCycleOutcome>;
  stackDown(options: BringDownOptions): Promise<LifeCycleOutcome>;
  /** `zen <type> up [NAME]`: without a name, that of the active stack. */
  componentUp(component: ComponentChoice, options: BringOptions): Promise<LifeCycleOutcome>;
  componentDown(component: ComponentChoice, options: BringDownOptions): Promise<LifeCycleOutcome>;
  /** `zen <type> check [NAME]`. */
  checkComponent(component: ComponentChoice, options: CheckProjectOptions): Promise<CheckOutcome>;
  /** `zen stack check [NAME]`: without a name, the active one. */
  checkStack(options: CheckProjectOptions & { stack?: string | undefined }): Promise<CheckOutcome>;
  /** The file of `zen <type> logs [NAME]`, whether it is there or not; null for a component that has none. */
  componentLog(component: ComponentChoice): Promise<{ name: string; logFile: string | null }>;
  /** `zen stack import`: `files` as they are typed, `ask` in place of `onConflict`. */
  importStacks(options: {
    files: readonly string[];
    name?: string | undefined;
    onConflict?: OnConflict | undefined;
    ask?: ((conflict: ImportConflict) => Promise<string>) | undefined;
  }): Promise<ImportedStacks>;
  /** `zen stack diff`: nothing is changed. */
  compareStacks(options: { files: readonly string[]; prune: boolean }): Promise<StackPlan>;
  /** `zen stack apply`: `onPlan` is shown what would be done, and says whether to do it. */
  applyStacks(options: {
    files: readonly string[];
    prune: boolean;
    onPlan: (plan: StackPlan) => Promise<boolean>;
  }): Promise<{ plan: StackPlan; applied: boolean }>;
  listPipelines(options: { limit?: number }): Promise<PipelineListing[]>;
  listRuns(options: { pipeline?: string; status?: RunStatus; limit?: number }): Promise<RunListing[]>;
  /** By id, unique prefix of one, or name; without one, the newest. */
  describeRun(reference?: string): Promise<RunDescription>;
  runLogs(reference?: string, node?: string): AsyncIterable<LogLine>;
  listArtifacts(options: { run?: string; limit?: number }): Promise<ArtifactListing[]>;
  /** By id, unique prefix of one, or name (`<node>.<output>`, the newest). */
  describeArtifact(reference: string): Promise<ArtifactDescription>;
  readArtifact(reference: string): Promise<ReadArtifact>;
  /** `zen artifact copy`: one artifact, or all of a run; `concurrency` artifacts at a time. */
  copyArtifacts(
    options: Omit<CopyOptions, "concurrency"> & {
      artifact?: string | undefined;
      run?: string | undefined;
      toStack: string;
      concurrency?: number | undefined;
    },
  ): Promise<CopyOutcome & { store: string; path: string }>;
  close(): Promise<void>;
}

export interface ComponentChoice {
  readonly type: ComponentType;
  readonly name?: string | undefined;
}

export interface BringOptions extends LifeCycleOptions {
  /** What becomes of prints of the components. */
  readonly strayOutput: "stderr" | "discard";
}

export interface BringDownOptions extends BringOptions {
  readonly suspendOnly?: boolean | undefined;
}

export interface CheckProjectOptions extends CheckOptions {
  readonly strayOutput: BringOptions["strayOutput"];
}

export interface PipelineListing {
  readonly name: string;
  readonly runs: number;
  readonly lastRun: string;
  readonly lastStatus: RunStatus;
  readonly lastRunAt: string;
}

export interface RunListing {
  readonly id: string;
  readonly name: string;
  readonly pipeline: string;
  readonly status: RunStatus;
  readonly stack: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface LogLine {
  readonly time: string;
  readonly node: string;
  readonly attempt: number;
  readonly level: string;
  readonly message: string;
  readonly fields?: object;
}

export interface ArtifactListing {
  readonly id: string;
  readonly name: string;
  /** The run's name. */
  readonly run: string;
  readonly runId: string;
  readonly materializer: ArtifactRecord["materializer"];
  readonly size: number;
  readonly createdAt: string;
}

export interface ArtifactDescription extends ArtifactListing {
  readonly uri: string;
  readonly digest: string;
  readonly fileName: string | null;
  readonly metadata: Readonly<Record<string, Json>>;
  /** The steps that took it as an input. */
  readonly consumers: readonly { readonly runId: string; readonly node: string }[];
}

export interface ReadArtifact {
  readonly id: string;
  readonly materializer: ArtifactRecord["materializer"];
  readonly size: number;
  /** The stored bytes, digest checked at their end. */
  bytes(): ReadableStream<Uint8Array>;
  /** The value as plain JSON (bytes and files as base64; what JSON lacks, as text: dates ISO, bigint digits, Map as an object or list of pairs, Set as a list). */
  json(): Promise<Json>;
  /** The value as a person would read it. */
  text(): Promise<string>;
}

export interface RunPipelineFileOptions extends Omit<HostOptions, "folder"> {
  /** Absolute. */
  readonly file: string;
  /** `FILE#export`. */
  readonly export?: string | undefined;
  /** `--param k=v`, as typed. */
  readonly params: Readonly<Record<string, string>>;
  /** `--runtime k=v`, as typed. */
  readonly runtime: Readonly<Record<string, string>>;
  readonly runName?: string | undefined;
  /** False: `--no-cache`. */
  readonly cache?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What becomes of prints outside of steps, such as those of the file while it is imported. Steps' own prints are log events. */
  readonly strayOutput: "stderr" | "discard";
  readonly onEvent: (event: RunEvent) => void;
}

export interface DescribePipelineFileOptions extends Pick<RunPipelineFileOptions, "file" | "export" | "strayOutput"> {}

/** A pipeline, before it runs: what its help shows. */
export interface PipelineFileDescription {
  /** The name under which the file exports it. */
  readonly export: string;
  readonly name: string;
  readonly description: string | null;
  /**
   * `schema`: all is known. `builder`: without a schema the names that its function reads are all that is known. Null:
   * nothing is, because its schema can't describe itself, or its function takes the parameters as a whole.
   */
  readonly parametersFrom: "schema" | "builder" | null;
  readonly parameters: readonly ParameterDescription[];
}

export interface ParameterDescription {
  readonly name: string;
  /** False if it isn't known. */
  readonly required: boolean;
  /** What may be typed for it: `integer ≥ 10`, `files|packages`, `number[]`. Null if it isn't known. */
  readonly type: string | null;
  readonly default?: Json;
  readonly description: string | null;
}
