import { setMaxListeners } from "node:events";
import path from "node:path";
import { hasObject } from "../artifact/has-object.ts";
import { encodeValue } from "../artifact/encode.ts";
import { ZenError } from "../error/zen-error.ts";
import type { Lease } from "../metadata/change.ts";
import type { FailureRecord, ResolvedBinding, RunRecord } from "../metadata/record.ts";
import { allNodes, artifactIds, bindingsOf, visitBinding } from "../pipeline/binding.ts";
import { ownVersion } from "../own-code.ts";
import { applyRunOptions } from "../pipeline/options.ts";
import type { RecordedPipeline } from "../pipeline/recorded.ts";
import type { Node, PipelineSpec } from "../pipeline/spec.ts";
import { runningStep, withRunningStep } from "../pipeline/running-step.ts";
import type { Json, Run, RunOptions, RuntimeConfiguration } from "../pipeline/types.ts";
import type { Context } from "../repository/context.ts";
import { Repository } from "../repository/repository.ts";
import type { Stack } from "../stack/stack.ts";
import { Committer } from "./committer.ts";
import { watchConsole, type StrayOutput } from "./console-capture.ts";
import { describeRun } from "./describe-run.ts";
import type { RunEvent } from "./event.ts";
import { guardExit } from "./exit-guard.ts";
import { failureOf } from "./failure.ts";
import { stoppable } from "./grace.ts";
import { Heartbeat } from "./heartbeat.ts";
import { loadingFile } from "./loading.ts";
import { noSecretsManager } from "./no-secrets-manager.ts";
import { instanceId } from "./node-path.ts";
import { PreviousRun } from "./previous-run.ts";
import { runOutputs } from "./run-artifact.ts";
import { withValues } from "./output-values.ts";
import { thisProcess } from "./run-owner.ts";
import { RunningPipeline, type EventBody, type NodeFailure } from "./running-pipeline.ts";
import { allRunsEnded, listenForStop } from "./signals.ts";
import { startFolder } from "./start-folder.ts";
import { sweepInterruptedRuns } from "./sweep.ts";
import { compactTime, isoTime } from "./time.ts";
import { uuidV7 } from "./uuid.ts";

/** What a host (a CLI) adds to a run. */
export interface HostedRun {
  /** Where the search for the repository, the project and its flavors starts: the folder of the file that a person named. */
  readonly folder: string;
  /** Further folders to look at for flavors. */
  readonly hostFolders: readonly string[];
  /** What becomes of prints outside of steps. Steps' own prints are log events, and nothing else. */
  readonly strayOutput: StrayOutput;
  readonly onEvent: (event: RunEvent) => void;
  readonly notice?: ((line: string) => void) | undefined;
  /** Told which repository and profile the run is in, before anything happens in it. */
  readonly opened?: ((context: Context) => void) | undefined;
}

/**
 * Runs a recorded pipeline to its end.
 *
 * @throws ZenError `run_failed`, `run_cancelled` with the run in `details.run`; or why it couldn't start
 */
export async function runRecorded(
  recorded: RecordedPipeline,
  runtime: RuntimeConfiguration = {},
  options: RunOptions = {},
  host?: HostedRun,
): Promise<Run<unknown>> {
  const loading = loadingFile();
  if (loading !== undefined) {
    throw new ZenError(
      "run_while_loading",
      `${path.basename(loading)} runs its pipeline "${recorded.spec.pipeline}" while zen imports the file.`,
      {
        hint: "Put the call behind this line, so that it happens only when the file itself is started: if (import.meta.main) { … }",
      },
    );
  }
  const merged = applyRunOptions(recorded, options.steps);
  const repository = new Repository({
    folder: host?.folder ?? startFolder(recorded.file),
    profile: options.profile,
    stack: options.stack,
    ...(host ? { hostFolders: host.hostFolders, notice: host.notice, opened: host.opened } : {}),
  });
  const stack = await repository.activeStack;
  try {
    return await runOnStack(merged, plainRuntime(runtime), options, stack, host);
  } finally {
    // The artifact store stays open: outputs are read lazily.
    await Promise.allSettled(
      stack.components.filter((component) => component !== stack.artifactStore).map((component) => component.close()),
    );
  }
}

