import { adoptArtifacts, buildTracking, checkParameters, parametersFromStored } from "./parameters.ts";
import { wholeBinding } from "./artifact.ts";
import { allNodes } from "./binding.ts";
import type { CallBrand } from "./call.ts";
import type { PipelineDefinition, RecordOptions } from "./definition.ts";
import { withDigest } from "./digest.ts";
import { placeOfModule } from "./module-root.ts";
import { parseParameters } from "./parameters-schema.ts";
import type { RecordedPipeline } from "./recorded.ts";
import { assertNames, assertSync, plainText, Recorder } from "./recorder.ts";
import { withRecording } from "./recording.ts";
import type { Binding } from "./spec.ts";
import type { Json } from "./types.ts";

/** Parameters as a caller gives them, or as a stored spec has them: those have been through the schema. */
type Source = { readonly given: unknown } | { readonly stored: Readonly<Record<string, Binding>> };

export interface Recorded {
  readonly recorded: RecordedPipeline;
  /** What the builder returned. */
  readonly outputs: unknown;
  /** Where the handles among them belong. */
  readonly home: Pick<CallBrand, "recording" | "scope" | "nodes">;
}

/** Records a pipeline that is called on its own. */
export function recordPipeline(definition: PipelineDefinition, source: Source, how: RecordOptions = {}): Recorded {
  const { name, schema, build, origin, options } = definition;
  const file = origin.sites[0]?.file ?? null;
  const recorder = new Recorder(definition);
  const handleOf = (binding: Binding): unknown => recorder.handle(wholeBinding(binding));

  let params: Readonly<Record<string, unknown>>;
  if ("stored" in source) params = parametersFromStored(source.stored, handleOf);
  else {
    params = adoptArtifacts(checkParameters(name, source.given), handleOf) as Readonly<Record<string, unknown>>;
    if (schema) params = parseParameters(name, schema, params);
  }
  // Before the builder runs: it might change them.
  const parameters = recorder.bindParameters(params);

  const outputs = withRecording(recorder, () =>
    recorder.enclosed({ pipeline: name, origin, parameters: plainText(parameters) }, () => {
      const built = schema || "stored" in source ? build(params as never) : buildTracking(name, build, params);
      assertSync(built, `Pipeline "${name}"`);
      assertNames(name, built);
      return built;
    }),
  );
  const place = file === null ? undefined : placeOfModule(file);
  const spec = withDigest({
    version: 1,
    pipeline: name,
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.tags === undefined ? {} : { tags: [...options.tags] }),
    ...(options.settings === undefined ? {} : { settings: structuredClone(options.settings) as Record<string, Json> }),
    module: place?.module ?? null,
    export: how.export ?? null,
    parameters,
    nodes: recorder.nodes,
    outputs: recorder.bindOutputs(outputs),
  });
  // Not those of a body that threw, if the builder caught it.
  const present = new Set(Array.from(allNodes(recorder.nodes), ({ id }) => id));
  const steps = new Map([...recorder.steps].filter(([id]) => present.has(id)));
  return { recorded: { spec, file, root: place?.root ?? null, steps, keys: recorder.keys }, outputs, home: recorder.home };
}
