import { readArtifactStream, readArtifactValue } from "../artifact/read.ts";
import { toPlainJson, toReadableText } from "../artifact/present.ts";
import { selectPath } from "../artifact/select-path.ts";
import type { BaseArtifactStore } from "../component/artifact-store.ts";
import { COMPONENT_TYPES, type ComponentType } from "../component/component-type.ts";
import type { BaseMetadataStore } from "../component/metadata-store.ts";
import type { StackComponent } from "../component/stack-component.ts";
import { watchConsole } from "../engine/console-capture.ts";
import { describeRun } from "../engine/describe-run.ts";
import { isSmall, withValues } from "../engine/output-values.ts";
import type { RunDescription, RunStatus } from "../engine/run-description.ts";
import { runStatus } from "../engine/run-status.ts";
import { logKey } from "../engine/step-log.ts";
import { didYouMean } from "../error/did-you-mean.ts";
import { ZenError } from "../error/zen-error.ts";
import { collect } from "../metadata/collect.ts";
import type { ArtifactRecord, RunRecord, RunSummary } from "../metadata/record.ts";
import { requireActiveComponent } from "../repository/active-component.ts";
import { openContext, type ContextOptions } from "../repository/context.ts";
import { Repository } from "../repository/repository.ts";
import type { ConfigSchema } from "../flavor/config-schema.ts";
import { schemaOfClass } from "../flavor/load.ts";
import type { CheckOutcome } from "../stack/check-components.ts";
import type { LifeCycleMember, LifeCycleOutcome } from "../stack/life-cycle.ts";
import type { ImportedStacks } from "../stack-file/import-stacks.ts";
import type { StackPlan } from "../stack-file/plan-stacks.ts";
import type { DeclaredStacks } from "../stack-file/stack-file.ts";
import { ArtifactHolder } from "./artifact-holder.ts";
import { findArtifact, findRun } from "./find-record.ts";
import { tellOnce } from "./tell-context.ts";
import type {
  ArtifactDescription,
  ArtifactListing,
  BringDownOptions,
  BringOptions,
  CheckProjectOptions,
  ComponentChoice,
  HostOptions,
  LogLine,
  PipelineListing,
  Project,
  ReadArtifact,
  RunListing,
} from "./types.ts";

/** Above this a value isn't shown or turned into JSON; `--to` writes it to a file. */
const SHOWN_BYTES = 64 * 2 ** 20;

/** Each takes a few MiB, and a connection or two. */
const COPIES_AT_A_TIME = 8;

/** A project, as a CLI uses it: classes are loaded when a method needs them. */
export class OpenProject implements Project {
  readonly #options: ContextOptions;
  readonly #repository: Repository;
  readonly #open = new Map<ComponentType, Promise<StackComponent>>();

  readonly #holder = new ArtifactHolder({ active: () => this.#artifactStore(), withPath: (path) => this.#artifactStoresAt(path) });

  constructor({ onContext, ...options }: HostOptions) {
    this.#options = { ...options, opened: tellOnce(onContext) };
    this.#repository = new Repository(this.#options);
  }

  async registerComponent({ type, name, flavor, config }: Parameters<Project["registerComponent"]>[0]): Promise<void> {
    await this.#repository.registerFromText({ type, name, flavor, config });
  }

  async registerChecked(
    { type, name, flavor, config }: Parameters<Project["registerChecked"]>[0],
    { strayOutput, ...options }: CheckProjectOptions,
  ): Promise<CheckOutcome & { registered: boolean }> {
    let outcome: CheckOutcome = { steps: [], notDone: [] };
    const isFit = async (component: StackComponent): Promise<boolean> => {
      outcome = await withStrayOutput(strayOutput, async () =>
        (await checks()).checkComponents([asMember(component)], { ...options, isNew: true }),
      );
      return outcome.notDone.length === 0 && outcome.steps.every(({ status }) => status !== "failed");
    };
    const registered = await this.#repository.registerFromText({ type, name, flavor, config, isFit });
    return { ...outcome, registered };
  }

  async registerStack({ name, components }: Parameters<Project["registerStack"]>[0]): Promise<void> {
    await this.#repository.registerStackOf(name, components);
  }