async function runOnStack(
  recorded: RecordedPipeline,
  runtime: Record<string, Json>,
  options: RunOptions,
  stack: Stack,
  host: HostedRun | undefined,
): Promise<Run<unknown>> {
  const { pipeline } = recorded.spec;
  assertNoSecrets(recorded.spec);
  stack.validate();
  await stack.assertRunning();
  if (options.signal?.aborted)
    throw new ZenError("run_cancelled", `The run of "${pipeline}" was cancelled before it started.`, { exitCode: 130 });
  const id = uuidV7();
  const createdAt = isoTime();
  const lease: Lease = { runId: id, owner: thisProcess(), epoch: 1 };
  const record: RunRecord = {
    id,
    name: options.name ?? `${pipeline}-${compactTime()}-${id.slice(-6)}`,
    pipeline,
    status: "running",
    stack: stack.name,
    lease,
    heartbeatAt: createdAt,
    createdAt,
    finishedAt: null,
    failure: null,
    spec: recorded.spec,
    root: recorded.root,
    components: Object.fromEntries(stack.components.map(({ type, name, flavor, uuid }) => [type, { name, flavor, uuid }])),
    runtimeConfiguration: runtime,
    outputs: null,
    zenVersion: ownVersion(),
  };
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const onEvent = host?.onEvent ?? options.onEvent;
  let listens = true;
  const emit = (body: EventBody): void => {
    try {
      // Outside of the step: what a listener prints isn't the step's.
      if (onEvent) withRunningStep(undefined, () => onEvent({ ...body, time: isoTime(), runId: id }));
    } catch (error) {
      // A listener only listens, and the run goes on. One warning is enough.
      if (listens)
        process.emitWarning(`onEvent threw at ${body.type}: ${failureOf(error).message}`, {
          type: "ZenWarning",
          detail: failureOf(error).stack ?? "",
        });
      listens = false;
    }
  };
  const committer = new Committer(stack.metadataStore, lease, (lost) => abort.abort(lost));
  const heartbeat = new Heartbeat(committer, id);
  const running = new RunningPipeline({
    recorded,
    record,
    stack,
    committer,
    cache: options.cache !== false,
    concurrency: checkedConcurrency(options.concurrency),
    signal: abort.signal,
    previous: new PreviousRun(stack.metadataStore, pipeline, id),
    emit,
    alive: () => heartbeat.alive(),
    passThrough: host === undefined,
  });
  const cancel = (cause?: unknown): void =>
    abort.abort(new ZenError("run_cancelled", `The run ${record.name} was cancelled.`, { exitCode: 130, cause }));
  const onAbort = (): void => cancel(options.signal!.reason);
  options.signal?.addEventListener("abort", onAbort);
  // While the stack was being opened nobody listened.
  if (options.signal?.aborted) onAbort();
  // A run within a step ends with that step's run.
  const isInner = runningStep() !== undefined;
  const stopListening = listenForStop(() => cancel());
  const [stopWatching, stopGuarding] = [watchConsole(host?.strayOutput), guardExit()];
  let end: RunEnd;
  let received: ReturnType<typeof stopListening>;
  try {
    await addArtifactInputs(running, stack);
    await committer.commit([{ kind: "run", record }]);
    emit({
      type: "run.started",
      name: record.name,
      pipeline,
      stack: stack.name,
      steps: recorded.spec.nodes.filter(({ kind }) => kind === "step").length,
    });
    end = await orchestrate(running, runtime);
    const finished = { status: end.status, outputs: end.outputs ?? null, failure: end.failure ?? null, finishedAt: isoTime() };
    await committer.commit([{ kind: "run_finished", runId: id, ...finished }]);
    if (onEvent) {
      const description = await describeRun(stack.metadataStore, { ...record, ...finished });
      const outputs = await withValues(
        description.outputs,
        (id) => running.values.artifact(id),
        ({ id }, path) => running.values.read({ kind: "artifact", id, path: [...path] }),
      );
      emit({ type: "run.finished", run: { ...description, outputs } });
    }
    await sweepInterruptedRuns(stack).catch(() => {});
  } finally {
    heartbeat.stop();
    options.signal?.removeEventListener("abort", onAbort);
    stopWatching();
    stopGuarding();
    received = stopListening();
  }
  if (received !== undefined && !host && !isInner) {
    // A program that left the signal to zen ends as the signal would have ended it, once no run is in the middle of something.
    await allRunsEnded();
    process.kill(process.pid, received);
  }

  const run: Run<unknown> = {
    id,
    name: record.name,
    status: end.status,
    outputs: end.outputs ? (runOutputs(recorded.spec.outputs, end.outputs, running.values) as never) : noOutputs(record.name, end.status),
  };
  if (end.status === "completed") return run;
  throw runError(run, end);
}

interface RunEnd {
  readonly status: "completed" | "failed" | "cancelled";
  readonly outputs?: ResolvedBinding;
  readonly failure?: FailureRecord;
  /** What was thrown. */
  readonly error?: unknown;
}

/** From the first hook to the last one. The clean-up hooks always run, in reverse order. */
async function orchestrate(running: RunningPipeline, runtime: Readonly<Record<string, Json>>): Promise<RunEnd> {
  const { stack } = running.parts;
  let end: RunEnd;
  try {
    for (const component of stack.components)
      await stoppable(() => component.preparePipelineDeployment(running, stack, runtime), running.signal);
    for (const component of stack.components) await stoppable(() => component.preparePipelineRun(running.run), running.signal);
    const status = await stack.orchestrator.run(running);
    end =
      status === "completed"
        ? { status, outputs: await running.values.resolve(running.spec.outputs, []) }
        : { status, error: running.signal.reason };
    if (status === "failed") {
      const first = running.failures.find(({ contained }) => !contained) ?? running.failures[0]!;
      end = { status, failure: atNode(first, running.places.get(first.node)!.node.kind), error: first.error };
    }
  } catch (error) {
    end = { status: running.signal.aborted ? "cancelled" : "failed", failure: failureOf(error), error };
  }
  for (const component of stack.components.toReversed()) {
    try {
      await component.cleanupPipelineRun(running.run);
    } catch (error) {
      // What it left behind may still cost something: whoever started the run must hear of it.
      const { message, ...failure } = failureOf(error);
      if (end.status === "completed")
        end = { status: "failed", failure: { ...failure, message: `The clean-up of ${String(component)} failed: ${message}` }, error };
    }
  }
  return end;
}

