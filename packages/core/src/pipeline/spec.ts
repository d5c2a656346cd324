import type { Json } from "./types.ts";

/** Where a value comes from. An input is a tree, not a reference: that is what lets handles sit inside literals. */
export type Binding =
  | { kind: "value"; json: Json }
  | { kind: "value"; /** devalue text, only where JSON would change the value */ rich: string }
  | { kind: "output"; node: string; output: string; path?: (string | number)[] }
  | { kind: "item"; map: string; path?: (string | number)[] }
  | { kind: "index"; map: string }
  | { kind: "artifact"; id: string; path?: (string | number)[] }
  | { kind: "compare"; op: "==" | ">=" | "<="; left: Binding; right: Binding }
  | { kind: "secret"; name: string; key?: string }
  /** `whole`: one value in parts, not a list of outputs; it is left out where that makes no difference. */
  | { kind: "list"; items: Binding[]; whole?: true }
  | { kind: "object"; fields: Record<string, Binding>; whole?: true };

/** One node of the graph. `after` names nodes that it waits for although nothing flows. */
export type Node =
  | {
      kind: "step";
      id: string;
      /** The step's own name. */
      step: string;
      inputs: Binding;
      /** Materializers by output name. */
      outputs: Record<string, string>;
      /** Merged: pipeline < step < call < run. A function is written `true`. */
      options: Record<string, Json>;
      after: string[];
    }
  | {
      kind: "map";
      id: string;
      items: Binding;
      body: Node[];
      result: Binding;
      concurrency?: number;
      onError: "fail" | "settle";
      key?: true;
      after: string[];
    }
  | { kind: "when"; id: string; condition: Binding; then: Node[]; otherwise: Node[]; results: [Binding, Binding]; after: string[] };

/** The recorded graph: plain JSON, the same for every orchestrator, store and page. */
export interface PipelineSpec {
  version: 1;
  pipeline: string;
  description?: string;
  tags?: string[];
  /** Of the pipeline, for components of the stack, by `<type>.<flavor>`. */
  settings?: Record<string, Json>;
  /** The file, relative to its root; `/` between segments. Null if it can't be told. */
  module: string | null;
  /** Null unless zen imported the module. */
  export: string | null;
  parameters: Record<string, Binding>;
  nodes: Node[];
  outputs: Binding;
  /** `sha256:<hex>` over everything else, keys sorted. */
  digest: string;
}