  async editComponent({ type, name, set, remove }: Parameters<Project["editComponent"]>[0]): Promise<void> {
    await this.#repository.editComponent({ type, name }, { ...(set && { set }), ...(remove && { remove }) });
  }

  async withResources(places: Parameters<Project["withResources"]>[0]): ReturnType<Project["withResources"]> {
    const found: Awaited<ReturnType<Project["withResources"]>> = [];
    for (const place of places) {
      try {
        const component = await this.#repository.getStackComponent(place.type, place.name);
        if (await (await lifeCycle()).hasResources(component)) found.push(place);
        await component.close();
      } catch {
        // A component that can't be made, or asked, must be able to go.
      }
    }
    return found;
  }

  async editStack({ name, set, remove }: Parameters<Project["editStack"]>[0]): Promise<void> {
    await this.#repository.editStack(name, { ...(set && { set }), ...(remove && { remove }) });
  }

  async registerFlavor({ type, source }: Parameters<Project["registerFlavor"]>[0]): Promise<string> {
    return this.#repository.registerFlavor(type, source);
  }

  async flavorSchema({ type, flavor }: Parameters<Project["flavorSchema"]>[0]): Promise<ConfigSchema> {
    return schemaOfClass(await this.#repository.getFlavor(flavor, type));
  }

  async stackUp({ strayOutput, ...options }: BringOptions): Promise<LifeCycleOutcome> {
    const members = await this.#stackMembers();
    return withStrayOutput(strayOutput, async () => (await lifeCycle()).bringUp(members, options));
  }

  async stackDown({ strayOutput, ...options }: BringDownOptions): Promise<LifeCycleOutcome> {
    const members = await this.#stackMembers();
    return withStrayOutput(strayOutput, async () => (await lifeCycle()).bringDown(members, options));
  }

  async componentUp(choice: ComponentChoice, { strayOutput, ...options }: BringOptions): Promise<LifeCycleOutcome> {
    return withStrayOutput(strayOutput, async () => (await lifeCycle()).bringUp([asMember(await this.#chosen(choice))], options));
  }

  async componentDown(choice: ComponentChoice, { strayOutput, ...options }: BringDownOptions): Promise<LifeCycleOutcome> {
    return withStrayOutput(strayOutput, async () => (await lifeCycle()).bringDown([asMember(await this.#chosen(choice))], options));
  }

  async checkComponent(choice: ComponentChoice, { strayOutput, ...options }: CheckProjectOptions): Promise<CheckOutcome> {
    const member = await this.#member(choice);
    return withStrayOutput(strayOutput, async () => (await checks()).checkComponents([member], options));
  }

  async checkStack({ strayOutput, stack, ...options }: CheckProjectOptions & { stack?: string | undefined }): Promise<CheckOutcome> {
    const name = stack ?? (await this.#repository.activeStackName);
    const members = await this.#stackMembers(name);
    return withStrayOutput(strayOutput, async () => (await checks()).checkComponents(members, { ...options, stack: name }));
  }

  async componentLog(choice: ComponentChoice): Promise<{ name: string; logFile: string | null }> {
    const component = await this.#chosen(choice);
    const { name, logFile = null } = component;
    await component.close();
    return { name, logFile };
  }

  async importStacks({ files, ...options }: Parameters<Project["importStacks"]>[0]): Promise<ImportedStacks> {
    const declared = await this.#declared(files);
    const { importStacks } = await import("../stack-file/import-stacks.ts");
    return importStacks(await openContext(this.#options), declared, options);
  }

  async compareStacks({ files, prune }: Parameters<Project["compareStacks"]>[0]): Promise<StackPlan> {
    const declared = await this.#declared(files);
    const { planStacks } = await import("../stack-file/plan-stacks.ts");
    return (await planStacks(await openContext(this.#options), declared, { prune, onlyCompare: true })).plan;
  }

  async applyStacks({ files, ...options }: Parameters<Project["applyStacks"]>[0]): Promise<{ plan: StackPlan; applied: boolean }> {
    const declared = await this.#declared(files);
    const { applyStacks } = await import("../stack-file/apply-stacks.ts");
    return applyStacks(await openContext(this.#options), declared, options);
  }

  async listPipelines({ limit }: { limit?: number }): Promise<PipelineListing[]> {
    const store = await this.#metadataStore();
    return collect(
      (page) => store.listPipelines(page),
      ({ name, runs, lastRun }) => ({ name, runs, lastRun: lastRun.name, lastStatus: runStatus(lastRun), lastRunAt: lastRun.createdAt }),
      limit,
    );
  }

  async listRuns({ pipeline, status, limit }: { pipeline?: string; status?: RunStatus; limit?: number }): Promise<RunListing[]> {
    const store = await this.#metadataStore();
    // What is stored as running may have been interrupted: only reading it tells.
    const stored = status === "interrupted" ? "running" : status;
    const runs = await collect(
      (page) => store.listRuns({ pipeline, status: stored }, page),
      toRunListing,
      limit,
      (run) => status === undefined || run.status === status,
    );
    if (runs.length === 0 && pipeline !== undefined) await this.#assertPipeline(store, pipeline);
    return runs;
  }

  async describeRun(reference?: string): Promise<RunDescription> {
    const store = await this.#metadataStore();
    const run = await describeRun(store, await findRun(store, reference));
    const records = await recordsById(
      store,
      run.outputs.map(({ id }) => id),
    );
    if (!records.values().some(isSmall)) return run;
    const read = async (record: ArtifactRecord, path: readonly (string | number)[]): Promise<unknown> =>
      selectPath(await readArtifactValue({ record, store: await this.#holder.of(record) }), path);
    return { ...run, outputs: await withValues(run.outputs, (id) => records.get(id), read) };
  }

  async *runLogs(reference?: string, node?: string): AsyncGenerator<LogLine> {
    const store = await this.#metadataStore();
    const run = await findRun(store, reference);
    if (node !== undefined) await this.#assertNode(store, run.id, node);
    const other = await this.#otherArtifactStoreOf(run);
    const artifacts = other ?? (await this.#artifactStore());
    try {
      let cursor: string | undefined;
      do {
        const page = await store.listAttempts(run.id, node, { cursor });
        for (const attempt of page.entries) {
          // Counted by looking, because the record of an attempt that was killed never learnt of its parts.
          for (let part = 0; await artifacts.exists(logKey(run.id, attempt.id, part)); part++) {
            const stream = await artifacts.read(logKey(run.id, attempt.id, part));
            for (const line of (await new Response(stream).text()).split("\n")) {
              if (line !== "")
                yield { node: attempt.node, attempt: attempt.number, ...(JSON.parse(line) as Pick<LogLine, "time" | "level" | "message">) };
            }
          }
        }
        cursor = page.cursor;
      } while (cursor !== undefined);
    } finally {
      await other?.close();
    }
  }

  async listArtifacts({ run, limit }: { run?: string; limit?: number }): Promise<ArtifactListing[]> {
    const store = await this.#metadataStore();
    const runId = run === undefined ? undefined : (await findRun(store, run)).id;
    const records = await collect(
      (page) => store.listArtifacts({ runId }, page),
      (record) => record,
      limit,
    );
    const names = await this.#runNames(store, records);
    return records.map((record) => toArtifactListing(record, names));
  }

  async describeArtifact(reference: string): Promise<ArtifactDescription> {
    const store = await this.#metadataStore();
    const record = await findArtifact(store, reference);
    const consumers = await collect(
      (page) => store.listConsumers(record.id, page),
      ({ runId, node }) => ({ runId, node }),
    );
    const { digest, fileName, metadata } = record;
    return {
      ...toArtifactListing(record, await this.#runNames(store, [record])),
      uri: await this.#uri(record),
      digest,
      fileName,
      metadata,
      consumers,
    };
  }

  async readArtifact(reference: string): Promise<ReadArtifact> {
    const record = await findArtifact(await this.#metadataStore(), reference);
    const store = await this.#holder.of(record);
    const value = async (): Promise<unknown> => {
      if (record.size > SHOWN_BYTES)
        throw new ZenError("artifact_too_large", `The artifact ${record.id} has ${record.size} bytes: too many to show.`, {
          hint: `Write them to a file: zen artifact read ${record.id} --to FILE`,
        });
      const read = await readArtifactValue({ record, store });
      return record.materializer === "file" ? (read as { bytes(): Promise<Uint8Array> }).bytes() : read;
    };
    return {
      id: record.id,
      materializer: record.materializer,
      size: record.size,
      bytes: () => readArtifactStream({ record, store }),
      json: async () => toPlainJson(await value()),
      text: async () => {
        const read = await value();
        return read instanceof Uint8Array ? asText(read, record.id) : toReadableText(read);
      },
    };
  }

  async copyArtifacts({
    artifact,
    run: reference,
    toStack,
    concurrency = COPIES_AT_A_TIME,
    ...options
  }: Parameters<Project["copyArtifacts"]>[0]): ReturnType<Project["copyArtifacts"]> {
    const metadata = await this.#metadataStore();
    const run = artifact === undefined ? await findRun(metadata, reference) : undefined;
    const { artifactsOfRun, copyArtifacts } = await import("./copy-artifacts.ts");
    const records = run ? await artifactsOfRun(metadata, run) : [await findArtifact(metadata, artifact!)];
    const [to, artifacts] = [
      await this.#ofStack<BaseMetadataStore>(toStack, "metadata_store"),
      await this.#ofStack<BaseArtifactStore>(toStack, "artifact_store"),
    ];
    try {
      const places = { from: { metadata, holder: this.#holder }, to: { metadata: to, artifacts } };
      const outcome = await copyArtifacts(places, records, run, { ...options, concurrency });
      return { ...outcome, store: artifacts.name, path: artifacts.path };
    } finally {
      await Promise.allSettled([to.close(), artifacts.close()]);
    }
  }

  async close(): Promise<void> {
    await this.#holder.close();
    const components = await Promise.allSettled(this.#open.values());
    await Promise.allSettled(components.flatMap((result) => (result.status === "fulfilled" ? [result.value.close()] : [])));
  }

  /** The active stack's component of a type, loaded once. */
  component(type: ComponentType): Promise<StackComponent> {
    let component = this.#open.get(type);
    if (!component) {
      component = this.#repository.activeComponent(type);
      this.#open.set(type, component);
    }
    return component;
  }

  #chosen({ type, name }: ComponentChoice): Promise<StackComponent> {
    return name === undefined ? this.#repository.activeComponent(type) : this.#repository.getStackComponent(type, name);
  }

  /** A component, to be loaded later: one that can't be is a failure among others. */
  async #member({ type, name: given }: ComponentChoice): Promise<LifeCycleMember> {
    const context = await openContext(this.#options);
    const name = given ?? (await requireActiveComponent(context, type));
    await context.store.requireComponent(type, name);
    return { type, name, load: () => this.#repository.getStackComponent(type, name) };
  }

  /** The components of a stack, in its order. */
  async #stackMembers(given?: string): Promise<LifeCycleMember[]> {
    const { store } = await openContext(this.#options);
    const { components } = await store.requireStack(given ?? (await this.#repository.activeStackName));
    return COMPONENT_TYPES.flatMap(({ type }) => {
      const name = components[type];
      return name === undefined ? [] : [{ type, name, load: () => this.#repository.getStackComponent(type, name) }];
    });
  }

  /**
   * Read before first use makes a profile: a file that can't be read changes nothing. What is about files is loaded when it
   * is needed, because no run needs it.
   */
  async #declared(files: readonly string[]): Promise<DeclaredStacks> {
    const { parseStackFiles } = await import("../stack-file/merge-stack-files.ts");
    const { readStackFiles } = await import("../stack-file/read-stack-files.ts");
    return parseStackFiles(readStackFiles(files, this.#options.folder));
  }

  async #metadataStore(): Promise<BaseMetadataStore> {
    return (await this.component("metadata_store")) as BaseMetadataStore;
  }

  async #artifactStore(): Promise<BaseArtifactStore> {
    return (await this.component("artifact_store")) as BaseArtifactStore;
  }

  async #uri(record: ArtifactRecord): Promise<string> {
    try {
      return (await this.#holder.of(record)).uri(record.key);
    } catch {
      // A description never fails for a store that can't be used here.
      return `${record.store}/${record.key}`;
    }
  }

  async #ofStack<Component extends StackComponent>(stack: string, type: ComponentType): Promise<Component> {
    const { store } = await openContext(this.#options);
    const { components } = await store.requireStack(stack);
    return (await this.#repository.getStackComponent(type, components[type] ?? "")) as Component;
  }

  /** The artifact store of a run's stack, which has its logs, if that is another one than the active stack's, and registered. */
  async #otherArtifactStoreOf({ components }: RunRecord): Promise<BaseArtifactStore | undefined> {
    const { store } = await openContext(this.#options);
    const uuid = components["artifact_store"]?.uuid;
    if (uuid === undefined || uuid === (await this.#artifactStore()).uuid) return undefined;
    const record = (await store.listComponents("artifact_store")).find((one) => one.uuid === uuid);
    return record && ((await this.#repository.getStackComponent("artifact_store", record.name)) as BaseArtifactStore);
  }

  /** Those that can be used here. @throws why not, if none can */
  async #artifactStoresAt(path: string): Promise<BaseArtifactStore[]> {
    const { store } = await openContext(this.#options);
    const records = (await store.listComponents("artifact_store")).filter(({ config }) => config["path"] === path);
    const made = await Promise.allSettled(records.map(({ name }) => this.#repository.getStackComponent("artifact_store", name)));
    const stores = made.flatMap((result) => (result.status === "fulfilled" ? [result.value as BaseArtifactStore] : []));
    const failed = made.find((result) => result.status === "rejected");
    if (stores.length === 0 && failed) throw failed.reason;
    return stores;
  }

  async #runNames(store: BaseMetadataStore, records: readonly ArtifactRecord[]): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(records.map(({ runId }) => runId))];
    const names = new Map<string, string>();
    for (let start = 0; start < wanted.length; start += 1_000) {
      const { entries } = await store.listRuns({ ids: wanted.slice(start, start + 1_000) });
      for (const { id, name } of entries) names.set(id, name);
    }
    return names;
  }

  async #assertPipeline(store: BaseMetadataStore, pipeline: string): Promise<void> {
    const known = await collect(
      (page) => store.listPipelines(page),
      ({ name }) => name,
    );
    if (known.includes(pipeline)) return;
    throw new ZenError("pipeline_not_found", `No pipeline "${pipeline}" has been run.${didYouMean(pipeline, known)}`, {
      exitCode: 2,
      hint: "List them: zen pipeline list",
    });
  }

  async #assertNode(store: BaseMetadataStore, runId: string, node: string): Promise<void> {
    const nodes = await collect(
      (page) => store.listSteps(runId, page),
      (step) => step.node,
    );
    if (nodes.includes(node)) return;
    throw new ZenError("step_not_found", `The run has no step "${node}".${didYouMean(node, nodes)}`, {
      exitCode: 2,
      hint: "List them: zen run describe",
    });
  }
}

/** Loaded when they are needed, because no run needs them. */
const checks = () => import("../stack/check-components.ts");
const lifeCycle = () => import("../stack/life-cycle.ts");

function asMember(component: StackComponent): LifeCycleMember {
  return { type: component.type, name: component.name, load: async () => component };
}

async function withStrayOutput<Result>(strayOutput: BringOptions["strayOutput"], work: () => Promise<Result>): Promise<Result> {
  const stopWatching = watchConsole(strayOutput);
  try {
    return await work();
  } finally {
    stopWatching();
  }
}

function toRunListing(run: RunSummary): RunListing {
  const { id, name, pipeline, stack, createdAt, finishedAt } = run;
  return { id, name, pipeline, status: runStatus(run), stack, createdAt, finishedAt };
}

function toArtifactListing(
  { id, name, runId, materializer, size, createdAt }: ArtifactRecord,
  runs: ReadonlyMap<string, string>,
): ArtifactListing {
  return { id, name, run: runs.get(runId) ?? runId, runId, materializer, size, createdAt };
}

async function recordsById(store: BaseMetadataStore, ids: readonly string[]): Promise<ReadonlyMap<string, ArtifactRecord>> {
  const records = new Map<string, ArtifactRecord>();
  const wanted = [...new Set(ids)];
  for (let start = 0; start < wanted.length; start += 1_000) {
    const { entries } = await store.listArtifacts({ ids: wanted.slice(start, start + 1_000) });
    for (const record of entries) records.set(record.id, record);
  }
  return records;
}

function asText(bytes: Uint8Array, id: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ZenError("not_text", `The artifact ${id} is not text (${bytes.length} bytes).`, {
      hint: `Write it to a file: zen artifact read ${id} --to FILE`,
    });
  }
}