/** A failure that says which node it is about. */
function atNode({ node, items, failure }: NodeFailure, kind: Node["kind"]): FailureRecord {
  const what = { step: "Step", map: "Map", when: "When" }[kind];
  const instance = instanceId(node, items);
  return /^(?:Step|Map|When) "/.test(failure.message)
    ? failure
    : { ...failure, message: `${what} "${instance}" failed: ${failure.message}` };
}

function runError(run: Run<unknown>, { status, failure, error }: RunEnd): ZenError {
  const cancelled = status === "cancelled";
  const failed = new ZenError(
    cancelled ? "run_cancelled" : "run_failed",
    cancelled ? `The run ${run.name} was cancelled.` : (failure?.message ?? `The run ${run.name} failed.`),
    {
      exitCode: cancelled ? 130 : 1,
      hint:
        failure?.hint ??
        (cancelled ? "Run it again: what had completed is served from the cache." : `See what it logged: zen run logs ${run.id}`),
      details: { run, failure, error },
    },
  );
  // Of a step that threw, only the user's own frames say anything.
  failed.stack = [`${failed.name}: ${failed.message}`, ...(failure?.stack?.split("\n") ?? [])].join("\n    ");
  return failed;
}

/** Reading an output of a run that has none says so. */
function noOutputs(name: string, status: string): never {
  return new Proxy(Object.freeze({}), {
    get(_target, key) {
      if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
      throw new ZenError("no_outputs", `The run ${name} has no outputs: it is ${status}.`);
    },
  }) as never;
}

/** A secret that no step could be given is refused before the first step, not in the middle of the run. */
function assertNoSecrets({ nodes }: PipelineSpec): void {
  for (const node of allNodes(nodes)) {
    const refuse = (name: string): never => {
      throw noSecretsManager(`${node.kind === "step" ? "Step" : "Node"} "${node.id}" takes the secret "${name}"`);
    };
    for (const binding of bindingsOf(node)) visitBinding(binding, (inner) => inner.kind === "secret" && refuse(inner.name));
  }
}

/** The artifacts of earlier runs that the pipeline takes: one that can't be read is an error now, not in the middle of the run. */
async function addArtifactInputs(running: RunningPipeline, { name, metadataStore, artifactStore }: Stack): Promise<void> {
  const ids = [...artifactIds(running.spec)];
  for (let start = 0; start < ids.length; start += 1_000) {
    const { entries } = await metadataStore.listArtifacts({ ids: ids.slice(start, start + 1_000) });
    for (const record of entries) running.values.addArtifact(record);
  }
  for (const id of ids) {
    const artifact = running.values.artifact(id);
    if (artifact.store === artifactStore.path) continue;
    if (await hasObject(artifactStore, artifact)) {
      running.values.addArtifact({ ...artifact, store: artifactStore.path });
      continue;
    }
    throw new ZenError(
      "wrong_artifact_store",
      `The artifact ${artifact.name} (${id}), an input, is in ${artifact.store}, and the artifact store of the stack "${name}" is ${artifactStore.path}.`,
      {
        hint: `Run on a stack that has the artifact store in which it was made, or copy it: zen artifact copy ${id} --to-stack ${name}`,
      },
    );
  }
}

function plainRuntime(runtime: RuntimeConfiguration): Record<string, Json> {
  const plain: Record<string, Json> = {};
  for (const [key, value] of Object.entries(runtime)) {
    if (value === undefined) continue;
    const json = plainJson(value);
    if (json === undefined)
      throw new ZenError("bad_runtime_configuration", `The runtime configuration "${key}" is not a JSON value.`, {
        exitCode: 2,
        hint: "It is handed to stack components, which may live elsewhere: use text, numbers, booleans, lists and objects.",
      });
    plain[key] = json;
  }
  return plain;
}

/** A copy; undefined for what JSON can't keep. */
function plainJson(value: Json): Json | undefined {
  try {
    const { materializer, text } = encodeValue(value);
    return materializer === "json" ? (JSON.parse(text) as Json) : undefined;
  } catch {
    return undefined;
  }
}

function checkedConcurrency(concurrency: number | undefined): number | undefined {
  if (concurrency === undefined || (Number.isInteger(concurrency) && concurrency > 0)) return concurrency;
  throw new ZenError("bad_option", `concurrency: ${concurrency} is not a whole number of at least 1.`, {
    exitCode: 2,
    hint: "It is how many steps may run at a time.",
  });
}
